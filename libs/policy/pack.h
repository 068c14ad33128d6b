#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.h"
#include "core/result.h"
#include "policy/pack_head.h"

namespace mash::policy {

// Timescales that every pack has, because services set these deadlines.
inline constexpr std::string_view kAcknowledgement = "acknowledgement";
inline constexpr std::string_view kFirstDecision = "first-decision";
inline constexpr std::string_view kAssessment = "assessment";
inline constexpr std::string_view kStrategyDiscussion = "strategy-discussion";
inline constexpr std::string_view kStrategyDiscussionUrgent = "strategy-discussion-urgent";
inline constexpr std::string_view kDiscussionReconvening = "discussion-reconvening";
inline constexpr std::string_view kDiscussionRecord = "discussion-record";
inline constexpr std::string_view kDiscussionAction = "discussion-action";
inline constexpr std::string_view kConferenceRequest = "conference-request";
inline constexpr std::string_view kInitialConference = "initial-conference";
inline constexpr std::string_view kCoreGroup = "core-group";
inline constexpr std::string_view kFirstReviewConference = "first-review-conference";
inline constexpr std::string_view kNextReviewConference = "next-review-conference";
inline constexpr std::string_view kPreBirthConference = "pre-birth-conference";
inline constexpr std::string_view kReviewAfterBirth = "review-after-birth";
inline constexpr std::string_view kReviewAfterPreBirth = "review-after-pre-birth-conference";
inline constexpr std::string_view kTransferInConference = "transfer-in-conference";
inline constexpr std::string_view kPoliceProtection = "police-protection";
inline constexpr std::string_view kEmergencyProtectionOrder = "emergency-protection-order";
inline constexpr std::string_view kEmergencyProtectionOrderExtension =
    "emergency-protection-order-extension";

// How long something may take. `counted_from` says in words what starts the clock.
struct TimescaleRule {
  Timescale timescale;
  std::string counted_from;
  Basis basis;
};

// A level of need of the threshold document: "1" universal to "4" specialist or statutory.
struct LevelOfNeed {
  std::string code;
  std::string name;
  std::string description;
  Basis basis;
};

// A triage rating: "red", "amber", "green".
struct Rating {
  std::string code;
  std::string name;
  int urgency = 0;                  // 1 is the most urgent
  std::string information_request;  // the timescale of requests made under it
  Basis basis;
};

// What a contact can come to: "accepted", "no-further-action".
struct ContactOutcome {
  std::string code;
  std::string name;
  bool becomes_referral = false;     // or the contact is closed
  bool needs_other_support = false;  // feedback names other sources of support
  Basis basis;
};

// What a referral can come to: "section-17-assessment".
struct ReferralOutcome {
  std::string code;
  std::string name;
  bool threshold_met = false;        // the threshold for children's social care
  bool closes = false;               // the referral is over with the decision
  bool needs_other_support = false;  // feedback names other sources of support
  std::vector<std::string> levels;   // levels of need it can go with, by code
  std::vector<std::string> starts;   // timescales that begin to run, by name
  std::string discussion;            // by this timescale a strategy discussion is due; empty: none
  Basis basis;

  bool allows_level(std::string_view code) const;
};

// What a referrer is told of a decision.
struct FeedbackRules {
  bool to_each_referrer = false;  // a text of its own for each
  bool reasons_required = false;  // where the threshold is not met
  int text_max_characters = 0;
  Basis basis;
};

// A level that a challenge to a decision goes through: "team-manager".
struct ChallengeLevel {
  std::string code;
  std::string name;
  std::string answer;  // the timescale of the answer given at it
  Basis basis;
};

// As what an agency comes to a strategy discussion: "health".
struct DiscussionFunction {
  std::string code;
  std::string name;
  std::vector<std::string> bodies;  // kinds of body in law that can be it; empty: any
  Basis basis;

  bool open_to(std::string_view body) const;
};

// When a rule of the quorum applies.
enum class QuorumWhen { kAlways, kLookedAfter, kUnborn };

// Functions without which a strategy discussion is not quorate.
struct QuorumRule {
  std::string name;
  QuorumWhen when = QuorumWhen::kAlways;
  std::vector<std::string> needs;  // by code
  Basis basis;
};

// How strategy discussions are held.
struct DiscussionRules {
  std::vector<DiscussionFunction> functions;
  std::vector<QuorumRule> quorum;
  // The initial conference counts from the last discussion at which enquiries went on, not from the
  // one that started them.
  bool conference_from_last = false;
  Basis basis;

  const DiscussionFunction* function(std::string_view code) const;

