#pragma once
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "referral/matching/folding.h"
#include "referral/matching/level.h"

namespace mash::referral::matching {

// How often two identities agree in one way: where they are one person's, two strangers', and two
// people's of one household, who share a family name and a postcode and may be twins.
struct Likelihood {
  double same = 0;
  double stranger = 0;
  double household = 0;
};

// What the comparing of persons is reckoned with, as data: how likely each way of agreeing is,
// which names are common, which are forms of one another. Read from one YAML file
// (docs/person-matching.md) and checked as a whole. Immutable once made, so threads may share one.
class Weights {
 public:
  // Everything wrong is in the error's faults, with file, line and column: kInvalidArgument,
  // INVALID_WEIGHTS. `file_name` is only shown.
  static Result<Weights> parse(std::string_view yaml, std::string_view file_name = "weights.yaml");
  // Reads the file at `path`. kNotFound, WEIGHTS_MISSING.
  static Result<Weights> load(const std::string& path);

  // What an event names: "england@1 sha256:9f86d0...".
  std::string citation() const { return id() + " sha256:" + sha256_; }
  std::string id() const { return name_ + "@" + std::to_string(version_); }

  // How much likelier, before anything is compared, it is that two persons are one, or of one
  // household, than that they are strangers.
  double prior_same() const { return prior_same_; }
  double prior_household() const { return prior_household_; }

  // From this probability on it is proposed that two are one; from this on it is possible.
  double propose_at() const { return propose_at_; }
  double possible_at() const { return possible_at_; }

  // Which has_level() allows; else as if nothing followed from it.
  const Likelihood& likelihood(Field field, Level level) const {
    return likelihoods_[static_cast<std::size_t>(field)][static_cast<std::size_t>(level)];
  }
  // Of agreeing exactly in a name: the commoner it is, the likelier that strangers share it.
  Likelihood likelihood_of_name(Field field, const Words& name) const;

  // Names that this one is a form of, itself among them: "bill" gives "bill", "william".
  // At most 8.
  std::vector<std::string> forms_of(const std::string& name) const;

  // A word that stands where a name is not known: "baby", "unknown".
  bool is_placeholder(const std::string& word) const { return placeholders_.contains(word); }
  // A word that does not make a name by itself: "van", "dos".
  bool is_particle(const std::string& word) const { return particles_.contains(word); }

 private:
  friend class WeightsReader;
  using Shares = std::map<std::string, double, std::less<>>;
  Weights() = default;

  std::string name_;
  int version_ = 0;
  std::string sha256_;
  double prior_same_ = 0;
  double prior_household_ = 0;
  double propose_at_ = 0;
  double possible_at_ = 0;
  std::array<std::array<Likelihood, kLevels>, kFields> likelihoods_{};
  Shares common_given_;
  Shares common_family_;
  std::multimap<std::string, std::string> forms_;  // from each form to the name it is a form of
  std::set<std::string> placeholders_;
  std::set<std::string> particles_;
};

}  // namespace mash::referral::matching
