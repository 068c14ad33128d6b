// Reading a pack's file: each section in turn, then what holds between them.
#include <algorithm>
#include <array>

#include "policy/choice.h"
#include "policy/entry_reader.h"
#include "policy/map_reader.h"
#include "policy/pack.h"

namespace mash::policy {
namespace {

constexpr std::array kNeeded = {kAcknowledgement,
                                kFirstDecision,
                                kAssessment,
                                kStrategyDiscussion,
                                kStrategyDiscussionUrgent,
                                kDiscussionReconvening,
                                kDiscussionRecord,
                                kDiscussionAction,
                                kConferenceRequest,
                                kInitialConference,
                                kCoreGroup,
                                kFirstReviewConference,
                                kNextReviewConference,
                                kPreBirthConference,
                                kReviewAfterBirth,
                                kReviewAfterPreBirth,
                                kTransferInConference,
                                kPoliceProtection,
                                kEmergencyProtectionOrder,
                                kEmergencyProtectionOrderExtension};

constexpr Choices<QuorumWhen, 3> kWhen = {{{"always", QuorumWhen::kAlways},
                                           {"looked-after", QuorumWhen::kLookedAfter},
                                           {"unborn", QuorumWhen::kUnborn}}};
constexpr Choices<bool, 2> kCountedFrom = {{{"first", false}, {"last", true}}};

}  // namespace

class PackReader {
 public:
  PackReader(const Node& root, Faults& faults) : root_(root), faults_(faults), entries_(faults) {}

  Pack read(std::string_view file_text) {
    MapReader file(root_, "", faults_);
    entries_.read_head(file, "", file_text, pack_);
    read_timescales(file);
    read_levels(file);
    read_ratings(file);
    read_contact_outcomes(file);
    read_referral_outcomes(file);
    read_code_lists(file);
    read_challenges(file);
    read_discussions(file);
    read_single_rules(file);
    file.finish();
    entries_.check_sources_used();
    return std::move(pack_);
  }

 private:
  void read_timescales(MapReader& file) {
    each(file, "timescales", [this](const std::string& name, MapReader& entry, Mark) {
      TimescaleRule rule;
      rule.timescale.name = name;
      rule.timescale.allowed = entry.span("allowed");
      rule.timescale.notice = entry.optional_span("notice");
      rule.counted_from = entry.text("counted_from");
      rule.basis = basis(entry);
      if (rule.timescale.allowed.clock == ClockKind::kHubHours && rule.timescale.allowed.amount < 0)
        entry.fault("allowed", "cannot count hub hours back");
      const auto& notice = rule.timescale.notice;
      if (notice && (notice->amount < 0 || notice->clock == ClockKind::kHubHours))
        entry.fault("notice", "must be a positive amount, and not of hub hours");
      pack_.timescales_.push_back(std::move(rule));
    });
    for (const auto name : kNeeded)
      if (pack_.timescale(name) == nullptr)
        file.fault("timescales", "must have " + std::string(name));
  }

  void read_levels(MapReader& file) {
    each(file, "levels_of_need", [this](const std::string& code, MapReader& entry, Mark) {
      pack_.levels_of_need_.push_back({.code = code,
                                       .name = entry.text("name"),
                                       .description = entry.text("description", 2000),
                                       .basis = basis(entry)});
    });
  }

  void read_ratings(MapReader& file) {
    each(file, "ratings", [this](const std::string& code, MapReader& entry, Mark) {
      Rating rating{.code = code,
                    .name = entry.text("name"),
                    .urgency = entry.integer("urgency", 1, 9),
                    .information_request = entry.text("information_request"),
                    .basis = basis(entry)};
      check_timescale(entry, "information_request", rating.information_request);
      for (const auto& other : pack_.ratings_)
        if (other.urgency == rating.urgency)
          entry.fault("urgency", "must differ from that of " + other.code);
      pack_.ratings_.push_back(std::move(rating));
    });
  }

  void read_contact_outcomes(MapReader& file) {
    bool accepts = false;
    each(file, "contact_outcomes", [&](const std::string& code, MapReader& entry, Mark) {
      ContactOutcome outcome{.code = code,
                             .name = entry.text("name"),
                             .becomes_referral = entry.yes_no("becomes_referral"),
                             .needs_other_support = entry.yes_no("needs_other_support"),
                             .basis = basis(entry)};
      accepts = accepts || outcome.becomes_referral;
      pack_.contact_outcomes_.push_back(std::move(outcome));
    });
    if (!accepts && !pack_.contact_outcomes_.empty())
      file.fault("contact_outcomes", "must have one that becomes a referral");
  }

