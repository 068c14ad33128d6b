#include "sharing/requests/request.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/calendar.h"
#include "core/caller.h"
#include "core/timestamp.h"
#include "policy/lawful_basis.h"
#include "policy/pack.h"
#include "policy/rating.h"
#include "sharing/checks.h"
#include "sharing/items/item.h"

namespace mash::sharing {
namespace {

using Event = Request::Event;
using Events = Request::Events;
using State = Request::State;

const Source kHaringey{"AB v Haringey LBC [2013] EWHC 416 (Admin)",
                       "https://www.bailii.org/ew/cases/EWHC/Admin/2013/416.html"};

Day today(const Context& context) { return context.calendar->london().day(context.now); }

// --- what is asked ---

void check_questions(const v1::RequestTerms& terms, Checks& checks) {
  if (terms.questions().empty()) checks.fault("terms.questions", "are missing: what is asked");
  if (terms.questions_size() > kQuestionsMax)
    checks.fault("terms.questions", "are more than " + std::to_string(kQuestionsMax));
  for (int i = 0; i < std::min(terms.questions_size(), kQuestionsMax); ++i) {
    const std::string field = "terms.questions[" + std::to_string(i) + "]";
    if (terms.questions(i).empty()) checks.fault(field, "is empty");
    checks.text(field, terms.questions(i), kNoteBytesMax);
  }
}

void check_terms(const Request::Ask& ask, const Context& context, Checks& checks) {
  const v1::RequestTerms& terms = ask.request.terms();
  check_agency("terms.agency", terms.agency(), context, checks);
  if (terms.agency() == context.actor.agency)
    checks.fault("terms.agency", "is the caller's own: it knows what it holds");
  check_persons("terms.person_ids", terms.person_ids(), checks);
  for (int i = 0; i < terms.person_ids_size(); ++i)
    if (!ask.family.names(terms.person_ids(i)))
      checks.fault("terms.person_ids[" + std::to_string(i) + "]", "is nobody known in the case");
  if (terms.purpose().empty()) checks.fault("terms.purpose", "is missing: what for, truly");
  checks.text("terms.purpose", terms.purpose(), kNoteBytesMax);
  check_questions(terms, checks);
  if (policy::code_of(terms.rating()).empty())
    checks.fault("terms.rating", "is missing: how urgent it is");
  checks.text("terms.without_consent_reason", terms.without_consent_reason(), kNoteBytesMax);
  const bool reason_given = !terms.without_consent_reason().empty();
  if (terms.consent_id().empty() && !reason_given)
    checks.fault("terms.without_consent_reason",
                 "is missing: without consent it is said why that is not relied on");
  // Judged where it is what the request rests on; never kept as it was sent.
  if (!terms.consent_id().empty() && !terms.gateway().empty())
    checks.fault("terms.gateway", "goes with a request that is made without consent");
  if (!terms.consent_id().empty() && !ask.consent)
    checks.fault("terms.consent_id", "is no consent recorded in the case");
}

// --- whether it may be asked ---

bool permits_requests(referral::v1::ThresholdKind threshold) {
  return threshold == referral::v1::THRESHOLD_KIND_REASONABLE_CAUSE ||
         threshold == referral::v1::THRESHOLD_KIND_SECTION_47;
}

std::string body_of(const std::string& agency, const Context& context) {
  const auto found = context.agencies->find(agency);
  return found == context.agencies->end() ? "" : found->second;
}

// A consent that is stated is one that holds: what a request rests on is said truly.
void judge_consent(const Request::Ask& ask, const Context& context, Checks& unlawful) {
  const v1::RequestTerms& terms = ask.request.terms();
  if (!ask.consent->live(context.now)) {
    unlawful.fault("terms.consent_id", "was refused, is withdrawn or is over");
    return;
  }
  if (!ask.consent->terms.freely_given())
    unlawful.fault("terms.consent_id", "is not recorded as freely given");
  const std::set<std::string> persons(terms.person_ids().begin(), terms.person_ids().end());
  if (!ask.consent->covers(terms.agency(), context.actor.agency, persons))
    unlawful.fault("terms.consent_id",
                   "does not cover that this agency tells the caller's of these persons");
}

// Beside a recorded threshold any power may be named that the two agencies have.
void judge_gateway(const v1::RequestTerms& terms, bool has_threshold, const Context& context,
                   Checks& unlawful) {
  const policy::Gateway* gateway =
      context.law == nullptr ? nullptr : context.law->gateway(terms.gateway(), today(context));
  if (gateway == nullptr)
    return unlawful.fault("terms.gateway", "is no power or duty in force today");
  if (!has_threshold && !gateway->permits_request) {
    unlawful.fault("terms.gateway",
                   "does not let information be asked for without consent before a threshold of "
                   "reasonable cause is recorded");
    return unlawful.cite(gateway->basis.source);
  }
  if (gateway->serves(body_of(terms.agency(), context), body_of(context.actor.agency, context)))
    return;
  unlawful.fault("terms.gateway", "is not for what kinds of body the two agencies are");
  unlawful.cite(gateway->basis.source);
}

Result<void> judge(const Request::Ask& ask, const cases::KnownCase::Referral& referral,
                   const Context& context) {
  const v1::RequestTerms& terms = ask.request.terms();
  const bool has_threshold = permits_requests(referral.threshold);
  Checks unlawful;
  if (!terms.consent_id().empty())
    judge_consent(ask, context, unlawful);
  else if (!terms.gateway().empty())
    judge_gateway(terms, has_threshold, context, unlawful);
  else if (!has_threshold)
    unlawful.fault(
        "terms.consent_id",
        "is missing: without consent, a threshold of reasonable cause or section 47 is "
        "recorded on the referral first, or another power or duty is named in `gateway`");
  auto verdict = unlawful.verdict();
  if (verdict) return {};
  Error error = std::move(verdict.error());
  error.code = Code::kFailedPrecondition;
  error.reason = "REQUEST_UNLAWFUL";
  error.message = "Nothing this request rests on lets it be made.";
  error.sources.insert(error.sources.begin(), kHaringey);
  return tl::unexpected(std::move(error));
}

// --- how it is answered ---

void check_ground(const std::string& code, const Context& context, Checks& checks) {
  const policy::Ground* ground =
      context.law == nullptr ? nullptr : context.law->ground(code, today(context));
  if (ground == nullptr || !ground->declines)
    checks.fault("ground", code.empty() ? "is missing: why it is declined"
                                        : "is no ground in force on which a request is declined");
}

void check_answer(const v1::AnswerRequestRequest& request, const Context& context, Checks& checks) {
  const bool items = request.answer() == v1::REQUEST_ANSWER_ITEMS;
  const bool declined = request.answer() == v1::REQUEST_ANSWER_DECLINED;
  if (!v1::RequestAnswer_IsValid(request.answer()) ||
      request.answer() == v1::REQUEST_ANSWER_UNSPECIFIED)
    checks.fault("answer", "is missing: what is held, that nothing is, or that it is not said");
  if (items && request.items().empty()) checks.fault("items", "are missing: what is held");
  if (request.items_size() > kItemsMax)
    checks.fault("items", "are more than " + std::to_string(kItemsMax));
  if (!items && !request.items().empty())
    checks.fault("items", "go with an answer that something is held");
  checks.text("text", request.text(), kNoteBytesMax);
  if (declined && request.text().empty())
    checks.fault("text", "is missing: why it is declined, in words");
  if (items && !request.text().empty())
    checks.fault("text", "goes with an answer that nothing is held, or that it is not said");
  if (declined)
    check_ground(request.ground(), context, checks);
  else if (!request.ground().empty())
    checks.fault("ground", "goes with an answer that it is not said");
}

void ask(State& state, const v1::InformationRequested& event) {
  state.terms = event.terms();
  state.case_id = event.case_id();
  state.requested_by = event.requested_by();
  state.requesting_agency = event.agency();
}

}  // namespace

Result<Events> Request::decide(const State& state, const Ask& command, const Context& context) {
  const v1::RequestTerms& terms = command.request.terms();
  const auto referral = command.family.referrals.find(terms.referral_id());
  if (!is_hub(context.actor) || referral == command.family.referrals.end())
    return no_such("referral");
  if (auto may = cases::may_know(command.family, context.actor, "referral"); !may)
    return tl::unexpected(may.error());
  Checks checks;
  check_terms(command, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto lawful = judge(command, referral->second, context); !lawful)
    return tl::unexpected(lawful.error());
  if (state.exists())
    return refuse(Code::kAlreadyExists, "REQUEST_EXISTS",
                  "A request with this id is there already.");

  const Deadline* cap = nullptr;
  if (!referral->second.decided && referral->second.first_decision)
    cap = &*referral->second.first_decision;
  const auto deadline = context.pack->information_request(policy::code_of(terms.rating()),
                                                          context.now, cap, *context.calendar);
  if (!deadline) return tl::unexpected(deadline.error());
  Event event;
  v1::InformationRequested& requested = *event.mutable_requested();
  *requested.mutable_terms() = terms;
  requested.set_case_id(command.case_id);
  requested.set_agency(context.actor.agency);
  requested.set_requested_by(context.actor.practitioner);
  to_proto(context.now, requested.mutable_requested_at());
  to_proto(*deadline, requested.mutable_deadline());
  if (context.law != nullptr) requested.set_law(context.law->citation());
  return only(std::move(event));
}

Result<void> may_answer(const State& state, const Context& context) {
  if (!state.exists()) return no_such("request");
  if (state.terms.agency() != context.actor.agency) {
    if (!is_hub(context.actor)) return no_such("request");
    return refuse(Code::kFailedPrecondition, "NOT_THE_AGENCY_ASKED",
                  "A request is answered by the agency that was asked.");
  }
  if (!state.answered()) return {};
  return refuse(Code::kFailedPrecondition, "ALREADY_ANSWERED",
                "The request is answered: what has come up since is offered.");
}

Result<Events> Request::decide(const State& state, const Answer& command, const Context& context) {
  if (auto may = may_answer(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_answer(command.request, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  Event event;
  v1::RequestAnswered& answered = *event.mutable_answered();
  answered.set_answer(command.request.answer());
  for (const std::string& item_id : command.item_ids) answered.add_item_ids(item_id);
  answered.set_text(command.request.text());
  answered.set_ground(command.request.ground());
  answered.set_agency(context.actor.agency);
  answered.set_answered_by(context.actor.practitioner);
  to_proto(context.now, answered.mutable_answered_at());
  return only(std::move(event));
}

Result<Events> Request::decide(const State& state, const v1::ExtendDeadlineRequest& command,
                               const Context& context) {
  if (!state.exists() || !is_hub(context.actor)) return no_such("request");
  Checks checks;
  checks.text("reasons", command.reasons(), kNoteBytesMax);
  const auto due = from_proto(command.due());
  if (!due) checks.fault("due", "is no time in the years 1 to 9999");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  return extend(*state.deadline(), *due, command.reasons(), context.now)
      .map([&](const Extension& extension) {
        Event event;
        to_proto(extension, event.mutable_deadline_extended()->mutable_extension());
        event.mutable_deadline_extended()->set_agency(state.terms.agency());
        return only(std::move(event));
      });
}

Result<Events> Request::decide(const State& state, const clocks::Tell&, const Context& context) {
  return clocks::tell<Event>(state.clocks, context,
                             [&](const common::v1::DeadlineTold&) { return state.terms.agency(); });
}

Result<Events> Request::decide(const State& state, const clocks::Recompute&,
                               const Context& context) {
  return clocks::recompute<Event>(state.clocks, context);
}

State Request::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kRequested:
      ask(state, event.requested());
      return state;
    case Event::kAnswered:
      state.answer = event.answered().answer();
      return state;
    case Event::kDeadlineExtended:
    case Event::kDeadlineTold:
    case Event::kDeadlineRecomputed:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::sharing
