#pragma once
#include <string>

#include "core/checks.h"
#include "core/context.h"
#include "core/result.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

// A period as somebody says it: whole dates, either of which may be missing, none in the future,
// and in their order.
void check_period(const std::string& field, const std::string& since, const std::string& until,
                  Time now, Checks& checks);

// The relation that a request asks for, as it stands with the person it names first. Its id is the
// call's first fresh one.
Result<v1::Relation> relation_of(const v1::RelatePersonsRequest& request, const Context& context);

// The same relation as it stands with the other: the other way round.
v1::Relation mirrored(const v1::Relation& relation, const std::string& person_id);

// What the other is to somebody who is this to the other.
v1::RelationKind inverse_of(v1::RelationKind kind);

}  // namespace mash::referral
