#pragma once
#include <optional>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::log {
class EventLog;
class Lookup;
}  // namespace mash::log
namespace mash::vault {
class KeyRing;
}

namespace mash::referral {

// Tells agencies what became of what they sent, by their own references. Thread-safe; what it is
// made over outlives it.
class Reconciliation {
 public:
  Reconciliation(const log::EventLog& log, const vault::KeyRing& keys, const log::Lookup& lookup)
      : log_(log), keys_(keys), lookup_(lookup) {}

  // One answer for each reference, as at the log's size, or an earlier one. The look-up follows the
  // log: what is only late must not be called missing, so this waits for it, and refuses with
  // UNAVAILABLE, reason LOOKUP_BEHIND, where it does not come. Of a contact that the caller may not
  // see it says that it came, and no more.
  Result<std::vector<v1::ExpectedContact>> contacts(const v1::ReportExpectedRequest& request,
                                                    const Actor& actor,
                                                    std::optional<uint64_t> as_at_size = {}) const;

 private:
  const log::EventLog& log_;
  const vault::KeyRing& keys_;
  const log::Lookup& lookup_;
};

}  // namespace mash::referral
