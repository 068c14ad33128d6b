#include "notification/notices/rule_checks.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "notification/notices/awaiting.h"
#include "notification/notices/event_fields.h"
#include "notification/notices/happened.h"

namespace mash::notification {
namespace {

using google::protobuf::Descriptor;
using policy::NoticeRecipient;
using policy::NoticeRule;

// The message of a kind of event; null: there is none.
const Descriptor* kind_in(const Descriptor& type, const std::string& kind) {
  const auto* field = type.FindFieldByName(kind);
  return field == nullptr ? nullptr : field->message_type();
}

// The fields that a rule asks of its event, but for its conditions.
std::vector<std::string> fields_of(const NoticeRule& rule) {
  std::vector<std::string> fields;
  for (const auto& recipient : rule.to)
    if (recipient.kind == NoticeRecipient::Kind::kField ||
        recipient.kind == NoticeRecipient::Kind::kAuthority)
      fields.push_back(recipient.name);
  for (const auto& subject : rule.about)
    if (subject.field != kStream) fields.push_back(subject.field);
  if (!rule.practitioner.empty()) fields.push_back(rule.practitioner);
  return fields;
}

// Whether an event of that name is in the program at all, though no rule may be about it.
bool is_event(const std::string& type) {
  return google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type) != nullptr;
}

std::string fault_of_event(const NoticeRule& rule, const std::string& kind) {
  if (event_type(rule.type) == nullptr && is_event(rule.type))
    return "no rule may be about this event, which is not followed or names no case: " + rule.type;
  return "there is no such event: " + rule.type + "/" + kind;
}

// What is wrong with a field that a rule asks of a kind of event, where it is to hold one of these
// values; nothing is asked of these where there are none.
void check_field(const Descriptor& kind, const std::string& path, const std::string& shown,
                 const std::vector<std::string>& values, std::vector<std::string>& faults) {
  const FieldAt found = field_at(kind, path);
  if (found.field == nullptr) return faults.push_back("the event has no such field: " + shown);
  if (found.is_personal)
    return faults.push_back("no rule may ask for a field that is personal: " + shown);
  for (const std::string& value : values)
    if (!can_hold(*found.field, value))
      faults.push_back("the field " + shown + " never holds `" + value + "`");
}

void check_ends(const Descriptor& type, const NoticeRule& rule, std::vector<std::string>& faults) {
  for (const policy::NoticeEnd& end : rule.done_by) {
    const Descriptor* ending = kind_in(type, end.event);
    if (ending == nullptr)
      faults.push_back(fault_of_event(rule, end.event));
    else if (end.field != kStream)
      check_field(*ending, end.field, end.event + ", " + end.field,
                  end.value.empty() ? std::vector<std::string>() : std::vector{end.value}, faults);
  }
}

// What is wrong with a rule, in words.
std::vector<std::string> faults_of(const NoticeRule& rule, const std::set<std::string>& agencies) {
  const Descriptor* type = event_type(rule.type);
  const Descriptor* kind = type == nullptr ? nullptr : kind_in(*type, rule.event);
  if (kind == nullptr) return {fault_of_event(rule, rule.event)};
  std::vector<std::string> faults;
  for (const policy::NoticeCondition& condition : rule.when)
    check_field(*kind, condition.field, condition.field, condition.values, faults);
  for (const std::string& field : fields_of(rule)) check_field(*kind, field, field, {}, faults);
  for (const NoticeRecipient& recipient : rule.to)
    if (recipient.kind == NoticeRecipient::Kind::kAgency && !agencies.empty() &&
        !agencies.contains(recipient.name))
      faults.push_back("the hub's configuration has no such agency: " + recipient.name);
  check_ends(*type, rule, faults);
  return faults;
}

// What is wrong with how what is due by a timescale is done.
std::vector<std::string> faults_of(const std::string& timescale,
                                   const std::vector<policy::NoticeEnd>& ends,
                                   const policy::Packs& packs) {
  std::vector<std::string> faults;
  if (std::ranges::none_of(packs.all(), [&](const policy::Pack* pack) {
        return pack->timescale(timescale) != nullptr;
      }))
    faults.push_back("no pack has such a timescale");
  for (const policy::NoticeEnd& end : ends)
    if (!some_event_has(end.event, end.field))
      faults.push_back("no event has such a kind and field: " + end.event + ", " + end.field);
  return faults;
}

}  // namespace

Result<void> fits(const policy::NoticeRules& rules, const policy::Packs& packs,
                  const std::set<std::string>& agencies) {
  Error incomplete{.code = Code::kInvalidArgument,
                   .reason = "PACK_INCOMPLETE",
                   .message = "Rules on who is told name what there is not."};
  for (const auto& [timescale, ends] : rules.met_by())
    for (std::string& fault : faults_of(timescale, ends, packs))
      incomplete.faults.push_back({rules.id() + ".met_by." + timescale, std::move(fault)});
  for (const NoticeRule& rule : rules.rules())
    for (std::string& fault : faults_of(rule, agencies))
      incomplete.faults.push_back({rules.id() + ".rules." + rule.code, std::move(fault)});
  if (!incomplete.faults.empty()) return tl::unexpected(std::move(incomplete));
  return {};
}

}  // namespace mash::notification
