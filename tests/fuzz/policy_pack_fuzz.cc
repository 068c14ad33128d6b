// Policy packs are read from files that people edit: whatever the bytes, the answer is a pack or a
// list of faults with their places, soon and in little memory.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "policy/pack.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pack = mash::policy::Pack::parse(text, "fuzz.yaml");
  if (pack) {
    // What was taken keeps what a pack promises.
    MASH_CHECK(pack->timescale(mash::policy::kFirstDecision) != nullptr);
    for (const auto& rating : pack->ratings())
      MASH_CHECK(pack->timescale(rating.information_request) != nullptr);
    for (const auto& outcome : pack->referral_outcomes())
      for (const auto& level : outcome.levels) MASH_CHECK(pack->level_of_need(level) != nullptr);
    return 0;
  }
  MASH_CHECK(pack.error().reason == "INVALID_PACK");
  MASH_CHECK(!pack.error().faults.empty());
  for (const auto& fault : pack.error().faults) MASH_CHECK(fault.field.starts_with("fuzz.yaml:"));
  return 0;
}
