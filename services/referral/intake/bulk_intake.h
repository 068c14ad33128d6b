#pragma once
#include <mutex>

#include "host/upload.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::referral {

// Many contacts in one call: each goes the way of SubmitContact, under the request id it would have
// there, and is taken or refused by itself. So a contact has one effect and one answer however it
// is sent again: in another stream, or by itself.
class BulkIntake final : public host::Upload {
 public:
  explicit BulkIntake(const host::Desk& desk) : desk_(desk) {}  // the desk outlives it

  void take(Context context, size_t place, host::UploadedMessage message, Done done) override;
  Result<const google::protobuf::Message*> answer() override;

 private:
  struct Contact;

  // The contact's entry in the answer, which stays where it is however many follow.
  v1::SubmittedContact& entry_at(size_t place);

  // What became of a contact, put in its place.
  void settle(const Contact& contact, const Result<void>& outcome);

  const host::Desk& desk_;
  std::mutex mutex_;
  v1::SubmitContactsResponse answer_;  // one entry for each contact, in order
};

}  // namespace mash::referral
