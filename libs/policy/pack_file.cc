#include "policy/pack_file.h"

#include <algorithm>

#include "policy/entry_reader.h"

namespace mash::policy {
namespace {

const Node* kind_of(const Node& root) {
  const auto found = std::ranges::find(root.pairs, "kind", &std::pair<std::string, Node>::first);
  return found == root.pairs.end() ? nullptr : &found->second;
}

AnyPack any(LawfulBasis&& law) { return law; }
AnyPack any(Pack&& pack) { return pack; }
AnyPack any(NoticeRules&& rules) { return rules; }

}  // namespace

Result<AnyPack> parse_pack(std::string_view yaml, std::string_view file_name) {
  Faults faults(file_name);
  const Node root = read_yaml(yaml, faults);
  if (!faults.none()) return tl::unexpected(invalid_pack(file_name, faults));
  const Node* kind = kind_of(root);
  if (kind == nullptr)
    return Pack::parse(yaml, file_name).map([](Pack&& pack) { return any(std::move(pack)); });
  if (kind->text == kLawfulBasisKind)
    return LawfulBasis::parse(yaml, file_name).map([](LawfulBasis&& law) {
      return any(std::move(law));
    });
  if (kind->text == kNoticeRulesKind)
    return NoticeRules::parse(yaml, file_name).map([](NoticeRules&& rules) {
      return any(std::move(rules));
    });
  faults.add(kind->mark, "kind must be " + std::string(kLawfulBasisKind) + " or " +
                             std::string(kNoticeRulesKind) + "; a policy pack has no such key");
  return tl::unexpected(invalid_pack(file_name, faults));
}

Result<AnyPack> load_pack(const std::string& path) {
  const auto text = read_pack(path);
  if (!text) return tl::unexpected(text.error());
  return parse_pack(*text, file_name_of(path));
}

}  // namespace mash::policy
