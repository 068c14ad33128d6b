// Proof files, and bare proofs, from outside: a file that is read must be written again the same;
// any hashes for any sizes must be accepted or refused, never crash a verifier.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "merkle/tlog_proof.h"
#include "merkle/verify.h"

using namespace mash::merkle;  // NOLINT(google-build-using-namespace): a program of one function

namespace {

uint64_t take_number(std::string_view& input) {
  uint64_t number = 0;
  std::memcpy(&number, input.data(), std::min(input.size(), sizeof(number)));
  input.remove_prefix(std::min(input.size(), sizeof(number)));
  return number;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  static const std::vector<VerifierKey> kKeys{*VerifierKey::parse(
      "mash/E09000001/referral/1+75d2105b+AadyDdVE/UqqpEf5+v7Nmhjv6a5eYee9mYU4X/g4JzC3")};

  if (const auto proof = TlogProof::parse(input)) MASH_CHECK(proof->str() == input);
  if (const auto proven = verify_tlog_proof(input, "record 5", kKeys)) {
    MASH_CHECK(proven->index == 5 && proven->checkpoint.size == 11);
  }

  const uint64_t first = take_number(input);
  const uint64_t second = take_number(input);
  const auto hashes = hashes_from_bytes(input.substr(0, input.size() / kHashBytes * kHashBytes));
  MASH_CHECK(hashes);
  const Hash some = leaf_hash("record");
  // A number of hashes that does not fit is malformed, one that does leads elsewhere.
  const auto inclusion = verify_inclusion(some, first, second, *hashes, empty_root());
  MASH_CHECK(!inclusion);
  const auto growth = verify_consistency(first, second, *hashes, some, leaf_hash("another"));
  MASH_CHECK(!growth);
  return 0;
}
