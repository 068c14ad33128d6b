#include "vault/personal.h"

#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/check.h"
#include "mash/common/v1/data_class.pb.h"

namespace mash::vault {
namespace {

using common::v1::DATA_CLASS_PERSONAL;
using common::v1::DATA_CLASS_UNSPECIFIED;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

common::v1::DataClass class_of(const FieldDescriptor& field) {
  return field.options().GetExtension(common::v1::data_class);
}

// The message type whose fields are classified by themselves, if this field leads to one.
const Descriptor* inner_type(const FieldDescriptor& field) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return nullptr;
  if (!field.is_map()) return field.message_type();
  return field.message_type()->map_value()->message_type();
}

bool is_of_protobuf(const Descriptor& type) { return type.file()->package() == "google.protobuf"; }

bool holds_anything(const Descriptor& type) {
  const std::string& name = type.full_name();
  return name == "google.protobuf.Any" || name == "google.protobuf.Struct" ||
         name == "google.protobuf.Value" || name == "google.protobuf.ListValue";
}

// What split and merge do with each field of a type, worked out once.
struct Plan {
  struct Whole {
    const FieldDescriptor* field;
    std::vector<const FieldDescriptor*> alone;  // the field, as SwapFields wants it
  };
  struct Inner {
    const FieldDescriptor* field;
    const Plan* plan;
  };
  std::vector<Whole> personal;                 // taken whole
  std::vector<Inner> inner;                    // messages to look into
  std::vector<const FieldDescriptor*> others;  // stay
};

// Plans by type, remembered: a pure function of types that live as long as the program.
class Plans {
 public:
  const Plan& of(const Descriptor& type) {
    {
      const std::shared_lock lock(mutex_);
      const auto known = plans_.find(&type);
      if (known != plans_.end()) return *known->second;
    }
    const std::unique_lock lock(mutex_);
    return made(type);
  }

 private:
  // A type that contains itself meets its own plan, half made, and refers to it.
  const Plan& made(const Descriptor& type) {
    const auto [at, is_new] = plans_.try_emplace(&type, nullptr);
    if (!is_new) return *at->second;
    at->second = std::make_unique<Plan>();
    Plan& plan = *at->second;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* const field = type.field(i);
      if (class_of(*field) == DATA_CLASS_PERSONAL) {
        plan.personal.push_back({field, {field}});
      } else if (const Descriptor* const inner = inner_type(*field)) {
        plan.inner.push_back({field, &made(*inner)});
      } else {
        plan.others.push_back(field);
      }
    }
    return plan;
  }

  std::shared_mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<Plan>> plans_;
};

const Plan& plan_of(const Descriptor& type) {
  static Plans plans;
  return plans.of(type);
}

bool is_present(const Message& message, const FieldDescriptor* field) {
  const auto* const reflection = message.GetReflection();
  return field->is_repeated() ? reflection->FieldSize(message, field) > 0
                              : reflection->HasField(message, field);
}

// Where the personal fields of one message go: made only when there are any, and then together with
// all it stands in.
class Place {
 public:
  explicit Place(Message& message) : message_(&message) {}
  Place(Place& outer, const FieldDescriptor* field, int index, const Message* map_entry)
      : outer_(&outer), field_(field), index_(index), map_entry_(map_entry) {}

  bool is_made() const { return message_ != nullptr; }

  Message& message() {
    if (message_ == nullptr) message_ = &make();
    return *message_;
  }

 private:
  Message& make() {
    Message& outer = outer_->message();
    const auto* const reflection = outer.GetReflection();
    if (map_entry_ != nullptr) return value_of(*reflection->AddMessage(&outer, field_));
    if (!field_->is_repeated()) return *reflection->MutableMessage(&outer, field_);
    while (reflection->FieldSize(outer, field_) <= index_) reflection->AddMessage(&outer, field_);
    return *reflection->MutableRepeatedMessage(&outer, field_, index_);
  }

  // Gives a new entry of a map the key of the one it belongs to.
  Message& value_of(Message& entry) const {
    const FieldDescriptor* const value = field_->message_type()->map_value();
    entry.CopyFrom(*map_entry_);
    Message& made = *entry.GetReflection()->MutableMessage(&entry, value);
    made.Clear();
    return made;
  }

