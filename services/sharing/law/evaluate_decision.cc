#include "sharing/law/evaluate_decision.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "core/calendar.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "policy/lawful_basis.h"
#include "policy/packs.h"
#include "sharing/decisions/decision_terms.h"
#include "sharing/law/gather.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

using std::chrono::year_month_day;

// "2027-01-31".
std::optional<Day> day_named(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
  const auto read = [&](size_t from, size_t length, auto& number) {
    const char* const end = text.data() + from + length;
    const auto [read_to, error] = std::from_chars(text.data() + from, end, number);
    return error == std::errc() && read_to == end && text[from] != '-';
  };
  if (!read(0, 4, year) || !read(5, 2, month) || !read(8, 2, day)) return {};
  const year_month_day date{std::chrono::year(year), std::chrono::month(month),
                            std::chrono::day(day)};
  if (!date.ok()) return {};
  return Day(date);
}

std::string name_of(Day day) {
  const year_month_day date(day);
  char text[11];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

void judge(const v1::DecisionTerms& terms, const DecisionFacts& facts,
           const policy::LawfulBasis& law, Day day, v1::Judgement& judgement) {
  judgement.set_law(law.citation());
  judgement.set_day(name_of(day));
  for (v1::RuleFault& fault : evaluate(terms, facts, law, day))
    *judgement.add_faults() = std::move(fault);
  judgement.set_needs_second_signature(needs_second_signature(terms, facts, law, day));
}

Result<void> check_request(const v1::EvaluateDecisionRequest& request) {
  Checks checks;
  if (request.has_draft() == !request.decision_id().empty())
    checks.fault("draft", request.has_draft() ? "is given together with decision_id"
                                              : "is missing, and so is decision_id");
  if (!request.day().empty() && !request.has_draft())
    checks.fault("day", "goes with a draft: a decision is judged by its own day, and today");
  if (!request.day().empty() && !day_named(request.day()))
    checks.fault("day", "is no day such as \"2027-01-31\"");
  if (request.has_draft()) check_terms(request.draft(), checks);
  return checks.verdict();
}

// A draft is judged as if it were made now; on another day, as if at noon of it.
Result<void> judge_draft(const log::EventLog& log, const policy::Packs& packs,
                         const v1::EvaluateDecisionRequest& request, const Context& context,
                         v1::EvaluateDecisionResponse& response) {
  const v1::DecisionTerms& draft = request.draft();
  const London& london = context.calendar->london();
  const Day today = london.day(context.now);
  const Day day = day_named(request.day()).value_or(today);
  const Time now =
      day == today ? context.now : london.instant(LocalTime(day) + std::chrono::hours(12));
  const auto law = packs.law_in_force(day);
  if (!law) return tl::unexpected(law.error());
  const auto family = cases::family_of(log, draft.case_id());
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor); !may) return may;
  return gather(draft, *family, *context.agencies,
                {.maker = context.actor, .now = now, .supersedes = request.supersedes()},
                sources_in(log))
      .map([&](const DecisionFacts& facts) {
        judge(draft, facts, **law, day, *response.mutable_judgement());
      });
}

// A decision as it was recorded, and where.
struct Recorded {
  v1::DecisionRecorded event;
  uint64_t position = 0;
  Time at{};
};

// Whose decisions the caller may have judged, in a case that it may know of.
Result<void> may_judge(const log::EventLog& log, const v1::DecisionRecorded& decision,
                       const Actor& actor) {
  if (!is_auditor(actor) && decision.agency() != actor.agency) return no_such("decision");
  return cases::family_of(log, decision.terms().case_id())
      .and_then(
          [&](const cases::Family& family) { return cases::may_know(family, actor, "decision"); });
}

Result<Recorded> recorded_decision(const log::EventLog& log, const std::string& decision_id,
                                   const Actor& actor) {
  auto history = log.read_stream(decision_stream(decision_id), 1, {}, true);
  if (!history) return tl::unexpected(history.error());
  if (history->records.empty()) return no_such("decision");
  history->records.resize(1);
  const auto opened =
      log::public_events<v1::DecisionEvent>(history->records)
          .and_then([&](const std::vector<v1::DecisionEvent>& events) {
            return may_judge(log, events.front().recorded(), actor);
          })
          .and_then([&] { return log::opened_events<v1::DecisionEvent>(log, history->records); });
  if (!opened) return tl::unexpected(opened.error());
  const v1::DecisionRecorded& event = opened->events.front().recorded();
  if (opened->erased)
    return refuse(Code::kFailedPrecondition, "KEY_DESTROYED",
                  "The decision was erased with its case, and cannot be judged without its texts.");
  const auto at = from_proto(event.decided_at());
  if (!at) return tl::unexpected(at.error());
  return Recorded{event, history->records.front().prefix.position, *at};
}

// What came before it in the log is what it was made on.
Result<void> judge_recorded(const log::EventLog& log, const policy::Packs& packs,
                            const v1::EvaluateDecisionRequest& request, const Context& context,
                            v1::EvaluateDecisionResponse& response) {
  const auto recorded = recorded_decision(log, request.decision_id(), context.actor);
  if (!recorded) return tl::unexpected(recorded.error());
  const v1::DecisionRecorded& decision = recorded->event;
  const London& london = context.calendar->london();
  const policy::LawfulBasis* then = packs.find_law(decision.law());
  if (then == nullptr)
    return refuse(Code::kFailedPrecondition, "PACK_MISSING",
                  "The lawful-basis pack that it was judged under is not among the hub's packs.");
  const Day today = london.day(context.now);
  const auto now = packs.law_in_force(today);
  if (!now) return tl::unexpected(now.error());
  const auto family = cases::family_of(log, decision.terms().case_id(), recorded->position);
  if (!family) return tl::unexpected(family.error());
  const Judged judged{.maker = {.agency = decision.agency(),
                                .system = {},
                                .practitioner = decision.decided_by(),
                                .role = {}},
                      .now = recorded->at,
                      .supersedes = decision.supersedes()};
  Agencies agencies = *context.agencies;  // the configuration may say otherwise by now
  agencies[decision.agency()] = decision.body();
  for (int i = 0; i < decision.recipient_bodies_size(); ++i)
    agencies[decision.terms().recipients(i).agency()] = decision.recipient_bodies(i);
  return gather(decision.terms(), *family, agencies, judged, sources_in(log, recorded->position))
      .map([&](const DecisionFacts& facts) {
        judge(decision.terms(), facts, *then, london.day(recorded->at),
              *response.mutable_judgement());
        judge(decision.terms(), facts, **now, today, *response.mutable_today());
      });
}

}  // namespace

Result<host::Looks> evaluate_decision(const log::EventLog& log, const policy::Packs& packs,
                                      const v1::EvaluateDecisionRequest& request,
                                      const Context& context,
                                      v1::EvaluateDecisionResponse& response) {
  return check_request(request)
      .and_then([&] {
        return request.has_draft() ? judge_draft(log, packs, request, context, response)
                                   : judge_recorded(log, packs, request, context, response);
      })
      .map([] { return host::Looks(); });
}

}  // namespace mash::sharing
