#include "referral/matching/weights.h"

#include <algorithm>

#include "policy/file.h"
#include "policy/map_reader.h"
#include "policy/yaml_tree.h"

namespace mash::referral::matching {

using policy::Faults;
using policy::MapReader;
using policy::Node;

namespace {

constexpr double kLeast = 1e-12;  // nothing is impossible: its logarithm would be infinite
constexpr std::size_t kFormsMax = 8;

constexpr Level kAllLevels[] = {Level::kExact,    Level::kForm,  Level::kPart, Level::kExchanged,
                                Level::kExpected, Level::kMonth, Level::kYear, Level::kInitial,
                                Level::kClose,    Level::kNone,  Level::kApart};

}  // namespace

class WeightsReader {
 public:
  WeightsReader(const Node& root, Faults& faults) : root_(root), faults_(faults) {}

  Weights read(std::string_view file_text) {
    MapReader file(root_, "", faults_);
    weights_.sha256_ = policy::sha256_hex(file_text);
    weights_.name_ = file.text("weights");
    weights_.version_ = file.integer("version", 1, 1'000'000);
    file.text("title");
    file.text("measured", 2'000);
    read_priors(file);
    read_fields(file);
    weights_.common_given_ = shares(file, "common_given_names");
    weights_.common_family_ = shares(file, "common_family_names");
    read_forms(file);
    weights_.placeholders_ = words(file, "placeholders");
    weights_.particles_ = words(file, "particles");
    file.finish();
    return std::move(weights_);
  }

 private:
  void read_priors(MapReader& file) {
    if (const Node* node = file.map("prior")) {
      MapReader prior(*node, "prior", faults_);
      weights_.prior_same_ = prior.number("same", kLeast, 1);
      weights_.prior_household_ = prior.number("household", kLeast, 1);
      prior.finish();
    }
    if (const Node* node = file.map("thresholds")) {
      MapReader thresholds(*node, "thresholds", faults_);
      weights_.propose_at_ = thresholds.number("propose", 0, 1);
      weights_.possible_at_ = thresholds.number("possible", 0, 1);
      if (weights_.possible_at_ > weights_.propose_at_)
        thresholds.fault("possible", "must not be above propose");
      thresholds.finish();
    }
  }

  void read_fields(MapReader& file) {
    const Node* node = file.map("fields");
    if (node == nullptr) return;
    MapReader fields(*node, "fields", faults_);
    for (std::size_t i = 1; i < kFields; ++i) {
      const auto field = static_cast<Field>(i);
      const Node* levels = fields.map(name_of(field));
      if (levels == nullptr) continue;
      MapReader field_reader(*levels, fields.path(name_of(field)), faults_);
      for (const Level level : kAllLevels)
        if (has_level(field, level)) read_level(field_reader, field, level);
      field_reader.finish();
    }
    fields.finish();
  }

  void read_level(MapReader& field_reader, Field field, Level level) {
    const std::string_view name = name_of(level);
    const Node* node = field_reader.map(name);
    if (node == nullptr) return;
    MapReader entry(*node, field_reader.path(name), faults_);
    const Likelihood read{.same = entry.number("same", kLeast, 1),
                          .stranger = entry.number("stranger", kLeast, 1),
                          .household = entry.number("household", kLeast, 1)};
    // Or agreeing in one more field would speak against.
    if (agrees(level) && (read.stranger > read.same || read.household > read.same))
      entry.fault("same", "must not be below the others: to agree never speaks against");
    entry.finish();
    weights_.likelihoods_[static_cast<std::size_t>(field)][static_cast<std::size_t>(level)] = read;
  }

  Weights::Shares shares(MapReader& file, std::string_view key) {
    Weights::Shares shares;
    const Node* node = file.map(key);
    if (node == nullptr) return shares;
    MapReader entries(*node, std::string(key), faults_);
    for (const auto& [name, share] : node->pairs) {
      check_folded(name, entries, name);
      shares[name] = entries.number(name, kLeast, 1);
    }
    return shares;
  }

  // From each name to its forms; the forms are found under every name they are a form of.
  void read_forms(MapReader& file) {
    const Node* node = file.map("forms");
    if (node == nullptr) return;
    MapReader names(*node, "forms", faults_);
    for (const auto& [name, list] : node->pairs) {
      check_folded(name, names, name);
      for (const auto& form : words(names, name)) weights_.forms_.emplace(form, name);
    }
  }

  std::set<std::string> words(MapReader& map, std::string_view key) {
    std::set<std::string> words;
    const Node* list = map.optional_list(key);
    if (list == nullptr) map.fault(key, "must be a list of words");
    if (list == nullptr) return words;
    for (const Node& item : list->items) {
      check_folded(item.text, map, key);
      words.insert(item.text);
    }
    return words;
  }

  // What names are compared with is written as they are: one word of the letters a to z.
  static void check_folded(const std::string& word, MapReader& map, std::string_view key) {
    if (fold(word) != Words{word}) map.fault(key, "must be words of the letters a to z");
  }

  const Node& root_;
  Faults& faults_;
  Weights weights_;
};

Result<Weights> Weights::parse(std::string_view yaml, std::string_view file_name) {
  Faults faults(file_name);
  const Node root = policy::read_yaml(yaml, faults);
  if (faults.none()) {
    Weights weights = WeightsReader(root, faults).read(yaml);
    if (faults.none()) return weights;
  }
  return tl::unexpected(
      Error{.code = Code::kInvalidArgument,
            .reason = "INVALID_WEIGHTS",
            .message = "The weights in " + std::string(file_name) + " are not valid.",
            .faults = faults.take()});
}

Result<Weights> Weights::load(const std::string& path) {
  const auto text = policy::read_file(path);
  if (!text) return refuse(Code::kNotFound, "WEIGHTS_MISSING", "Cannot read the weights " + path);
  return parse(*text, path.substr(path.find_last_of('/') + 1));
}

Likelihood Weights::likelihood_of_name(Field field, const Words& name) const {
  Likelihood exact = likelihood(field, Level::kExact);
  const Shares& common = field == v1::MATCH_FIELD_FAMILY_NAME ? common_family_ : common_given_;
  const auto share = name.size() == 1 ? common.find(name.front()) : common.end();
  if (share == common.end()) return exact;
  exact.stranger = std::max(exact.stranger, share->second);
  // However common a name is, to have the same says no less than to have one like it.
  for (const Level level : {Level::kForm, Level::kPart, Level::kInitial, Level::kClose}) {
    if (!has_level(field, level)) continue;
    const Likelihood& like = likelihood(field, level);
    exact.stranger = std::min(exact.stranger, exact.same * like.stranger / like.same);
  }
  return exact;
}

std::vector<std::string> Weights::forms_of(const std::string& name) const {
  std::vector<std::string> names{name};
  const auto [begin, end] = forms_.equal_range(name);
  for (auto at = begin; at != end && names.size() < kFormsMax; ++at) names.push_back(at->second);
  return names;
}

}  // namespace mash::referral::matching
