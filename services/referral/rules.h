#pragma once
#include <string>
#include <string_view>

#include "core/context.h"
#include "core/deadline.h"
#include "core/ids.h"
#include "core/result.h"
#include "mash/common/v1/deadline.pb.h"
#include "referral/referral.h"

namespace mash::policy {
class Pack;
struct CodeList;
}  // namespace mash::policy

namespace mash::referral {

// The timescales of the policy pack that this service sets clocks by.
inline constexpr std::string_view kAcknowledgement = "acknowledgement";
inline constexpr std::string_view kFirstDecision = "first-decision";
inline constexpr std::string_view kAssessment = "assessment";
inline constexpr std::string_view kDesignatedOfficer = "designated-officer";
inline constexpr std::string_view kSeriousIncident = "serious-incident";

// The code lists that contacts are checked against.
inline constexpr std::string_view kSources = "referral-source";
inline constexpr std::string_view kFactors = "factors";
inline constexpr std::string_view kCategoriesOfAbuse = "category-of-abuse";
inline constexpr std::string_view kPrimaryNeeds = "primary-need";

// A list of the pack in force. Stops the process where there is none: no service is set up with a
// pack that lacks one (fits()).
const policy::CodeList& code_list(const Context& context, std::string_view name);

// How many factors an account of a child or an assessment may name.
inline constexpr int kFactorsMax = 60;

// Refuses a policy pack that lacks something this service cannot do without: kFailedPrecondition,
// reason PACK_INCOMPLETE, with one fault for each. Checked when the service is set up.
Result<void> fits(const policy::Pack& pack);

using Deadlines = google::protobuf::RepeatedPtrField<common::v1::Deadline>;

// Sets a clock by a timescale of the pack in force, counted from `start`.
Result<void> set_clock(std::string_view timescale, Time start, const Context& context,
                       Deadlines& deadlines);

// The clocks of a contact received now: acknowledgement and first decision (Working Together 2018,
// chapter 1, paragraph 71).
Result<Deadlines> clocks_from_receipt(const Context& context);

// The streams of a referral, a person, a context and a case.
std::string referral_stream(std::string_view referral_id);
std::string person_stream(std::string_view person_id);
std::string context_stream(std::string_view context_id);
std::string case_stream(std::string_view case_id);
bool is_person_stream(std::string_view stream);

// Whether those who told something are owed word of how it ended: decided, closed, or another
// authority's. Who took it back knows.
bool owes_feedback(v1::ReferralStage stage);

// NOT_FOUND unless the caller works in the hub or has told something of the referral.
Result<void> for_those_who_told(const Referral::State& state, const Context& context);

// NOT_FOUND unless the caller works in the hub. Which of the hub's roles may call what is the
// host's table.
Result<void> for_the_hub(const Referral::State& state, const Context& context);

// The same, and REFERRAL_TRANSFERRED once another authority is responsible: nothing is left for
// this one to do.
Result<void> responsible_hub(const Referral::State& state, const Context& context);
tl::unexpected<Error> transferred();

}  // namespace mash::referral
