#include "sharing/consents/consent_commands.h"

#include <string>

#include "cases/case_guard.h"
#include "core/checks.h"
#include "sharing/consents/consent.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

Result<void> all_known(const v1::ConsentTerms& terms, const cases::Family& family) {
  Checks checks;
  for (int i = 0; i < terms.person_ids_size(); ++i)
    if (!family.names(terms.person_ids(i)))
      checks.fault("terms.person_ids[" + std::to_string(i) + "]", "is nobody known in the case");
  if (!family.names(terms.given_by()))
    checks.fault("terms.given_by", "is nobody known in the case");
  return checks.verdict();
}

}  // namespace

Result<void> record_consent(log::UnitOfWork& unit, const v1::RecordConsentRequest& request) {
  const std::string& case_id = request.terms().case_id();
  const auto family = cases::family_for_caller(unit, case_id);
  if (!family) return tl::unexpected(family.error());
  const log::Target consent{consent_stream(fresh_id(unit.context())), case_id};
  return unit.decide<Consent>(consent, request).and_then([&] {
    return all_known(request.terms(), *family);
  });
}

}  // namespace mash::sharing
