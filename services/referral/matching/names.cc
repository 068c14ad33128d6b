#include "referral/matching/names.h"

#include <algorithm>

#include "referral/matching/similarity.h"

namespace mash::referral::matching {
namespace {

constexpr double kAlike = 0.9;              // Jaro-Winkler, from which on two words are alike
constexpr double kAlikeWhenHeardSo = 0.77;  // the same where they sound alike
constexpr std::size_t kTellingLetters = 3;

std::string without_vowels(const std::string& word) {
  std::string consonants;
  for (const char c : word)
    if (std::string_view("aeiouy").find(c) == std::string_view::npos &&
        (consonants.empty() || consonants.back() != c))
      consonants += c;
  return consonants;
}

// Arabic and Hebrew write no short vowels: "mhmd" is how "Mohammed" is read from them.
bool same_consonants(const std::string& one, const std::string& other) {
  const std::string of_one = without_vowels(one);
  const std::string of_other = without_vowels(other);
  return of_one == of_other && of_one.size() >= kTellingLetters &&
         (of_one.size() == one.size() || of_other.size() == other.size());
}

bool alike(const NameWord& one, const NameWord& other) {
  if (std::min(one.text.size(), other.text.size()) < kTellingLetters) return false;
  const double similarity = jaro_winkler(one.text, other.text);
  if (similarity >= kAlike) return true;
  if (similarity >= kAlikeWhenHeardSo && sound_alike(one.sounds, other.sounds)) return true;
  return same_consonants(one.text, other.text);
}

bool same(const NameWord& one, const NameWord& other) { return one.text == other.text; }

bool forms_of_one(const NameWord& one, const NameWord& other) {
  return std::ranges::find_first_of(one.forms, other.forms) != one.forms.end();
}

std::string text_of(const NameWords& name) {
  std::string text;
  for (const auto& word : name) text += word.text;
  return text;
}

// Whether every word of the shorter has a counterpart of its own in the longer, particles apart.
template <class Agree>
bool all_of_shorter(const NameWords& one, const NameWords& other, Agree agree) {
  const NameWords& shorter = one.size() <= other.size() ? one : other;
  const NameWords& longer = one.size() <= other.size() ? other : one;
  std::vector<bool> taken(longer.size());
  bool any = false;
  for (const auto& word : shorter) {
    if (word.is_particle) continue;
    std::size_t at = 0;
    while (at < longer.size() && (taken[at] || !agree(word, longer[at]))) ++at;
    if (at == longer.size()) return false;
    taken[at] = true;
    any = true;
  }
  return any;
}

// The same of either: names may have as many words, yet agree in one direction only.
template <class Agree>
bool all_agree(const NameWords& one, const NameWords& other, Agree agree) {
  return all_of_shorter(one, other, agree) || all_of_shorter(other, one, agree);
}

bool is_initial(const NameWords& name) { return name.front().text.size() == 1; }

Level alike_or_none(const NameWords& one, const NameWords& other) {
  if (all_agree(one, other, alike)) return Level::kClose;
  // "Ellie Mae" and "Elliemay"; but "Mary Ann" and "Mary Jane" are two.
  const bool may_be_run_together = std::min(one.size(), other.size()) == 1;
  return may_be_run_together && jaro_winkler(text_of(one), text_of(other)) >= kAlike ? Level::kClose
                                                                                     : Level::kNone;
}

bool share_a_word(const NameWords& one, const NameWords& other) {
  return std::ranges::any_of(one, [&](const NameWord& word) {
    return !word.is_particle && word.text.size() >= kTellingLetters &&
           std::ranges::any_of(
               other, [&](const NameWord& counterpart) { return same(word, counterpart); });
  });
}

}  // namespace

std::optional<Level> compare_given(const NameWords& one, const NameWords& other) {
  if (one.empty() || other.empty()) return std::nullopt;
  if (text_of(one) == text_of(other)) return Level::kExact;
  if (is_initial(one) || is_initial(other))
    return one.front().text.front() == other.front().text.front() ? Level::kInitial : Level::kNone;
  if (all_agree(one, other, same)) return Level::kPart;
  if (all_agree(one, other, forms_of_one)) return Level::kForm;
  return alike_or_none(one, other);
}

std::optional<Level> compare_family(const NameWords& one, const NameWords& other) {
  if (one.empty() || other.empty()) return std::nullopt;
  if (text_of(one) == text_of(other)) return Level::kExact;
  if (all_agree(one, other, same) || share_a_word(one, other)) return Level::kPart;
  return alike_or_none(one, other);
}

bool are_exchanged(const Called& one, const Called& other) {
  const auto crossed = [](const NameWords& given, const NameWords& family) {
    if (given.empty() || family.empty()) return false;
    return text_of(given) == text_of(family) || all_agree(given, family, same) ||
           alike_or_none(given, family) == Level::kClose;
  };
  return crossed(one.given, other.family) && crossed(other.given, one.family);
}

}  // namespace mash::referral::matching
