#include "referral/intake/reconciliation.h"

#include <chrono>
#include <ranges>
#include <utility>

#include "log/event_log.h"
#include "log/lookup.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "referral/cases/case_guard.h"
#include "referral/joining/lookups.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"
#include "vault/key_ring.h"

namespace mash::referral {
namespace {

constexpr std::chrono::seconds kPatience{2};
// Contacts of one agency that share a reference; the newest of them counts.
constexpr size_t kSameReferenceMax = 100;

tl::unexpected<Error> behind() {
  auto error = refuse(Code::kUnavailable, "LOOKUP_BEHIND",
                      "What came last cannot be found by its reference yet: ask again.");
  error.value().retry_after = std::chrono::seconds(5);
  return error;
}

}  // namespace

Result<std::vector<v1::ExpectedContact>> Reconciliation::contacts(
    const v1::ReportExpectedRequest& request, const Actor& actor,
    std::optional<uint64_t> as_at_size) const {
  const uint64_t size = as_at_size.value_or(log_.size());
  if (!lookup_.wait_until(size, kPatience)) return behind();
  CaseGuard guard(log_, actor);
  std::vector<v1::ExpectedContact> contacts;
  for (const std::string& reference : request.references()) {
    v1::ExpectedContact& contact = contacts.emplace_back();
    contact.set_reference(reference);
    const auto found =
        lookup_.find(reference_token(keys_, actor.agency, reference), kSameReferenceMax);
    if (!found) return tl::unexpected(found.error());
    for (const Uuid& id : std::views::reverse(*found)) {
      const auto columns = log_.row(kTriageView, id.text(), size);
      if (!columns) return tl::unexpected(columns.error());
      if (!*columns) continue;  // it came later
      v1::ReferralRow row;
      if (!row.ParseFromString(**columns))
        return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
      const v1::ReferralSummary& summary = row.summary();
      *contact.mutable_received_at() = summary.received_at();
      contact.set_answered(is_answered(row, actor.agency));
      const auto admitted = guard.admits(summary.case_id());
      if (!admitted) return tl::unexpected(admitted.error());
      if (*admitted) {
        contact.set_referral_id(summary.referral_id());
        contact.set_stage(summary.stage());
        contact.set_acknowledged(summary.has_acknowledged_at());
      }
      break;
    }
  }
  return contacts;
}

}  // namespace mash::referral
