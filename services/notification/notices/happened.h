#pragma once
#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "log/record.h"
#include "mash/common/v1/deadline.pb.h"

namespace mash::notification {

// A record of another log, and what happened by it: which kind of its event. It refers to the
// record.
class Happened {
 public:
  // Nothing where no kind of it is known here.
  static Result<std::optional<Happened>> of(const log::Record& record);

  const log::Record& record() const { return *record_; }
  const std::string& kind() const { return kind_; }  // "contact_received"
  const google::protobuf::Message& what() const { return *what_; }
  // What is said by it of a deadline, that it approaches or was missed; null: it says no such
  // thing.
  const common::v1::DeadlineTold* deadline_told() const;
  // As rules and notices name it: "mash.referral.v1.ReferralEvent/contact_received".
  std::string name() const { return record_->body.type() + "/" + kind_; }

 private:
  Happened() = default;

  const log::Record* record_ = nullptr;
  std::unique_ptr<google::protobuf::Message> event_;
  std::string kind_;
  const google::protobuf::Message* what_ = nullptr;  // of the event
};

// The events that rules may be about, by name: those of the logs that are followed which name a
// case, since who may be told of anything is judged by its case. Null: none.
// Naming a type here also keeps it in the program, where records find it by name.
const google::protobuf::Descriptor* event_type(const std::string& name);

// Whether any of them has such a kind, with such a field that is not personal.
bool some_event_has(const std::string& kind, const std::string& field);

}  // namespace mash::notification
