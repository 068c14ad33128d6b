#include "referral/rules.h"

#include "core/caller.h"
#include "core/check.h"
#include "core/timestamp.h"
#include "policy/pack.h"

namespace mash::referral {
namespace {

constexpr std::string_view kPersons = "person/";

}  // namespace

Result<void> fits(const policy::Pack& pack) {
  Error incomplete{.code = Code::kFailedPrecondition,
                   .reason = "PACK_INCOMPLETE",
                   .message = "The policy pack " + pack.id() + " lacks what referrals need."};
  const auto need = [&](const void* found, std::string_view where, std::string_view name) {
    if (found == nullptr)
      incomplete.faults.push_back({std::string(where) + "." + std::string(name), "is missing"});
  };
  for (const auto timescale :
       {kAcknowledgement, kFirstDecision, kAssessment, kDesignatedOfficer, kSeriousIncident})
    need(pack.timescale(timescale), "timescales", timescale);
  for (const auto list : {kSources, kFactors, kCategoriesOfAbuse, kPrimaryNeeds})
    need(pack.codes(list), "code_lists", list);
  for (const auto rating : {v1::RATING_RED, v1::RATING_AMBER, v1::RATING_GREEN})
    need(pack.rating(code_of(rating)), "ratings", code_of(rating));
  const std::string_view accepted = code_of(v1::CONTACT_OUTCOME_ACCEPTED);
  need(pack.contact_outcome(accepted), "contact_outcomes", accepted);
  const policy::CodeList* factors = pack.codes(kFactors);
  if (factors != nullptr)
    need(factors->find(pack.patterns().missing_factor), "code_lists.factors",
         pack.patterns().missing_factor);
  if (incomplete.faults.empty()) return {};
  return tl::unexpected(std::move(incomplete));
}

Result<void> set_clock(std::string_view timescale, Time start, const Context& context,
                       Deadlines& deadlines) {
  return context.pack->deadline(timescale, start, *context.calendar)
      .map([&](const Deadline& deadline) { to_proto(deadline, deadlines.Add()); });
}

Result<Deadlines> clocks_from_receipt(const Context& context) {
  Deadlines deadlines;
  return set_clock(kAcknowledgement, context.now, context, deadlines)
      .and_then([&] { return set_clock(kFirstDecision, context.now, context, deadlines); })
      .map([&] { return deadlines; });
}

std::string referral_stream(std::string_view referral_id) {
  return "referral/" + std::string(referral_id);
}

std::string person_stream(std::string_view person_id) {
  return std::string(kPersons) + std::string(person_id);
}

bool is_person_stream(std::string_view stream) { return stream.starts_with(kPersons); }

std::string context_stream(std::string_view context_id) {
  return "context/" + std::string(context_id);
}

std::string case_stream(std::string_view case_id) { return "case/" + std::string(case_id); }

const policy::CodeList& code_list(const Context& context, std::string_view name) {
  MASH_CHECK(context.pack != nullptr);
  const policy::CodeList* list = context.pack->codes(name);
  MASH_CHECK(list != nullptr);
  return *list;
}

bool owes_feedback(v1::ReferralStage stage) {
  return stage == v1::REFERRAL_STAGE_DECIDED || stage == v1::REFERRAL_STAGE_CLOSED ||
         stage == v1::REFERRAL_STAGE_TRANSFERRED;
}

Result<void> for_those_who_told(const Referral::State& state, const Context& context) {
  const bool may =
      state.exists() && (is_hub(context.actor) || state.is_referrer(context.actor.agency));
  if (!may) return no_such("referral");
  return {};
}

Result<void> for_the_hub(const Referral::State& state, const Context& context) {
  if (!state.exists() || !is_hub(context.actor)) return no_such("referral");
  return {};
}

tl::unexpected<Error> transferred() {
  return refuse(Code::kFailedPrecondition, "REFERRAL_TRANSFERRED",
                "Another authority has accepted responsibility for it.");
}

Result<void> responsible_hub(const Referral::State& state, const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return may;
  if (state.stage == v1::REFERRAL_STAGE_TRANSFERRED) return transferred();
  return {};
}

}  // namespace mash::referral
