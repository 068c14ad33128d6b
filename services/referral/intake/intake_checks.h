#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>

#include "core/checks.h"
#include "core/clock.h"

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace mash::referral {

namespace v1 {
class SetAside;
}

using SetAsides = google::protobuf::RepeatedPtrField<v1::SetAside>;

// The checks of what somebody tells the hub. What an urgent request lacks is let go; what of it
// does not check is set aside, as it was written, for a person to look at: a child in danger is
// never turned away for a wrong digit. Only limits and what cannot be understood at all refuse it.
class IntakeChecks : public Checks {
 public:
  explicit IntakeChecks(bool urgent) : urgent_(urgent) {}

  bool urgent() const { return urgent_; }

  // A fault unless urgent: something that should be there is not.
  void missing(std::string field, std::string description);

  // A value that does not check. Urgent: it goes to `kept`, and the caller drops it from where it
  // stood. Otherwise a fault.
  void unsound(std::string field, std::string value, std::string description, SetAsides& kept);

  // A name, or a line of an address: in characters, and no line is broken, unless urgent.
  void line_unless_urgent(std::string_view field, std::string_view value);

  // Every enum in `message`, and in its single messages, has a value its schema knows; one that
  // does not is unsound and reads as not said.
  void enums(const std::string& field, google::protobuf::Message& message, SetAsides& kept);

  // A time that somebody says something happened. False: it is unsound.
  bool happened(const std::string& field, const google::protobuf::Timestamp& time, Time now,
                SetAsides& kept);

  // Something was set aside.
  bool set_anything_aside() const { return set_aside_; }

 private:
  bool urgent_;
  bool set_aside_ = false;
};

}  // namespace mash::referral