  Message* message_ = nullptr;
  Place* outer_ = nullptr;
  const FieldDescriptor* field_ = nullptr;
  int index_ = 0;
  const Message* map_entry_ = nullptr;
};

void take(Message& from, const Plan& plan, Place& to) {
  const auto* const reflection = from.GetReflection();
  for (const Plan::Whole& whole : plan.personal)
    if (is_present(from, whole.field)) reflection->SwapFields(&from, &to.message(), whole.alone);
  if (!reflection->GetUnknownFields(from).empty()) {
    Message& personal = to.message();
    reflection->MutableUnknownFields(&from)->Swap(reflection->MutableUnknownFields(&personal));
  }
  for (const auto& [field, inner] : plan.inner) {
    if (!field->is_repeated()) {
      if (!reflection->HasField(from, field)) continue;
      Place place(to, field, 0, nullptr);
      take(*reflection->MutableMessage(&from, field), *inner, place);
      continue;
    }
    const int size = reflection->FieldSize(from, field);
    for (int i = 0; i < size; ++i) {
      Message* element = reflection->MutableRepeatedMessage(&from, field, i);
      if (!field->is_map()) {
        Place place(to, field, i, nullptr);
        take(*element, *inner, place);
        continue;
      }
      Place place(to, field, i, element);
      const FieldDescriptor* const value = field->message_type()->map_value();
      take(*element->GetReflection()->MutableMessage(element, value), *inner, place);
    }
  }
}

tl::unexpected<Error> misfit() {
  return refuse(Code::kDataLoss, "SEALED_PART_MISFIT",
                "A sealed part does not belong to the event it stands beside.");
}

// The entry of a map with the key of another map's entry; null when there is none.
Message* entry_like(Message& holder, const FieldDescriptor* map, const Message& entry) {
  const FieldDescriptor* const key = map->message_type()->map_key();
  const auto key_bytes = [&](const Message& of) {
    const std::unique_ptr<Message> only(of.New());
    only->CopyFrom(of);
    only->GetReflection()->ClearField(only.get(), map->message_type()->map_value());
    MASH_CHECK(key != nullptr);
    return only->SerializePartialAsString();
  };
  const std::string wanted = key_bytes(entry);
  const auto* const reflection = holder.GetReflection();
  const int size = reflection->FieldSize(holder, map);
  for (int i = 0; i < size; ++i) {
    Message* const candidate = reflection->MutableRepeatedMessage(&holder, map, i);
    if (key_bytes(*candidate) == wanted) return candidate;
  }
  return nullptr;
}

bool put_back(Message& event, Message& personal, const Plan& plan);

bool put_back_inner(Message& event, Message& personal, const Plan::Inner& inner) {
  const auto& [field, plan] = inner;
  const auto* const reflection = event.GetReflection();
  if (!field->is_repeated()) {
    if (!reflection->HasField(personal, field)) return true;
    return reflection->HasField(event, field) &&
           put_back(*reflection->MutableMessage(&event, field),
                    *reflection->MutableMessage(&personal, field), *plan);
  }
  const int size = reflection->FieldSize(personal, field);
  if (size > reflection->FieldSize(event, field)) return false;
  for (int i = 0; i < size; ++i) {
    Message* into =
        field->is_map() ? nullptr : reflection->MutableRepeatedMessage(&event, field, i);
    Message* out_of = reflection->MutableRepeatedMessage(&personal, field, i);
    if (field->is_map()) {
      const FieldDescriptor* const value = field->message_type()->map_value();
      into = entry_like(event, field, *out_of);
      if (into == nullptr) return false;
      into = into->GetReflection()->MutableMessage(into, value);
      out_of = out_of->GetReflection()->MutableMessage(out_of, value);
    }
    if (!put_back(*into, *out_of, *plan)) return false;
  }
  return true;
}

