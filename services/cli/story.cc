#include "cli/story.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <vector>

#include "cli/print.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/log/v1/log_events.pb.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/context_events.pb.h"
#include "mash/referral/v1/expectation_events.pb.h"
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
#include "mash/vault/v1/vault_events.pb.h"

namespace mash::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The events a story can tell. They come from a static library, of which a program gets only what
// something names.
[[maybe_unused]] const std::array kEvents = {
    log::v1::LogEvent::descriptor(), log::v1::LookEvent::descriptor(),
    referral::v1::PersonEvent::descriptor(), referral::v1::ReferralEvent::descriptor(),
    vault::v1::KeyEvent::descriptor()};

std::string words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string scalar(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string text = many ? reflection.GetRepeatedString(message, &field, index)
                                    : reflection.GetString(message, &field);
      return field.type() == FieldDescriptor::TYPE_BYTES ? std::to_string(text.size()) + " bytes"
                                                         : shown(text);
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value = many ? reflection.GetRepeatedEnum(message, &field, index)
                               : reflection.GetEnum(message, &field);
      return enum_word(value->name(), field.enum_type()->name());
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection.GetRepeatedBool(message, &field, index)
                   : reflection.GetBool(message, &field))
                 ? "yes"
                 : "no";
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(many ? reflection.GetRepeatedUInt32(message, &field, index)
                                 : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(many ? reflection.GetRepeatedUInt64(message, &field, index)
                                 : reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(many ? reflection.GetRepeatedInt32(message, &field, index)
                                 : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(many ? reflection.GetRepeatedInt64(message, &field, index)
                                 : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return std::to_string(many ? reflection.GetRepeatedDouble(message, &field, index)
                                 : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return std::to_string(many ? reflection.GetRepeatedFloat(message, &field, index)
                                 : reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;  // print_message's
  }
  return {};
}

void print_message(const std::string& name, const Message& inner, const std::string& indent,
                   std::ostream& out) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&inner)) {
    out << indent << name << ": " << shown(*time) << '\n';
    return;
  }
  out << indent << name << ":\n";
  print_fields(inner, indent + "  ", out);
}

// Every type of event a log may hold. Naming a type here is also what keeps it in the program,
// where records find it by name.
const std::vector<const google::protobuf::Descriptor*>& known_events() {
  static const std::vector<const google::protobuf::Descriptor*> types{
      log::v1::LogEvent::descriptor(),
      log::v1::LookEvent::descriptor(),
      referral::v1::ReferralEvent::descriptor(),
      referral::v1::PersonEvent::descriptor(),
      referral::v1::CaseEvent::descriptor(),
      referral::v1::ContextEvent::descriptor(),
      referral::v1::ExpectationEvent::descriptor(),
      sharing::v1::RequestEvent::descriptor(),
      sharing::v1::ItemEvent::descriptor(),
      sharing::v1::DecisionEvent::descriptor(),
      sharing::v1::ConsentEvent::descriptor(),
      strategy::v1::DiscussionEvent::descriptor(),
      strategy::v1::CaseDiscussionsEvent::descriptor(),
      strategy::v1::ConferenceEvent::descriptor(),
      strategy::v1::ProtectionEvent::descriptor(),
      strategy::v1::ChildEvent::descriptor(),
      notification::v1::NoticeEvent::descriptor(),
      cases::v1::KnownCaseEvent::descriptor(),
      cases::v1::KnownPersonEvent::descriptor(),
      vault::v1::KeyEvent::descriptor(),
      vault::v1::HolderEvent::descriptor()};
  return types;
}

// The member of `oneof kind` that is set; null when the message has none.
const FieldDescriptor* kind_of(const Message& event) {
  const auto* kind = event.GetDescriptor()->FindOneofByName("kind");
  return kind == nullptr ? nullptr : event.GetReflection()->GetOneofFieldDescriptor(event, kind);
}

}  // namespace

void print_fields(const Message& message, const std::string& indent, std::ostream& out) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    const std::string name = words(field->name());
    const bool inner = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field->is_repeated()) {
      if (inner)
        print_message(name, reflection.GetMessage(message, field), indent, out);
      else
        out << indent << name << ": " << scalar(message, *field, 0) << '\n';
      continue;
    }
    const int count = reflection.FieldSize(message, field);
    if (inner) {
      for (int i = 0; i < count; ++i)
        print_message(name + " " + std::to_string(i + 1),
                      reflection.GetRepeatedMessage(message, field, i), indent, out);
      continue;
    }
    out << indent << name << ": ";
    for (int i = 0; i < count; ++i) out << (i > 0 ? ", " : "") << scalar(message, *field, i);
    out << '\n';
  }
}

Result<std::unique_ptr<Message>> event_of(const log::Record& record,
                                          const std::string& event_json) {
  const auto& types = known_events();
  const bool known = std::any_of(types.begin(), types.end(), [&](const auto* type) {
    return type->full_name() == record.body.type();
  });
  if (!known)
    return refuse(Code::kDataLoss, "EVENT_UNKNOWN",
                  "This program does not know events of type " + record.body.type() + ".");
  auto event = log::parse_event(record);
  if (!event || event_json.empty()) return event;
  // The public part stays when a newer hub's JSON cannot be read.
  const std::unique_ptr<Message> whole((*event)->New());
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (google::protobuf::util::JsonStringToMessage(event_json, whole.get(), options).ok())
    (*event)->CopyFrom(*whole);
  return event;
}

std::string happening(const Message& event) {
  const FieldDescriptor* kind = kind_of(event);
  const std::string& name =
      kind == nullptr ? event.GetDescriptor()->name() : kind->message_type()->name();
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += ' ';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string actor_of(const log::Record& record) {
  const auto& actor = record.body.actor();
  std::string out = actor.agency();
  if (!actor.system().empty()) out += "/" + actor.system();
  if (!actor.practitioner().empty()) out += ", " + actor.practitioner();
  if (!actor.role().empty()) out += " as " + actor.role();
  return shown(out);
}

void tell(size_t number, const log::Record& record, const std::string& event_json, Content content,
          std::ostream& out) {
  const std::string label = std::to_string(number);
  const std::string indent(6, ' ');
  out << std::string(4 - std::min<size_t>(4, label.size()), ' ') << label << "  "
      << shown(record.prefix.recorded_at) << "  " << actor_of(record) << '\n';
  const auto event = event_of(record, event_json);
  out << indent << (event ? happening(**event) : shown(record.body.type())) << "  ["
      << shown(record.body.stream()) << " version " << record.prefix.stream_version << ", position "
      << record.prefix.position << "]\n";
  if (event) {
    const FieldDescriptor* kind = kind_of(**event);
    const Message& said =
        kind == nullptr ? **event : (*event)->GetReflection()->GetMessage(**event, kind);
    print_fields(said, indent + "  ", out);
  } else {
    out << indent << "  (this program is older than the event and cannot read it)\n";
  }
  if (record.has_personal() && content == Content::kErased)
    out << indent << "  (what was sealed with it has been erased)\n";
  if (record.has_personal() && content == Content::kNotAskedFor)
    out << indent << "  (what is sealed with it is not shown)\n";
  out << '\n';
}

}  // namespace mash::cli