  // The functions that have to be there, by code, in the pack's order and none twice.
  std::vector<std::string> needed(bool looked_after, bool unborn) const;
};

// A new referral of a child this soon after the last one is a re-referral.
struct ReReferralRule {
  Span window;
  Basis basis;
};

// What triage is shown as a pattern, which no single record shows.
struct PatternRules {
  int children_in_context = 0;  // so many children in one context of risk
  int missing_episodes = 0;     // so many contacts that say the child was missing
  Span missing_window;          // within so long
  std::string missing_factor;   // the factor by which a contact says so
  Basis basis;
};

// One code of a list, with its words. A retired one is taken in imports and refused in new entries.
struct CodeEntry {
  std::string code;
  std::string name;
  bool retired = false;
};

// A list of codes: "referral-source".
struct CodeList {
  std::string name;
  std::string title;
  int census_year = 0;  // the year of the children in need census it is from; 0: of no census
  std::vector<CodeEntry> codes;
  Basis basis;

  const CodeEntry* find(std::string_view code) const;
  bool takes(std::string_view code) const;  // in a new entry: known and not retired
};

// A policy pack: the rules that law or local protocol sets, as data with sources and dates, read
// from one YAML file (docs/policy-packs.md) and checked as a whole. Immutable once made, so threads
// may share one. What accessors point to lives as long as the pack; a null pointer says there is
// none.
class Pack : public PackHead {
 public:
  // Reads a pack's text, at most 256 KiB. Everything wrong is in the error's faults, each with
  // file, line and column ("pack.yaml:12:5"): kInvalidArgument, INVALID_PACK. `file_name` is only
  // shown.
  static Result<Pack> parse(std::string_view yaml, std::string_view file_name = "pack.yaml");

  // Reads the file at `path`. kNotFound, PACK_MISSING.
  static Result<Pack> load(const std::string& path);

  const TimescaleRule* timescale(std::string_view name) const;
  const LevelOfNeed* level_of_need(std::string_view code) const;
  const Rating* rating(std::string_view code) const;
  const ContactOutcome* contact_outcome(std::string_view code) const;
  const ReferralOutcome* referral_outcome(std::string_view code) const;
  const CodeList* codes(std::string_view list) const;

  const std::vector<TimescaleRule>& timescales() const { return timescales_; }
  const std::vector<LevelOfNeed>& levels_of_need() const { return levels_of_need_; }
  const std::vector<Rating>& ratings() const { return ratings_; }
  const std::vector<ContactOutcome>& contact_outcomes() const { return contact_outcomes_; }
  const std::vector<ReferralOutcome>& referral_outcomes() const { return referral_outcomes_; }
  const std::vector<CodeList>& code_lists() const { return code_lists_; }
  // In the order in which a challenge goes up them; at least one.
  const std::vector<ChallengeLevel>& challenge_levels() const { return challenge_levels_; }

  const FeedbackRules& feedback() const { return feedback_; }
  const DiscussionRules& discussions() const { return discussions_; }
  const ReReferralRule& re_referral() const { return re_referral_; }
  const PatternRules& patterns() const { return patterns_; }
  const OpeningHours& hub_hours() const { return hub_hours_; }

  // A deadline by a timescale of this pack, which it cites. kNotFound, UNKNOWN_TIMESCALE;
  // kFailedPrecondition, RULE_NOT_IN_FORCE on the day it starts; else as mash::set_deadline().
  Result<Deadline> deadline(std::string_view timescale, Time start, const Calendar& calendar) const;

  // When an answer to an information request of this rating is due. While the referral is
  // undecided, `decision` is its first decision's deadline, and unless the pack lifts that cap the
  // request is due no later. kNotFound, UNKNOWN_RATING; else as deadline().
  Result<Deadline> information_request(std::string_view rating, Time start,
                                       const Deadline* decision, const Calendar& calendar) const;

  // Whether a referral at `now` comes within the window after one at `previous`.
  Result<bool> is_re_referral(Time previous, Time now, const Calendar& calendar) const;

  // Whether a contact at `previous` that says a child was missing counts together with one at
  // `now`.
  Result<bool> is_repeated_missing(Time previous, Time now, const Calendar& calendar) const;

 private:
  friend class PackReader;
  Pack() = default;

  Result<bool> is_within(Span window, Time previous, Time now, const Calendar& calendar) const;

  std::vector<TimescaleRule> timescales_;
  std::vector<LevelOfNeed> levels_of_need_;
  std::vector<Rating> ratings_;
  std::vector<ContactOutcome> contact_outcomes_;
  std::vector<ReferralOutcome> referral_outcomes_;
  std::vector<CodeList> code_lists_;
  std::vector<ChallengeLevel> challenge_levels_;
  bool decision_caps_requests_ = false;
  FeedbackRules feedback_;
  DiscussionRules discussions_;
  ReReferralRule re_referral_;
  PatternRules patterns_;
  OpeningHours hub_hours_;
};

}  // namespace mash::policy