  void read_referral_outcomes(MapReader& file) {
    each(file, "referral_outcomes", [this](const std::string& code, MapReader& entry, Mark) {
      ReferralOutcome outcome{.code = code,
                              .name = entry.text("name"),
                              .threshold_met = entry.yes_no("threshold_met"),
                              .closes = entry.yes_no("closes"),
                              .needs_other_support = entry.yes_no("needs_other_support"),
                              .levels = words(entry, "levels"),
                              .starts = words(entry, "starts"),
                              .discussion = entry.optional_text("discussion"),
                              .basis = basis(entry)};
      if (outcome.levels.empty()) entry.fault("levels", "must name at least one level of need");
      for (const auto& level : outcome.levels)
        if (pack_.level_of_need(level) == nullptr)
          entry.fault("levels", "names no level of need: " + level);
      for (const auto& timescale : outcome.starts) check_timescale(entry, "starts", timescale);
      if (outcome.closes && !outcome.starts.empty())
        entry.fault("starts", "must be empty where the outcome closes the referral");
      check_timescale(entry, "discussion", outcome.discussion);
      const TimescaleRule* discussion = pack_.timescale(outcome.discussion);
      if (discussion != nullptr && discussion->timescale.allowed.amount < 0)
        entry.fault("discussion", "must not count back: " + outcome.discussion);
      if (outcome.closes && !outcome.discussion.empty())
        entry.fault("discussion", "must be left out where the outcome closes the referral");
      pack_.referral_outcomes_.push_back(std::move(outcome));
    });
  }

  void read_code_lists(MapReader& file) {
    each(file, "code_lists", [this](const std::string& name, MapReader& entry, Mark) {
      CodeList list{.name = name,
                    .title = entry.text("title"),
                    .census_year = entry.integer("census_year", 0, 2149),
                    .codes = {},
                    .basis = basis(entry)};
      read_codes(entry, "codes", false, list);
      read_codes(entry, "retired", true, list);
      if (list.codes.empty()) entry.fault("codes", "must have at least one");
      pack_.code_lists_.push_back(std::move(list));
    });
  }

  void read_codes(MapReader& entry, std::string_view key, bool retired, CodeList& list) {
    const Node* codes = retired ? entry.optional_map(key) : entry.map(key);
    if (codes == nullptr) return;
    for (const auto& [code, name] : codes->pairs) {
      const std::string path = entry.path(key) + "." + code;
      if (!is_code(code)) faults_.add(name.mark, path + " must be of letters, digits and hyphens");
      if (list.find(code) != nullptr) faults_.add(name.mark, path + " is in the list already");
      if (name.kind != Node::Kind::kScalar || name.text.empty() || name.text.size() > 500)
        faults_.add(name.mark, path + " must be the code's words, at most 500 bytes");
      list.codes.push_back({code, name.text, retired});
    }
  }

  void read_challenges(MapReader& file) {
    const Node* node = file.map("challenges");
    if (node == nullptr) return;
    MapReader challenges(*node, "challenges", faults_);
    each(challenges, "levels", [this](const std::string& code, MapReader& entry, Mark) {
      pack_.challenge_levels_.push_back({.code = code,
                                         .name = entry.text("name"),
                                         .answer = entry.text("answer"),
                                         .basis = basis(entry)});
      check_timescale(entry, "answer", pack_.challenge_levels_.back().answer);
    });
    challenges.finish();
  }

  void read_discussions(MapReader& file) {
    const Node* node = file.map("strategy_discussions");
    if (node == nullptr) return;
    MapReader section(*node, "strategy_discussions", faults_);
    read_functions(section);
    read_quorum(section);
    pack_.discussions_.conference_from_last =
        choice(section, "initial_conference_counted_from", kCountedFrom);
    pack_.discussions_.basis = basis(section);
    section.finish();
  }

