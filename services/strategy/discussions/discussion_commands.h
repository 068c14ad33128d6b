#pragma once
#include "core/result.h"
#include "log/handle.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// The work of those commands on strategy discussions that ask something of the case or of another
// stream, each for host::Desk::command: one atomic append. Who is barred, whom a restriction names
// and what is joined with what is read in the unit, so that the log's order decides. The other
// commands are the decider's alone (discussion.h).

// Convenes a discussion, a new one or one that is due. Whom it invites comes to have a part in the
// case. A new one lies in the case of its referral, or of one that names its first child. NOT_FOUND
// where the case, the referral or the discussion is none of the caller's. Context::fresh_ids: a new
// discussion, which is left unused of one that is due; then those invited, in order.
Result<void> convene_discussion(log::UnitOfWork& unit, const v1::ConveneDiscussionRequest& request);

// Invites somebody, whose agency comes to have a part in the case. Context::fresh_ids: their part
// in the discussion.
Result<void> invite_participant(log::UnitOfWork& unit, const v1::InviteParticipantRequest& request);
Result<void> answer_invitation(log::UnitOfWork& unit, const v1::AnswerInvitationRequest& request);
Result<void> record_attendance(log::UnitOfWork& unit, const v1::RecordAttendanceRequest& request);

// Records a decision. Where it starts section 47 enquiries their conference falls due, counted from
// the sitting's beginning; where they go on, and the pack counts from the last discussion, it is
// counted anew. Context::fresh_ids: the decision, the conference.
Result<void> record_discussion_decision(log::UnitOfWork& unit,
                                        const v1::RecordDiscussionDecisionRequest& request);
// Context::fresh_ids: the action.
Result<void> assign_action(log::UnitOfWork& unit, const v1::AssignActionRequest& request);

// Concludes enquiries. Where no conference follows, the one that was due is called off; where one
// follows that was recorded as not held, another falls due, counted from the same start.
// Context::fresh_ids: that one.
Result<void> conclude_enquiry(log::UnitOfWork& unit, const v1::ConcludeEnquiryRequest& request);
Result<void> reconvene_discussion(log::UnitOfWork& unit,
                                  const v1::ReconveneDiscussionRequest& request);

// Puts a deadline of a discussion or of a conference off, whichever is named.
Result<void> extend_deadline(log::UnitOfWork& unit, const v1::ExtendDeadlineRequest& request);

}  // namespace mash::strategy
