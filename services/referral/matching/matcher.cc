#include "referral/matching/matcher.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/check.h"
#include "referral/matching/names.h"
#include "referral/matching/similarity.h"

namespace mash::referral::matching {
namespace {

constexpr std::size_t kInwardLetters = 2;  // of a postcode, after the sector: "GL1 2" of "GL1 2TG"
constexpr double kWorthSaying = -1;        // taken off for a household, to be named as a reason

double weight_of(const Likelihood& likelihood) {
  return std::log2(likelihood.same / likelihood.stranger);
}

// How likely what was compared is, prior included and as log2, of each of the three that a pair may
// be.
struct Odds {
  double same;
  double stranger;
  double household;
};

Level compare_postcodes(const std::vector<std::string>& one,
                        const std::vector<std::string>& other) {
  Level best = Level::kNone;
  for (const auto& of_one : one)
    for (const auto& of_other : other) {
      if (of_one == of_other) return Level::kExact;
      const bool long_enough = std::min(of_one.size(), of_other.size()) > kInwardLetters;
      const bool same_sector =
          long_enough && of_one.substr(0, of_one.size() - kInwardLetters) ==
                             of_other.substr(0, of_other.size() - kInwardLetters);
      if (same_sector || one_slip_apart(of_one, of_other)) best = Level::kClose;
    }
  return best;
}

Words texts_of(const NameWords& name) {
  Words words;
  for (const auto& word : name) words.push_back(word.text);
  return words;
}

class FieldComparer {
 public:
  explicit FieldComparer(const Weights& weights) : weights_(weights) {}

  void add(Field field, Level level) {
    comparisons_.push_back({field, level, weights_.likelihood(field, level)});
  }

  // The two names as they are told, or exchanged: whichever says more for one person.
  void add_names(const Called& one, const Called& other) {
    if (const auto level = compare_given(one.given, other.given))
      add_name(v1::MATCH_FIELD_GIVEN_NAMES, *level, one.given);
    if (const auto level = compare_family(one.family, other.family))
      add_name(v1::MATCH_FIELD_FAMILY_NAME, *level, one.family);
    if (!are_exchanged(one, other)) return;
    FieldComparer exchanged(weights_);
    exchanged.add(v1::MATCH_FIELD_GIVEN_NAMES, Level::kExchanged);
    exchanged.add(v1::MATCH_FIELD_FAMILY_NAME, Level::kExchanged);
    if (exchanged.weight() > weight()) comparisons_ = std::move(exchanged.comparisons_);
  }

  double weight() const {
    double sum = 0;
    for (const auto& each : comparisons_) sum += weight_of(each.likelihood);
    return sum;
  }

  std::vector<Comparison> take() { return std::move(comparisons_); }

 private:
  void add_name(Field field, Level level, const NameWords& name) {
    add(field, level);
    if (level == Level::kExact)
      comparisons_.back().likelihood = weights_.likelihood_of_name(field, texts_of(name));
  }

  const Weights& weights_;
  std::vector<Comparison> comparisons_;
};

Odds odds_of(const std::vector<Comparison>& comparisons, const Weights& weights) {
  Odds odds{.same = std::log2(weights.prior_same()),
            .stranger = 0,
            .household = std::log2(weights.prior_household())};
  for (const auto& [field, level, likelihood] : comparisons) {
    odds.same += std::log2(likelihood.same);
    odds.stranger += std::log2(likelihood.stranger);
    odds.household += std::log2(likelihood.household);
  }
  return odds;
}

// log2 of the sum of two numbers that are given as their log2.
double log2_sum(double one, double other) {
  return std::max(one, other) + std::log2(1 + std::exp2(-std::abs(one - other)));
}

v1::Likeness likeness_of(const std::vector<Comparison>& comparisons, const Weights& weights) {
  v1::Likeness likeness;
  if (comparisons.empty()) return likeness;
  const Odds odds = odds_of(comparisons, weights);
  const double not_same = log2_sum(odds.stranger, odds.household);
  const double for_household = odds.stranger - not_same;
  const auto speaks_for_household = [](const Comparison& each) {
    return each.likelihood.household / each.likelihood.same;
  };
  const auto telling = std::ranges::max_element(comparisons, {}, speaks_for_household);
  for (auto at = comparisons.begin(); at != comparisons.end(); ++at) {
    auto& reason = *likeness.add_reasons();
    reason.set_field(at->field);
    reason.set_agreement(agreement_of(at->level));
    reason.set_weight(weight_of(at->likelihood) + (at == telling ? for_household : 0));
    std::string words(words_for(at->field, at->level));
    if (at == telling && for_household < kWorthSaying) words += ", as in one household";
    reason.set_explanation(words);
    likeness.set_weight(likeness.weight() + reason.weight());
  }
  likeness.set_probability(1 / (1 + std::exp2(not_same - odds.same)));
  return likeness;
}

}  // namespace

std::vector<Comparison> compare_fields(const Profile& one, const Profile& other,
                                       const Weights& weights) {
  std::vector<Comparison> names;
  double names_weight = 0;
  for (const auto& of_one : one.called)
    for (const auto& of_other : other.called) {
      FieldComparer comparer(weights);
      comparer.add_names(of_one, of_other);
      const bool is_first = &of_one == &one.called.front() && &of_other == &other.called.front();
      if (!is_first && comparer.weight() <= names_weight) continue;
      names_weight = comparer.weight();
      names = comparer.take();
    }
  FieldComparer rest(weights);
  const auto add_equal = [&](Field field, const auto& of_one, const auto& of_other, bool both) {
    if (both) rest.add(field, of_one == of_other ? Level::kExact : Level::kNone);
  };
  add_equal(v1::MATCH_FIELD_NHS_NUMBER, one.nhs_number, other.nhs_number,
            !one.nhs_number.empty() && !other.nhs_number.empty());
  add_equal(v1::MATCH_FIELD_UPN, one.upn, other.upn, !one.upn.empty() && !other.upn.empty());
  if (one.birth && other.birth)
    rest.add(v1::MATCH_FIELD_BIRTH_DATE, compare(*one.birth, *other.birth));
  const auto says_sex = [](const Profile& profile) {
    return profile.sex == v1::SEX_MALE || profile.sex == v1::SEX_FEMALE;
  };
  add_equal(v1::MATCH_FIELD_SEX, one.sex, other.sex, says_sex(one) && says_sex(other));
  if (!one.postcodes.empty() && !other.postcodes.empty())
    rest.add(v1::MATCH_FIELD_POSTCODE, compare_postcodes(one.postcodes, other.postcodes));
  auto comparisons = rest.take();
  comparisons.insert(comparisons.end(), names.begin(), names.end());
  return comparisons;
}

v1::Likeness Matcher::compare(const Profile& one, const Profile& other) const {
  return likeness_of(compare_fields(one, other, weights_), weights_);
}

v1::Likeness Matcher::compare(std::span<const Profile> one, std::span<const Profile> other) const {
  MASH_CHECK(!one.empty() && !other.empty());
  v1::Likeness best;
  bool is_first = true;
  for (const auto& of_one : one)
    for (const auto& of_other : other) {
      auto likeness = compare(of_one, of_other);
      if (is_first || likeness.probability() > best.probability()) best = std::move(likeness);
      is_first = false;
    }
  return best;
}

}  // namespace mash::referral::matching
