#include "referral/matching/profile.h"

#include <algorithm>

#include "core/identifiers.h"
#include "referral/matching/weights.h"

namespace mash::referral::matching {
namespace {

constexpr std::size_t kCalledMax = 8;

NameWords words_of(const Words& folded, const Weights& weights) {
  NameWords words;
  for (const auto& word : folded)
    if (!weights.is_placeholder(word))
      words.push_back({.text = word,
                       .sounds = double_metaphone(word),
                       .forms = weights.forms_of(word),
                       .is_particle = weights.is_particle(word)});
  return words;
}

// Another name may be a whole one, "Bill Turner", or what is said instead of the given one, "Kit".
Called also_called(const std::string& alias, const Called& name, const Weights& weights) {
  NameWords words = words_of(fold(alias), weights);
  if (words.size() < 2) return {.given = std::move(words), .family = name.family};
  return {.given = {words.begin(), words.end() - 1}, .family = {words.back()}};
}

std::string capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

}  // namespace

Profile profile_of(const v1::Identity& identity, const Weights& weights) {
  Profile profile{.birth = birth_of(identity), .sex = identity.sex()};
  profile.called.push_back({.given = words_of(fold(identity.given_names()), weights),
                            .family = words_of(fold(identity.family_name()), weights)});
  for (const auto& alias : identity.also_known_as()) {
    if (profile.called.size() == kCalledMax) break;
    auto called = also_called(alias, profile.called.front(), weights);
    if (!called.given.empty()) profile.called.push_back(std::move(called));
  }
  const std::string nhs_number = without_separators(identity.nhs_number().value());
  if (is_nhs_number(nhs_number)) profile.nhs_number = nhs_number;
  const std::string upn = capitals(without_separators(identity.upn().value()));
  if (is_upn(upn)) profile.upn = upn;
  for (const auto& address : identity.addresses())
    if (!address.postcode().empty())
      profile.postcodes.push_back(capitals(without_separators(address.postcode())));
  return profile;
}

}  // namespace mash::referral::matching
