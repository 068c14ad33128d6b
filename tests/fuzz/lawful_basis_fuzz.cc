// Lawful-basis packs are read from files that people edit: whatever the bytes, the answer is a pack
// that says something of every rule, or a list of faults with their places.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "policy/lawful_basis.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  using mash::policy::LawfulBasis;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto law = LawfulBasis::parse(text, "fuzz.yaml");
  if (law) {
    MASH_CHECK(law->rules().size() == mash::policy::kRules);
    for (const auto& condition : law->special_conditions())
      for (const auto& code : condition.schedule_1) MASH_CHECK(law->schedule_1(code) != nullptr);
    for (const auto& basis : law->article_6())
      for (const auto& code : basis.bodies) MASH_CHECK(law->body(code) != nullptr);
    return 0;
  }
  MASH_CHECK(law.error().reason == "INVALID_PACK");
  MASH_CHECK(!law.error().faults.empty());
  for (const auto& fault : law.error().faults) MASH_CHECK(fault.field.starts_with("fuzz.yaml:"));
  return 0;
}
