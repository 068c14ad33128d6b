#pragma once
#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "cases/family.h"
#include "core/case_access.h"
#include "core/checks.h"
#include "core/field_checks.h"
#include "core/result.h"

namespace mash::strategy {

// What several commands of this service ask of a field; each fault names it.

inline constexpr int kChildrenMax =
    50;  // of one discussion or conference: as many as of a referral

// Children of a case by id: 1 to kChildrenMax, none twice, all named in it as children by a
// contact: nobody else of a contact is one.
void check_children(const std::string& field, const Ids& ids, const cases::Family& family,
                    Checks& checks);

// The case in which what is new about these children lies: the one asked for, where a referral in
// it names the first of them, or else the case of one that does.
std::string case_for(const Ids& child_ids, const std::string& asked, const cases::Family& family);

// A text that must be there. `what`: what is missing where it is not.
void check_text(const std::string& field, const std::string& text, std::size_t bytes_max,
                std::string_view what, Checks& checks);

// When something happened: as it is said, or `now` where `said` is null. What a sender's clock runs
// ahead counts as now. Where it is no such time there is a fault, and the answer is `now`.
Time time_or_now(const std::string& field, const google::protobuf::Timestamp* said, Time now,
                 Checks& checks);

// A code of an enum that must be said. `what`: what is missing where it is not.
template <class Enum>
void check_said(const std::string& field, Enum value, bool known, std::string_view what,
                Checks& checks) {
  if (!known || value == Enum{}) checks.fault(field, "is missing: " + std::string(what));
}

// Whether a practitioner who is named in a request may take part in the case: PRACTITIONER_BARRED;
// of a restricted case NOT_NAMED, also where nobody is named.
Result<void> may_take_part(const CaseAccess& access, const std::string& agency,
                           const std::string& practitioner);

}  // namespace mash::strategy
