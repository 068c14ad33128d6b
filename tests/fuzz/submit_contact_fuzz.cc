// A contact as any caller may send it: bytes that are read as a request, checked against the schema
// and the limits, and taken in as far as they hold. What is accepted must fit the record, and be
// accepted again.
#include <cstddef>
#include <cstdint>

#include "core/calendar.h"
#include "core/check.h"
#include "core/timestamp.h"
#include "host/request_rules.h"
#include "host/validate.h"
#include "log/record.h"
#include "policy/pack.h"
#include "referral/limits.h"
#include "referral/referral.h"

namespace {

using mash::referral::Referral;
using mash::referral::Submission;
namespace v1 = mash::referral::v1;

mash::Context caller() {
  static const auto pack =
      mash::policy::Pack::load(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml").value();
  static const auto calendar =
      mash::Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  mash::Context context{.actor = {"police", "pol-01", "", "referrer-system"},
                        .now = mash::from_rfc3339("2026-03-04T10:00:00Z").value(),
                        .pack = &pack,
                        .calendar = &calendar,
                        .fresh_ids = {}};
  context.fresh_ids.assign(mash::referral::kChildrenMax + mash::referral::kPeopleMax + 1, "id");
  return context;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  v1::SubmitContactRequest request;
  if (!request.ParseFromArray(data, static_cast<int>(size))) return 0;
  static const mash::Context context = caller();
  const Submission submission = Submission::of(request, context);
  static const mash::host::RequestRules rules(*v1::SubmitContactRequest::descriptor());
  const auto whole = mash::host::validate(
      request, rules, mash::host::Kind::kCommand, {}, [&] { return submission.checks().faults(); },
      [&](const mash::FieldFault& fault) { return submission.forgives(fault); });
  if (!whole) return 0;
  const auto events = Referral::decide({}, submission, context);
  MASH_CHECK(events.has_value() && events->size() == 1);
  v1::ContactReceived contact = events->front().contact_received();
  // What is sealed stays with the record, and what is not is the record: both are bounded.
  constexpr size_t kSealedMax = 120 * 1024;
  MASH_CHECK(contact.ByteSizeLong() < kSealedMax);
  contact.clear_account();
  contact.clear_children();
  contact.clear_set_aside();
  contact.mutable_lawful_basis()->clear_explanation();
  MASH_CHECK(contact.ByteSizeLong() < mash::log::kRecordBytesMax / 4);
  MASH_CHECK(contact.child_ids_size() == request.children_size());
  // Nothing that was set aside is set aside again, or found wrong, when the kept form is sent.
  v1::SubmitContactRequest kept = submission.request();
  MASH_CHECK(Submission::of(kept, context).checks().faults().empty());
  return 0;
}
