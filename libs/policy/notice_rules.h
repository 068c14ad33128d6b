#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "policy/pack_head.h"

namespace mash::policy {

// What the file of such a pack says under `kind`.
inline constexpr std::string_view kNoticeRulesKind = "notifications";

// How soon somebody must know; the values are those of mash.notification.v1.Urgency.
enum class NoticeUrgency { kRoutine = 1, kUrgent = 2, kImmediate = 3 };

// A field of the event, by its path in it, holds one of these values. Enumerations by their names.
struct NoticeCondition {
  std::string field;
  std::vector<std::string> values;
};

// What a notice names: an id in a field of the event, or, of the field "stream", the stream's own.
struct NoticeSubject {
  std::string kind;  // "referral"
  std::string field;
};

// Who is told: the hub; the agency that sent the contact; all with a part in the case; those of
// them whom no rule before tells of the event; one that the rule names; or those that a field of
// the event names, as agencies or as authorities by their ONS codes.
struct NoticeRecipient {
  enum class Kind { kHub, kSender, kInvolved, kOthers, kAgency, kField, kAuthority };

  Kind kind = Kind::kHub;
  std::string name;  // of kAgency the agency, of kField and kAuthority the field
};

// What is done to a stream that makes a notice about it unnecessary: one of its events, where a
// field of that names what the notice is about, or holds a value. The field "stream": whatever it
// holds.
struct NoticeEnd {
  std::string event;  // which kind: "contact_accepted"
  std::string field;
  std::string value;  // empty: one of the ids that the notice is about
};

// Who must know when something happens: "contact-received".
struct NoticeRule {
  std::string code;
  std::string type;                   // of the event: "mash.referral.v1.ReferralEvent"
  std::string event;                  // which of its kinds: "contact_received"
  std::vector<NoticeCondition> when;  // all of them; empty: always
  std::vector<NoticeRecipient> to;
  std::string practitioner;     // a field that names whom it is for; empty: the agency
  bool whoever_did_it = false;  // the agency that did it is told as well
  NoticeUrgency urgency = NoticeUrgency::kRoutine;
  int acknowledge_within_min = 0;  // else the hub's managers are told; 0: nobody need
  int next_contact_after_min = 0;  // else the agency's next contact is told; 0: only the first is
  std::vector<NoticeSubject> about;
  std::vector<NoticeEnd> done_by;  // any of them
  bool until_done = false;         // who only says that they know is told of to the managers too
  Basis basis;
};

// Who is told of what, as data with sources and dates. docs/policy-packs.md is the format.
// Immutable; threads may share it.
class NoticeRules : public PackHead {
 public:
  // Everything wrong is in the error's faults, with file, line and column: kInvalidArgument,
  // INVALID_PACK. Whether the events and fields exist is asked of whoever knows them.
  static Result<NoticeRules> parse(std::string_view yaml, std::string_view file_name = "pack.yaml");
  // Reads the file at `path`. kNotFound, PACK_MISSING.
  static Result<NoticeRules> load(const std::string& path);

  const std::vector<NoticeRule>& rules() const { return rules_; }

  // How what is due is done, by the timescale's name: notices of such a deadline then end.
  const std::map<std::string, std::vector<NoticeEnd>>& met_by() const { return met_by_; }

 private:
  friend class NoticeRulesReader;
  std::vector<NoticeRule> rules_;
  std::map<std::string, std::vector<NoticeEnd>> met_by_;
};

}  // namespace mash::policy
