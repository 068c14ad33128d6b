#pragma once
#include <string>
#include <string_view>
#include <variant>

#include "policy/lawful_basis.h"
#include "policy/notice_rules.h"
#include "policy/pack.h"

namespace mash::policy {

// A pack of any kind. A file says which it is with the key `kind`: without it, a policy pack.
using AnyPack = std::variant<Pack, LawfulBasis, NoticeRules>;

// Reads a pack's text, of whichever kind. kInvalidArgument, INVALID_PACK, with every fault; of a
// kind that nobody knows, that.
Result<AnyPack> parse_pack(std::string_view yaml, std::string_view file_name = "pack.yaml");

// Reads the file at `path`. kNotFound, PACK_MISSING.
Result<AnyPack> load_pack(const std::string& path);

}  // namespace mash::policy
