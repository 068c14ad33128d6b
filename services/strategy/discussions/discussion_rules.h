#pragma once
#include <set>
#include <string>
#include <utility>

#include "core/caller.h"
#include "core/context.h"
#include "core/result.h"
#include "strategy/checks.h"
#include "strategy/discussions/discussion.h"

namespace mash::strategy {

// What several rules of discussions ask.

// NOT_FOUND unless the caller works in the hub.
Result<void> for_the_hub(const Discussion::State& state, const Context& context);

// NOT_FOUND unless the caller works in the hub or its agency was invited.
Result<void> for_those_in_it(const Discussion::State& state, const Context& context);

// NOT_THE_AGENCY_INVITED unless the caller's agency was.
Result<void> for_those_invited(const Discussion::State& state, const Context& context);

// Whether a sitting is to come or goes on: else DISCUSSION_NOT_CONVENED, DISCUSSION_CLOSED,
// DISCUSSION_CALLED_OFF.
Result<void> at_a_sitting(const Discussion::State& state);

// DISCUSSION_NOT_IN_PROGRESS.
Result<void> in_progress(const Discussion::State& state);

// The first moment at which somebody can have come to the sitting it stands in: not before the day
// for which people were asked, nor before the sitting before was over.
Time earliest(const Discussion::State& state, const Context& context);

// When something of the sitting that is being held happened: `asked`, or now. A fault in `field`
// where that is to come, or was before the sitting began.
Time in_sitting(const std::string& field, const google::protobuf::Timestamp* asked,
                const Discussion::State& state, const Context& context, Checks& checks);

// People by agency and id.
using People = std::set<std::pair<std::string, std::string>>;
// Everyone who is invited or comes instead of somebody, but for one part.
People people_of(const Discussion::State& state, std::string_view but_for = {});

// Whether somebody may come: ALREADY_INVITED where they come already, PRACTITIONER_BARRED,
// NOT_NAMED. The refusal has a fault in `field`.
Result<void> may_come(const std::string& agency, const std::string& practitioner,
                      const People& people, const CaseAccess& access, const std::string& field);

// Who is told of what becomes of an invitation, and of all that stand.
v1::Invitee invitee(const Discussion::Participant& participant);
google::protobuf::RepeatedPtrField<v1::Invitee> invitees(const Discussion::State& state);

// What is wrong with an invitation by itself.
void check_invitation(const std::string& field, const v1::Invitation& invitation,
                      const Context& context, Checks& checks);
Discussion::Event invited(const v1::Invitation& invitation, const std::string& participant_id,
                          const Context& context);

// What is wrong with what was decided, in a discussion with these enquiries. Who is in the room is
// asked elsewhere.
void check_terms(const v1::DiscussionDecisionTerms& terms, const Discussion::Enquiry& enquiry,
                 const Context& context, Checks& checks);

// Clocks that may be begun by one command at will while there is still room for those that nobody
// can refuse: challenges, a record, that it is held again.
bool has_room_for_clocks(const Discussion::State& state);

}  // namespace mash::strategy
