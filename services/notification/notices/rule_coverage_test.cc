#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "notification/notices/happened.h"
#include "policy/packs.h"

// Of everything that can happen somebody is told, or nobody is on purpose.
namespace mash::notification {
namespace {

const std::string kSource = MASH_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Of the services' protos.
struct Events {
  std::map<std::string, std::string> packages;  // by type: "ReferralEvent"
  std::set<std::string> kinds;                  // "ReferralEvent/contact_received"
};

void read(const std::string& proto, Events& events) {
  static const std::regex package_line("package ([a-z0-9.]+);");
  static const std::regex message_line("message (\\w+Event) \\{");
  static const std::regex kind_line("    [\\w.]+ (\\w+) = \\d+;");
  std::string package;
  std::string type;
  bool in_kinds = false;
  std::istringstream lines(proto);
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, package_line)) package = found[1];
    if (std::regex_match(line, found, message_line)) type = found[1];
    if (line == "}") type.clear();
    if (line == "  }") in_kinds = false;
    if (line == "  oneof kind {" && !type.empty()) {
      in_kinds = true;
      EXPECT_TRUE(events.packages.emplace(type, package).second) << type << " is there twice";
    } else if (in_kinds && std::regex_match(line, found, kind_line)) {
      events.kinds.insert(type + "/" + found[1].str());
    }
  }
}

const Events& events() {
  static const Events all = [] {
    Events read_so_far;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource + "/proto/mash"))
      if (entry.path().string().ends_with("_events.proto"))
        read(text_of(entry.path()), read_so_far);
    return read_so_far;
  }();
  return all;
}

// Kinds that a rule as shipped is about.
std::set<std::string> told() {
  const auto packs = policy::Packs::load(kSource + "/deploy/policy").value();
  std::set<std::string> told;
  for (const policy::NoticeRules* rules : packs.notices())
    for (const policy::NoticeRule& rule : rules->rules())
      told.insert(rule.type.substr(rule.type.rfind('.') + 1) + "/" + rule.event);
  return told;
}

// What docs/notifications.md says that nobody is told of: kinds, or of a type all, "PersonEvent/*".
std::set<std::string> told_to_nobody() {
  std::string page = text_of(kSource + "/docs/notifications.md");
  page.erase(0, page.find("## What nobody is told of"));
  page.erase(page.find("\n## "));
  static const std::regex code("`(\\w+Event/(?:\\w+|\\*))`");
  std::set<std::string> named;
  for (std::sregex_iterator at(page.begin(), page.end(), code); at != std::sregex_iterator(); ++at)
    EXPECT_TRUE(named.insert((*at)[1]).second) << (*at)[1] << " is named twice";
  return named;
}

std::string all_of_its_type(const std::string& kind) {
  return kind.substr(0, kind.find('/')) + "/*";
}

TEST(WhatHappens, IsToldToSomebodyOrToNobodyOnPurpose) {
  ASSERT_GT(events().kinds.size(), 100U);
  const auto by_rules = told();
  const auto to_nobody = told_to_nobody();
  for (const std::string& kind : events().kinds) {
    const bool on_purpose = to_nobody.contains(kind) || to_nobody.contains(all_of_its_type(kind));
    EXPECT_NE(by_rules.contains(kind), on_purpose)
        << kind << (on_purpose ? " has a rule, and " : " has no rule, and no ")
        << "reason for none stands in docs/notifications.md";
  }
}

TEST(WhatHappens, ThatNobodyIsToldOfIsThere) {
  for (const std::string& named : told_to_nobody()) {
    const std::string type = named.substr(0, named.find('/'));
    const auto package = events().packages.find(type);
    ASSERT_NE(package, events().packages.end()) << named;
    if (named.ends_with("/*"))
      EXPECT_EQ(event_type(package->second + "." + type), nullptr)
          << "there may be rules on some of " << type << ": each kind is named by itself";
    else
      EXPECT_TRUE(events().kinds.contains(named)) << named;
  }
}

}  // namespace
}  // namespace mash::notification