// Empties `personal` into `event`. False: they do not belong together.
bool put_back(Message& event, Message& personal, const Plan& plan) {
  const auto* const reflection = event.GetReflection();
  for (const FieldDescriptor* field : plan.others)
    if (is_present(personal, field)) return false;
  for (const Plan::Whole& whole : plan.personal) {
    if (is_present(event, whole.field)) return false;
    if (!is_present(personal, whole.field)) continue;
    const OneofDescriptor* const oneof = whole.field->real_containing_oneof();
    if (oneof != nullptr && reflection->HasOneof(event, oneof)) return false;
    reflection->SwapFields(&event, &personal, whole.alone);
  }
  for (const Plan::Inner& inner : plan.inner)
    if (!put_back_inner(event, personal, inner)) return false;
  if (!reflection->GetUnknownFields(personal).empty())
    reflection->MutableUnknownFields(&event)->MergeFrom(reflection->GetUnknownFields(personal));
  return true;
}

// Walks an event's schema and notes each field that leaves in doubt what is personal.
class Classifier {
 public:
  void check(const Descriptor& type) {
    if (!seen_.insert(&type).second) return;
    for (int i = 0; i < type.field_count(); ++i) check(*type.field(i));
  }

  void check_kinds(const Descriptor& event) {
    for (int i = 0; i < event.field_count(); ++i) {
      const FieldDescriptor& field = *event.field(i);
      if (field.real_containing_oneof() != nullptr && class_of(field) == DATA_CLASS_PERSONAL)
        fault(field,
              "is personal as a whole, so that what kind of event it was would be erased "
              "with it; classify the fields of its message instead");
    }
  }

  std::vector<FieldFault> faults;

 private:
  void check(const FieldDescriptor& field) {
    const common::v1::DataClass data_class = class_of(field);
    if (data_class == DATA_CLASS_PERSONAL) return;  // covers all inside
    const Descriptor* const inner = inner_type(field);
    const bool is_unclassified = data_class == DATA_CLASS_UNSPECIFIED;
    if (inner == nullptr || field.is_map() || is_of_protobuf(*inner)) {
      if (is_unclassified) fault(field, "has no (mash.common.v1.data_class)");
    }
    if (inner == nullptr) return;
    if (holds_anything(*inner)) {
      fault(field, "can hold anything, so no class can be true of it");
    } else if (!is_of_protobuf(*inner)) {
      check(*inner);
    }
  }

  void fault(const FieldDescriptor& field, std::string description) {
    faults.push_back({field.full_name(), std::move(description)});
  }

  std::set<const Descriptor*> seen_;
};

}  // namespace

Result<void> check_classified(const Descriptor& event) {
  Classifier classifier;
  classifier.check(event);
  classifier.check_kinds(event);
  if (classifier.faults.empty()) return {};
  std::string message = "The schema of " + event.full_name() + " leaves in doubt what is personal:";
  for (const FieldFault& fault : classifier.faults)
    message += " " + fault.field + " " + fault.description + ";";
  message.back() = '.';
  Error error{.code = Code::kFailedPrecondition,
              .reason = "EVENT_UNCLASSIFIED",
              .message = std::move(message)};
  error.faults = std::move(classifier.faults);
  return tl::unexpected(std::move(error));
}

bool take_personal(Message& event, Message& personal) {
  const Descriptor& type = *event.GetDescriptor();
  MASH_CHECK(personal.GetDescriptor() == &type);
  bool any = false;
  Place place(personal);
  take(event, plan_of(type), place);
  any = personal.ByteSizeLong() > 0;
  return any;
}

SplitEvent split(const Message& event) {
  SplitEvent parts{std::unique_ptr<Message>(event.New()), std::unique_ptr<Message>(event.New())};
  parts.plain->CopyFrom(event);
  if (!take_personal(*parts.plain, *parts.personal)) parts.personal.reset();
  return parts;
}

Result<void> merge(Message& event, const Message& personal) {
  const Descriptor& type = *event.GetDescriptor();
  if (personal.GetDescriptor() != &type) return misfit();
  const std::unique_ptr<Message> emptied(personal.New());
  emptied->CopyFrom(personal);
  if (!put_back(event, *emptied, plan_of(type))) return misfit();
  return {};
}

}  // namespace mash::vault
