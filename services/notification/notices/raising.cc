#include "notification/notices/raising.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "cases/case_guard.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "mash/notification/v1/notice.pb.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "notification/notices/event_fields.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using google::protobuf::Message;
using policy::NoticeRecipient;
using policy::NoticeRule;

constexpr char kStream[] = "stream";

// Whom a notice is for: an agency, and maybe a practitioner of it.
using Told = std::set<std::pair<std::string, std::string>>;

// An event of a record, and which kind of it happened.
struct Happened {
  const log::Record& record;
  std::string kind;
  const Message& what;
};

const policy::NoticeRules* rules_for(const RaisingParts& parts, const log::Record& record) {
  return parts.packs.notices_in_force(record.prefix.recorded_at, parts.calendar.london());
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

std::set<std::string> agencies_told(const RaisingParts& parts, const NoticeRule& rule,
                                    const cases::Family& family, const Happened& happened) {
  std::set<std::string> agencies;
  for (const NoticeRecipient& recipient : rule.to) switch (recipient.kind) {
      case NoticeRecipient::Kind::kHub:
        agencies.insert(parts.hub.begin(), parts.hub.end());
        break;
      case NoticeRecipient::Kind::kSender:
        agencies.insert(sender_of(family, happened.record));
        break;
      case NoticeRecipient::Kind::kInvolved:
        agencies.insert(family.agencies.begin(), family.agencies.end());
        break;
      case NoticeRecipient::Kind::kAgency:
        agencies.insert(recipient.name);
        break;
      case NoticeRecipient::Kind::kField:
        for (std::string& agency : values_of(happened.what, recipient.name))
          agencies.insert(std::move(agency));
        break;
    }
  agencies.erase("");
  if (!rule.whoever_did_it) agencies.erase(happened.record.body.actor().agency());
  return agencies;
}

// Practitioner by practitioner: of a restricted case only those named; one that is barred is not
// told, and the agency's desk is in their place.
Told told_of(const NoticeRule& rule, const cases::Family& family,
             const std::set<std::string>& agencies, const Message& what) {
  std::string practitioner;
  if (!rule.practitioner.empty())
    for (std::string& value : values_of(what, rule.practitioner)) practitioner = std::move(value);
  Told told;
  for (const std::string& agency : agencies) {
    if (family.access.restricted) {
      for (const auto& [named_agency, named] : family.access.named)
        if (named_agency == agency && !family.access.barred.contains({agency, named}))
          told.emplace(agency, named);
    } else {
      const bool barred = family.access.barred.contains({agency, practitioner});
      told.emplace(agency, barred ? std::string() : practitioner);
    }
  }
  return told;
}

v1::Notice notice_of(const NoticeRule& rule, const policy::NoticeRules& rules,
                     const Happened& happened, const Context& context) {
  const log::Record& record = happened.record;
  v1::Notice notice;
  notice.set_rule(rule.code);
  notice.set_pack(rules.id());
  notice.set_urgency(static_cast<v1::Urgency>(rule.urgency));
  notice.set_case_id(record.body.case_id());
  for (const policy::NoticeSubject& subject : rule.about)
    for (const std::string& id : subject.field == kStream
                                     ? std::vector{id_in(record.body.stream())}
                                     : values_of(happened.what, subject.field)) {
      v1::About& about = *notice.add_about();
      about.set_kind(subject.kind);
      about.set_id(id);
    }
  v1::Cause& cause = *notice.mutable_cause();
  cause.set_position(record.prefix.position);
  cause.set_event_id(record.body.event_id());
  cause.set_event(record.body.type() + "/" + happened.kind);
  if (const auto* told = dynamic_cast<const common::v1::DeadlineTold*>(&happened.what)) {
    notice.set_deadline(told->kind());
    *notice.mutable_due() = told->due();
  }
  to_proto(record.prefix.recorded_at, notice.mutable_recorded_at());
  to_proto(context.now, notice.mutable_raised_at());
  if (rule.acknowledge_within_min > 0)
    to_proto(context.now + std::chrono::minutes(rule.acknowledge_within_min),
             notice.mutable_acknowledge_by());
  return notice;
}

// The events that rules may be about: those of the logs that are followed. Naming a type also keeps
// it in the program, where records find it by name.
const google::protobuf::Descriptor* event_type(const std::string& name) {
  for (const auto* type :
       {referral::v1::ReferralEvent::descriptor(), referral::v1::CaseEvent::descriptor(),
        referral::v1::PersonEvent::descriptor(), sharing::v1::RequestEvent::descriptor(),
        sharing::v1::ItemEvent::descriptor(), sharing::v1::DecisionEvent::descriptor(),
        sharing::v1::ConsentEvent::descriptor(), strategy::v1::DiscussionEvent::descriptor(),
        strategy::v1::ConferenceEvent::descriptor(), strategy::v1::ProtectionEvent::descriptor(),
        strategy::v1::ChildEvent::descriptor()})
    if (type->full_name() == name) return type;
  return nullptr;
}

// The record's event, parsed, and the kind of it that happened; nothing: none that is known.
struct Parsed {
  std::unique_ptr<Message> event;
  const google::protobuf::FieldDescriptor* kind = nullptr;
};
Result<Parsed> parsed(const log::Record& record) {
  return log::parse_event(record).map([](std::unique_ptr<Message> event) {
    const auto* kind = kind_of(*event);
    return Parsed{.event = std::move(event), .kind = kind};
  });
}

}  // namespace

