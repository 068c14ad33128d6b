#pragma once
#include "core/result.h"
#include "log/handle.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

// Commands about persons that rest on several streams, each one append. Their ids are the call's
// fresh ones.

// Corrects a person; whether the child was unborn before is read from what is sealed.
Result<void> correct_person(const log::EventLog& log, log::UnitOfWork& unit,
                            const v1::CorrectPersonRequest& request);

// Two persons are one, or are not. All who are held to be one with either are read, so that no
// decision made at the same time contradicts this one.
Result<void> same_person(const log::EventLog& log, log::UnitOfWork& unit,
                         const v1::SamePersonRequest& request);
Result<void> not_same_person(log::UnitOfWork& unit, const v1::NotSamePersonRequest& request);

// Relates two persons, or ends that.
Result<void> relate_persons(log::UnitOfWork& unit, const v1::RelatePersonsRequest& request);
Result<void> unrelate_persons(log::UnitOfWork& unit, const v1::UnrelatePersonsRequest& request);

// Makes a context of risk known, or says what is known of it anew. A suspect whom it names by id
// must be known.
Result<void> register_context(const log::EventLog& log, log::UnitOfWork& unit,
                              const v1::RegisterContextRequest& request);
Result<void> correct_context(const log::EventLog& log, log::UnitOfWork& unit,
                             const v1::CorrectContextRequest& request);

// Relates a person to a context, or ends that.
Result<void> relate_context(log::UnitOfWork& unit, const v1::RelateContextRequest& request);

}  // namespace mash::referral
