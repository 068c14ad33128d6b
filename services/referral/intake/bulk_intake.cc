#include "referral/intake/bulk_intake.h"

#include <memory>
#include <utility>

#include "core/checks.h"
#include "google/rpc/status.pb.h"
#include "host/reply.h"
#include "referral/intake/intake.h"

namespace mash::referral {
namespace {

// The contact in a message of the stream.
Result<void> read(host::UploadedMessage& message, v1::SubmitContactsRequest& request) {
  if (auto read = message.read_into(request); !read) return read;
  Checks checks;
  if (!request.has_contact()) checks.fault("contact", "is required");
  if (!request.GetReflection()->GetUnknownFields(request).empty())
    checks.fault("", "the message has a field this hub does not know");
  return checks.verdict();
}

}  // namespace

// A contact on its way.
struct BulkIntake::Contact {
  v1::SubmittedContact* outcome = nullptr;  // its place in the answer
  Done done;
  v1::SubmitContactsRequest request;
  v1::SubmitContactResponse response;
};

void BulkIntake::take(Context context, size_t place, host::UploadedMessage message, Done done) {
  const auto contact = std::make_shared<Contact>();
  contact->done = std::move(done);
  contact->outcome = &entry_at(place);
  if (auto is_one = read(message, contact->request); !is_one) return settle(*contact, is_one);
  const v1::SubmitContactRequest& request = contact->request.contact();
  Intake intake = intake_of(desk_, request, contact->response);
  desk_.perform(std::move(context), request, contact->response, std::move(intake.work),
                std::move(intake.extras),
                [this, contact](const Result<void>& outcome) { settle(*contact, outcome); });
}

v1::SubmittedContact& BulkIntake::entry_at(size_t place) {
  const std::lock_guard lock(mutex_);
  while (static_cast<size_t>(answer_.contacts_size()) <= place)
    answer_.add_contacts()->set_index(static_cast<uint32_t>(answer_.contacts_size() - 1));
  return *answer_.mutable_contacts(static_cast<int>(place));
}

void BulkIntake::settle(const Contact& contact, const Result<void>& outcome) {
  v1::SubmittedContact& settled = *contact.outcome;
  settled.set_request_id(contact.request.contact().request_id());
  if (outcome)
    *settled.mutable_taken() = contact.response;
  else
    *settled.mutable_refused() = host::to_rpc_status(outcome.error());
  {
    const std::lock_guard lock(mutex_);
    if (outcome)
      answer_.set_taken(answer_.taken() + 1);
    else
      answer_.set_refused(answer_.refused() + 1);
  }
  contact.done(settled.ByteSizeLong());
}

Result<const google::protobuf::Message*> BulkIntake::answer() { return &answer_; }

}  // namespace mash::referral