std::set<std::string> hub_agencies(const host::AgencyRules& agencies) {
  std::set<std::string> hub;
  for (const auto& [agency, rule] : agencies)
    if (std::ranges::find(rule.roles, "triage-officer") != rule.roles.end()) hub.insert(agency);
  return hub;
}

Result<void> fits(const policy::NoticeRules& rules) {
  Error incomplete{.code = Code::kInvalidArgument,
                   .reason = "PACK_INCOMPLETE",
                   .message = "Rules on who is told name events or fields that there are not."};
  for (const NoticeRule& rule : rules.rules()) {
    const auto fault = [&](const std::string& what) {
      incomplete.faults.push_back({rules.id() + ".rules." + rule.code, what});
    };
    const auto* type = event_type(rule.type);
    const auto* kind = type == nullptr ? nullptr : type->FindFieldByName(rule.event);
    if (kind == nullptr || kind->message_type() == nullptr) {
      fault("there is no such event: " + rule.type + "/" + rule.event);
      continue;
    }
    std::vector<std::string> fields;
    for (const auto& condition : rule.when) fields.push_back(condition.field);
    for (const auto& recipient : rule.to)
      if (recipient.kind == NoticeRecipient::Kind::kField) fields.push_back(recipient.name);
    for (const auto& subject : rule.about)
      if (subject.field != kStream) fields.push_back(subject.field);
    if (!rule.practitioner.empty()) fields.push_back(rule.practitioner);
    for (const std::string& field : fields)
      if (!has_field(*kind->message_type(), field)) fault("the event has no such field: " + field);
  }
  if (!incomplete.faults.empty()) return tl::unexpected(std::move(incomplete));
  return {};
}

bool concerns(const RaisingParts& parts, const log::Record& record) {
  const policy::NoticeRules* rules = rules_for(parts, record);
  return rules != nullptr && std::ranges::find(rules->rules(), record.body.type(),
                                               &NoticeRule::type) != rules->rules().end();
}

Result<void> raise_notices(const RaisingParts& parts, log::UnitOfWork& unit,
                           const log::Record& record) {
  if (!concerns(parts, record)) return {};
  const auto event = parsed(record);
  if (!event) return tl::unexpected(event.error());
  if (event->kind == nullptr) return {};
  const Message& what = event->event->GetReflection()->GetMessage(*event->event, event->kind);
  const Happened happened{.record = record, .kind = event->kind->name(), .what = what};
  const policy::NoticeRules& rules = *rules_for(parts, record);
  std::vector<const NoticeRule*> meant;
  for (const NoticeRule& rule : rules.rules())
    if (rule.type == record.body.type() && rule.event == happened.kind && holds(rule, what))
      meant.push_back(&rule);
  if (meant.empty()) return {};
  const auto family = cases::family_of(unit, record.body.case_id());
  if (!family) return tl::unexpected(family.error());
  if (!family->exists())
    return refuse(Code::kUnavailable, "CASES_BEHIND", "The case is not known here yet.");
  for (const NoticeRule* rule : meant)
    for (const auto& [agency, practitioner] :
         told_of(*rule, *family, agencies_told(parts, *rule, *family, happened), what)) {
      v1::Notice notice = notice_of(*rule, rules, happened, unit.context());
      notice.set_notice_id(parts.ids.next_text());
      notice.set_agency(agency);
      notice.set_practitioner(practitioner);
      if (auto raised = unit.decide<Notice>(
              {notice_stream(notice.notice_id()), record.body.case_id()}, Notice::Raise{notice});
          !raised)
        return raised;
    }
  return {};
}

Result<void> pass_on(const RaisingParts& parts, log::UnitOfWork& unit, const std::string& stream) {
  const auto state = unit.observe<Notice>(stream);
  if (!state) return tl::unexpected(state.error());
  const std::string to = parts.ids.next_text();
  const auto events = Notice::decide(*state, Notice::Escalate{to}, unit.context());
  if (!events) return tl::unexpected(events.error());
  if (events->empty()) return {};
  if (auto passed = unit.decide<Notice>({.stream = stream}, Notice::Escalate{to}); !passed)
    return passed;
  for (const std::string& agency : parts.hub) {
    v1::Notice notice = state->notice;
    notice.set_escalated_from(notice.agency());
    notice.set_notice_id(agency == *parts.hub.begin() ? to : parts.ids.next_text());
    notice.set_agency(agency);
    notice.clear_practitioner();
    notice.clear_acknowledge_by();
    to_proto(unit.context().now, notice.mutable_raised_at());
    if (auto raised = unit.decide<Notice>({notice_stream(notice.notice_id()), notice.case_id()},
                                          Notice::Raise{notice});
        !raised)
      return raised;
  }
  return {};
}

}  // namespace mash::notification
