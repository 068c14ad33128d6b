#include "notification/notices/raising.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cases/case_guard.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "mash/notification/v1/notice.pb.h"
#include "notification/notices/awaiting.h"
#include "notification/notices/closing.h"
#include "notification/notices/event_fields.h"
#include "notification/notices/happened.h"
#include "notification/notices/posting.h"

namespace mash::notification {
namespace {

using google::protobuf::Message;
using policy::NoticeRecipient;
using policy::NoticeRule;

static_assert(static_cast<int>(policy::NoticeUrgency::kRoutine) == v1::URGENCY_ROUTINE &&
              static_cast<int>(policy::NoticeUrgency::kUrgent) == v1::URGENCY_URGENT &&
              static_cast<int>(policy::NoticeUrgency::kImmediate) == v1::URGENCY_IMMEDIATE);

// Whom notices are for: an agency, and maybe a practitioner of it.
using Recipients = std::set<std::pair<std::string, std::string>>;

const policy::NoticeRules* rules_for(const RaisingParts& parts, const log::Record& record) {
  return parts.packs.notices_in_force(record.prefix.recorded_at, parts.calendar.london());
}

// What was done, late, before its deadline was said to be missed is nobody's to do any more.
bool is_over(const Happened& happened) {
  return happened.deadline_told() != nullptr && happened.deadline_told()->has_done_at();
}

bool holds(const NoticeRule& rule, const Message& what) {
  return std::ranges::all_of(rule.when, [&](const policy::NoticeCondition& condition) {
    return std::ranges::any_of(values_of(what, condition.field), [&](const std::string& value) {
      return std::ranges::find(condition.values, value) != condition.values.end();
    });
  });
}

std::string sender_of(const cases::Family& family, const log::Record& record) {
  const auto referral = family.referrals.find(id_in(record.body.stream()));
  return referral == family.referrals.end() ? std::string() : referral->second.agency;
}

// What notices of one event are raised with.
struct Raising {
  const RaisingParts& parts;
  log::UnitOfWork& unit;
  const Happened& happened;
  const std::string& followed;  // the log that it happened in
  const policy::NoticeRules& rules;
  const cases::Family& family;
  std::set<std::string> agencies_so_far{};  // that have a notice of the event
};

// The authorities that a rule would tell and that have no inbox here, by their ONS codes.
std::set<std::string> authorities_elsewhere(const Raising& raising, const NoticeRule& rule,
                                            const Message& what) {
  std::set<std::string> areas;
  for (const NoticeRecipient& recipient : rule.to)
    if (recipient.kind == NoticeRecipient::Kind::kAuthority)
      for (std::string& area : values_of(what, recipient.name))
        if (!raising.parts.agencies.contains(agency_of_area(area))) areas.insert(std::move(area));
  areas.erase("");
  return areas;
}

std::set<std::string> agencies_meant(const Raising& raising, const NoticeRule& rule,
                                     const Message& what) {
  const cases::Family& family = raising.family;
  std::set<std::string> agencies;
  for (const NoticeRecipient& recipient : rule.to) switch (recipient.kind) {
      case NoticeRecipient::Kind::kHub:
        agencies.insert(raising.parts.hub.begin(), raising.parts.hub.end());
        break;
      case NoticeRecipient::Kind::kSender:
        agencies.insert(sender_of(family, raising.happened.record()));
        break;
      case NoticeRecipient::Kind::kInvolved:
        agencies.insert(family.agencies.begin(), family.agencies.end());
        break;
      case NoticeRecipient::Kind::kOthers:
        std::ranges::set_difference(family.agencies, raising.agencies_so_far,
                                    std::inserter(agencies, agencies.end()));
        break;
      case NoticeRecipient::Kind::kAgency:
        agencies.insert(recipient.name);
        break;
      case NoticeRecipient::Kind::kField:
        for (std::string& agency : values_of(what, recipient.name))
          agencies.insert(std::move(agency));
        break;
      case NoticeRecipient::Kind::kAuthority:
        for (const std::string& area : values_of(what, recipient.name))
          if (std::string agency = agency_of_area(area); raising.parts.agencies.contains(agency))
            agencies.insert(std::move(agency));
        break;
    }
  agencies.erase("");
  return agencies;
}

// Whether an agency is left out, since it knows what it did: unless the notice is for somebody of
// it who did not do it themself.
bool knows_already(const NoticeRule& rule, const std::string& agency,
                   const std::string& practitioner, const log::Record& record) {
  const auto& actor = record.body.actor();
  return !rule.whoever_did_it && agency == actor.agency() &&
         (practitioner.empty() || practitioner == actor.practitioner());
}

std::string practitioner_in(const NoticeRule& rule, const Message& what) {
  std::string practitioner;
  if (!rule.practitioner.empty())
    for (std::string& value : values_of(what, rule.practitioner)) practitioner = std::move(value);
  return practitioner;
}

// Practitioner by practitioner: one that is barred is not told, and the agency's desk is in their
// place; of a restricted case only those named, and of these alone the one whom it is for.
Recipients recipients_in(const std::set<std::string>& agencies, const std::string& practitioner,
                         const CaseAccess& access) {
  Recipients recipients;
  for (const std::string& agency : agencies) {
    const Practitioners::value_type who{agency, practitioner};
    const bool barred = access.barred.contains(who);
    if (!access.restricted) {
      recipients.emplace(agency, barred ? std::string() : practitioner);
    } else if (access.named.contains(who) && !barred) {
      recipients.insert(who);
    } else {
      for (const auto& named : access.named)
        if (named.first == agency && !access.barred.contains(named)) recipients.insert(named);
    }
  }
  return recipients;
}

v1::Notice notice_of(const Raising& raising, const NoticeRule& rule, const Message& what) {
  const Happened& happened = raising.happened;
  const log::Record& record = happened.record();
  const Time now = raising.unit.context().now;
  v1::Notice notice;
  notice.set_rule(rule.code);
  notice.set_pack(raising.rules.id());
  notice.set_urgency(static_cast<v1::Urgency>(rule.urgency));
  notice.set_case_id(record.body.case_id());
  for (const policy::NoticeSubject& subject : rule.about)
    for (const std::string& id : subject.field == kStream ? std::vector{id_in(record.body.stream())}
                                                          : values_of(what, subject.field)) {
      if (id.empty()) continue;
      v1::About& about = *notice.add_about();
      about.set_kind(subject.kind);
      about.set_id(id);
    }
  v1::Cause& cause = *notice.mutable_cause();
  cause.set_log(raising.followed);
  cause.set_position(record.prefix.position);
  cause.set_event_id(record.body.event_id());
  cause.set_event(happened.name());
  if (const auto* deadline = happened.deadline_told()) {
    notice.set_deadline(deadline->kind());
    *notice.mutable_due() = deadline->due();
    notice.set_deadline_state(deadline->state());
    notice.set_deadline_id(deadline->id());
  }
  to_proto(record.prefix.recorded_at, notice.mutable_recorded_at());
  to_proto(now, notice.mutable_raised_at());
  if (rule.acknowledge_within_min > 0)
    to_proto(now + std::chrono::minutes(rule.acknowledge_within_min),
             notice.mutable_acknowledge_by());
  notice.set_until_done(rule.until_done);
  return notice;
}

Result<void> post_to(Raising& raising, const NoticeRule& rule, const Message& what,
                     const Recipients& recipients, const std::string& tell_by_hand = {}) {
  for (const auto& [agency, practitioner] : recipients) {
    Posting posting{.notice = notice_of(raising, rule, what),
                    .turns = {.next_after = std::chrono::minutes(rule.next_contact_after_min)},
                    .beside_another = !raising.agencies_so_far.insert(agency).second};
    posting.notice.set_agency(agency);
    posting.notice.set_practitioner(practitioner);
    posting.notice.set_tell_by_hand(tell_by_hand);
    say_what_closes(rule, raising.rules, raising.happened, posting);
    if (auto posted =
            post(raising.unit, raising.parts.ids, raising.family.access, std::move(posting));
        !posted)
      return tl::unexpected(posted.error());
  }
  return {};
}

// What a rule says of the event, or of one entry of a list of it. An authority that has no inbox
// here is told by somebody of the hub, whoever it was that did it.
Result<void> raise_by_rule(Raising& raising, const NoticeRule& rule, const Message& what) {
  const std::string practitioner = practitioner_in(rule, what);
  const CaseAccess& access = raising.family.access;
  std::set<std::string> agencies = agencies_meant(raising, rule, what);
  std::erase_if(agencies, [&](const std::string& agency) {
    return knows_already(rule, agency, practitioner, raising.happened.record());
  });
  if (auto posted = post_to(raising, rule, what, recipients_in(agencies, practitioner, access));
      !posted)
    return posted;
  for (const std::string& area : authorities_elsewhere(raising, rule, what))
    if (auto posted =
            post_to(raising, rule, what, recipients_in(raising.parts.hub, {}, access), area);
        !posted)
      return posted;
  return {};
}

Result<void> raise(const RaisingParts& parts, log::UnitOfWork& unit, const Happened& happened,
                   const std::string& followed, const policy::NoticeRules& rules) {
  std::vector<const NoticeRule*> meant;
  for (const NoticeRule& rule : rules.rules())
    if (rule.type == happened.record().body.type() && rule.event == happened.kind() &&
        holds(rule, happened.what()))
      meant.push_back(&rule);
  if (meant.empty() || is_over(happened)) return {};
  const auto family = cases::family_of(unit, happened.record().body.case_id());
  if (!family) return tl::unexpected(family.error());
  if (!family->exists())
    return refuse(Code::kUnavailable, "CASES_BEHIND", "The case is not known here yet.");
  Raising raising{.parts = parts,
                  .unit = unit,
                  .happened = happened,
                  .followed = followed,
                  .rules = rules,
                  .family = *family};
  for (const NoticeRule* rule : meant)
    for (const auto& what : one_by_one(happened.what(), rule->practitioner))
      if (holds(*rule, *what))
        if (auto raised = raise_by_rule(raising, *rule, *what); !raised) return raised;
  return {};
}

}  // namespace

std::set<std::string> hub_agencies(const host::AgencyRules& agencies) {
  std::set<std::string> hub;
  for (const auto& [agency, rule] : agencies)
    if (std::ranges::find(rule.roles, "triage-officer") != rule.roles.end()) hub.insert(agency);
  return hub;
}

bool concerns(const RaisingParts& parts, const log::Record& record) {
  return std::ranges::any_of(parts.packs.notices(), [&](const policy::NoticeRules* rules) {
    return std::ranges::find(rules->rules(), record.body.type(), &NoticeRule::type) !=
           rules->rules().end();
  });
}

Result<void> close_and_raise(const RaisingParts& parts, log::UnitOfWork& unit,
                             const log::Record& record, const std::string& followed) {
  if (!concerns(parts, record)) return {};
  const auto happened = Happened::of(record);
  if (!happened) return tl::unexpected(happened.error());
  if (!*happened) return {};
  if (auto closed = close_what_is_done(parts.packs, unit, **happened); !closed) return closed;
  const policy::NoticeRules* rules = rules_for(parts, record);
  if (rules == nullptr) return {};
  return raise(parts, unit, **happened, followed, *rules);
}

}  // namespace mash::notification
