// Names from outside, in whatever bytes: they fold into words of the letters a to z, sound in the
// alphabet of sounds, give no more keys than the limit, and compare the same both ways.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/check.h"
#include "referral/matching/blocking.h"
#include "referral/matching/double_metaphone.h"
#include "referral/matching/folding.h"
#include "referral/matching/matcher.h"
#include "referral/matching/similarity.h"

using namespace mash::referral;            // NOLINT(google-build-using-namespace)
using namespace mash::referral::matching;  // NOLINT(google-build-using-namespace)

namespace {

const Matcher& england() {
  static const Weights weights =
      Weights::load(std::string(MASH_SOURCE_DIR) + "/deploy/matching/england.yaml").value();
  static const Matcher matcher(weights);
  return matcher;
}

void check_words(std::string_view name) {
  const Words words = fold(name);
  MASH_CHECK(words.size() <= kWordsMax);
  std::string again;
  for (const auto& word : words) {
    MASH_CHECK(!word.empty() && word.size() <= kWordLettersMax);
    MASH_CHECK(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos);
    const Sounds sounds = double_metaphone(word);
    for (const auto& code : {sounds.primary, sounds.alternate})
      MASH_CHECK(code.size() <= 8 && code.find_first_not_of("0AFHJKLMNPRSTX") == std::string::npos);
    again += word + " ";
  }
  MASH_CHECK(fold(again) == words);
}

}  // namespace

// The first line is the given name, what follows the family name; and the other way round.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\n'), input.size());
  const std::string_view one = input.substr(0, end);
  const std::string_view other = input.substr(std::min(end + 1, input.size()));
  check_words(one);
  check_words(other);
  const auto identity = [](std::string_view given, std::string_view family) {
    v1::Identity made;
    made.set_given_names(std::string(given));
    made.set_family_name(std::string(family));
    return england().prepare(made);
  };
  const Profile there = identity(one, other);
  const Profile back = identity(other, one);
  MASH_CHECK(blocking_keys(there).size() <= kBlockingKeysMax);
  const double similarity = jaro_winkler(one.substr(0, 40), other.substr(0, 40));
  MASH_CHECK(similarity >= 0 && similarity <= 1);
  MASH_CHECK(std::abs(england().compare(there, back).weight() -
                      england().compare(back, there).weight()) < 1e-9);
  return 0;
}