  void read_functions(MapReader& section) {
    each(section, "functions", [this](const std::string& code, MapReader& entry, Mark) {
      const Node* bodies = entry.optional_list("bodies");
      if (bodies != nullptr && bodies->items.empty())
        entry.fault("bodies", "must not be empty: without it every body may");
      pack_.discussions_.functions.push_back({.code = code,
                                              .name = entry.text("name"),
                                              .bodies = words(entry, "bodies"),
                                              .basis = basis(entry)});
    });
  }

  void read_quorum(MapReader& section) {
    auto& quorum = pack_.discussions_.quorum;
    each(section, "quorum", [&](const std::string& name, MapReader& entry, Mark) {
      QuorumRule rule{.name = name,
                      .when = choice(entry, "when", kWhen),
                      .needs = words(entry, "needs"),
                      .basis = basis(entry)};
      if (rule.needs.empty()) entry.fault("needs", "must name at least one function");
      for (const auto& code : rule.needs)
        if (pack_.discussions_.function(code) == nullptr)
          entry.fault("needs", "names no function: " + code);
      quorum.push_back(std::move(rule));
    });
    if (!quorum.empty() &&
        std::ranges::find(quorum, QuorumWhen::kAlways, &QuorumRule::when) == quorum.end())
      section.fault("quorum", "must have a rule for when: always");
  }

  void read_single_rules(MapReader& file) {
    if (const Node* node = file.map("hub_hours")) {
      MapReader entry(*node, "hub_hours", faults_);
      pack_.hub_hours_ = {entry.time_of_day("opens"), entry.time_of_day("closes")};
      basis(entry);
      if (pack_.hub_hours_.opens >= pack_.hub_hours_.closes)
        entry.fault("closes", "must be after it opens");
      entry.finish();
    }
    if (const Node* node = file.map("information_requests")) {
      MapReader entry(*node, "information_requests", faults_);
      pack_.decision_caps_requests_ = entry.yes_no("due_by_first_decision");
      basis(entry);
      entry.finish();
    }
    if (const Node* node = file.map("feedback")) {
      MapReader entry(*node, "feedback", faults_);
      pack_.feedback_ = {.to_each_referrer = entry.yes_no("to_each_referrer"),
                         .reasons_required = entry.yes_no("reasons_required"),
                         .text_max_characters = entry.integer("text_max_characters", 1, 16'000),
                         .basis = basis(entry)};
      entry.finish();
    }
    if (const Node* node = file.map("re_referral")) {
      MapReader entry(*node, "re_referral", faults_);
      pack_.re_referral_ = {entry.span("window"), basis(entry)};
      if (pack_.re_referral_.window.amount < 0) entry.fault("window", "must be positive");
      entry.finish();
    }
    if (const Node* node = file.map("patterns")) {
      MapReader entry(*node, "patterns", faults_);
      pack_.patterns_ = {.children_in_context = entry.integer("children_in_context", 2, 100),
                         .missing_episodes = entry.integer("missing_episodes", 2, 100),
                         .missing_window = entry.span("missing_window"),
                         .missing_factor = entry.text("missing_factor"),
                         .basis = basis(entry)};
      if (pack_.patterns_.missing_window.amount < 0)
        entry.fault("missing_window", "must be positive");
      entry.finish();
    }
  }

  template <class Read>
  void each(MapReader& file, std::string_view section, Read read) {
    entries_.each(file, section, read);
  }
  Basis basis(MapReader& entry) { return entries_.basis(entry); }
  std::vector<std::string> words(MapReader& entry, std::string_view key) {
    return entries_.words(entry, key);
  }

  void check_timescale(MapReader& entry, std::string_view key, const std::string& name) {
    if (!name.empty() && pack_.timescale(name) == nullptr)
      entry.fault(key, "names no timescale: " + name);
  }

  const Node& root_;
  Faults& faults_;
  Pack pack_;
  EntryReader entries_;
};

Result<Pack> Pack::parse(std::string_view yaml, std::string_view file_name) {
  Faults faults(file_name);
  const Node root = read_yaml(yaml, faults);
  if (faults.none()) {
    Pack pack = PackReader(root, faults).read(yaml);
    if (faults.none()) return pack;
  }
  return tl::unexpected(invalid_pack(file_name, faults));
}

Result<Pack> Pack::load(const std::string& path) {
  const auto text = read_pack(path);
  if (!text) return tl::unexpected(text.error());
  return parse(*text, file_name_of(path));
}

}  // namespace mash::policy
