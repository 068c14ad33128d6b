#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/result.h"

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace mash::referral {

namespace v1 {
class SetAside;
}

// Sensible limits on what a request may hold, in bytes of UTF-8 where nothing else is said.
inline constexpr size_t kTextBytesMax = 16 * 1024;  // a concern, a rationale
inline constexpr size_t kNoteBytesMax = 4 * 1024;   // a reason, a purpose
inline constexpr size_t kReferenceBytesMax = 64;    // another's number for something
inline constexpr size_t kLineCharactersMax = 300;   // a name, a line of an address
inline constexpr size_t kAccountBytesMax =
    48 * 1024;  // all that one contact tells, identities apart
inline constexpr size_t kIdentityBytesMax = 16 * 1024;
inline constexpr int kChildrenMax = 50;
inline constexpr int kEvidenceMax = 200;
inline constexpr int kInformationMax = 2'000;  // pieces added to one referral
inline constexpr int kReferrersMax = 24;       // agencies that tell something of one referral
inline constexpr int kOpenChallengesMax = 8;   // that are not resolved, of one referral
inline constexpr int kPeopleMax = 50;          // involved in one contact, besides its children

// How far ahead of the hub's a sender's clock may run.
inline constexpr auto kClockAheadMax = std::chrono::minutes(5);

using SetAsides = google::protobuf::RepeatedPtrField<v1::SetAside>;

// Gathers everything that is wrong with a request, so that its sender hears of all of it at once.
// What an urgent request lacks is let go; what of it does not check is set aside, as it was
// written, for a person to look at: a child in danger is never turned away for a wrong digit. Only
// limits and what cannot be understood at all refuse it. Made for one request, on one thread.
class Checks {
 public:
  explicit Checks(bool urgent) : urgent_(urgent) {}

  bool urgent() const { return urgent_; }

  // A fault, however urgent.
  void fault(std::string field, std::string description);

  // A fault unless urgent: something that should be there is not.
  void missing(std::string field, std::string description);

  // A value that does not check. Urgent: it goes to `kept`, and the caller drops it from where it
  // stood. Otherwise a fault.
  void unsound(std::string field, std::string value, std::string description, SetAsides& kept);

  // A limit on a text: a fault, however urgent.
  void text(std::string_view field, std::string_view value, size_t bytes_max);
  // The same in characters, of whatever script.
  void characters(std::string_view field, std::string_view value, size_t characters_max);
  // A name, or a line of an address: in characters, and no line is broken, unless urgent.
  void line(std::string_view field, std::string_view value);

  // Every enum in `message`, and in its single messages, has a value its schema knows; one that
  // does not is unsound and reads as not said.
  void enums(const std::string& field, google::protobuf::Message& message, SetAsides& kept);

  // A time that somebody says something happened: a time at all, not before 1900, not in the
  // future. False: it is unsound.
  bool happened(const std::string& field, const google::protobuf::Timestamp& time, Time now,
                SetAsides& kept);

  // The rule that a fault rests on, for the refusal to name.
  void cite(const Source& source);

  // Something was set aside.
  bool set_anything_aside() const { return set_aside_; }

  const std::vector<FieldFault>& faults() const { return faults_; }

  // INVALID_ARGUMENT, reason INVALID_REQUEST, with every fault; or nothing is wrong.
  Result<void> verdict() const;

 private:
  bool urgent_;
  bool set_aside_ = false;
  std::vector<FieldFault> faults_;
  std::vector<Source> sources_;
};

}  // namespace mash::referral
