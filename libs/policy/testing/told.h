#pragma once
#include <string>

// The YAML of packs of rules on who is told, for tests. Their source is `local`.
namespace mash::policy {

// "told@1", with these rules; `met_by` is what the section of that name says.
inline std::string told_pack(const std::string& rules, const std::string& met_by = {}) {
  std::string pack = R"(pack: told
kind: notifications
version: 1
title: Who is told
in_force: {from: 2018-01-01}
sources:
  local: {title: Local protocol, url: "https://partnership.example"}
)";
  if (!met_by.empty()) pack += "met_by:\n" + met_by;
  return pack + "rules:\n" + rules;
}

}  // namespace mash::policy
