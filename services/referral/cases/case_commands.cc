#include "referral/cases/case_commands.h"

#include <utility>

#include "core/caller.h"
#include "core/checks.h"
#include "log/event_log.h"
#include "referral/cases/case.h"
#include "referral/cases/case_guard.h"
#include "referral/referral.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

log::Target target_of(const std::string& case_id) { return {case_stream(case_id), case_id}; }

// Whether anything lies under this case id: a case begins with its first contact.
Result<bool> exists(const log::EventLog& log, const std::string& case_id) {
  bool found = false;
  return log
      .scan({.case_id = case_id},
            [&](log::Record&& record) {
              // What lies under a person's id lies in no case.
              found = record.body.case_id() == case_id;
              return false;
            })
      .map([&] { return found; });
}

// The head of a case that there is and that the caller may see.
Result<Head> known_case(const log::EventLog& log, log::UnitOfWork& unit,
                        const std::string& case_id) {
  const auto found = exists(log, case_id);
  if (!found) return tl::unexpected(found.error());
  if (!*found || !is_hub(unit.context().actor)) return no_such("case");
  return head_of(unit, case_id).and_then([&](Head head) -> Result<Head> {
    if (!head.state.access.admits(unit.context().actor)) return no_such("case");
    return head;
  });
}

template <class Request>
Result<void> decide_on(const log::EventLog& log, log::UnitOfWork& unit, const Request& request) {
  return known_case(log, unit, request.case_id()).and_then([&](const Head&) {
    return unit.decide<Case>(target_of(request.case_id()), request);
  });
}

// How many cases are one with this and below it. Joining keeps them to kCasesJoinedMax.
Result<size_t> cases_under(log::UnitOfWork& unit, const Case::State& state) {
  size_t cases = 1;
  for (const std::string& case_id : state.joined) {
    const auto under =
        unit.observe<Case>(case_stream(case_id)).and_then([&](const Case::State& joined) {
          return cases_under(unit, joined);
        });
    if (!under) return under;
    cases += *under;
  }
  return cases;
}

}  // namespace

Result<void> join_cases(const log::EventLog& log, log::UnitOfWork& unit, const Joining& joining) {
  const auto own_head = known_case(log, unit, joining.case_id);
  if (!own_head) return tl::unexpected(own_head.error());
  const auto head = known_case(log, unit, joining.into_case_id);
  if (!head) return tl::unexpected(head.error());
  auto joined =
      unit.decide<Case>(target_of(joining.case_id), Case::JoinInto{.head = head->case_id,
                                                                   .own_head = own_head->case_id,
                                                                   .reason = joining.reason});
  if (!joined || own_head->case_id == head->case_id) return joined;
  const auto own = cases_under(unit, own_head->state);
  if (!own) return tl::unexpected(own.error());
  const auto theirs = cases_under(unit, head->state);
  if (!theirs) return tl::unexpected(theirs.error());
  return unit.decide<Case>(target_of(head->case_id), Case::TakeIn{.case_id = joining.case_id,
                                                                  .taken = own_head->state,
                                                                  .cases_then = *own + *theirs});
}

Result<void> join_cases(const log::EventLog& log, log::UnitOfWork& unit,
                        const v1::JoinCasesRequest& request) {
  Checks checks;
  checks.text("reason", request.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return sound;
  return join_cases(log, unit,
                    {.case_id = request.case_id(),
                     .into_case_id = request.into_case_id(),
                     .reason = request.reason()});
}

Result<void> part_cases(const log::EventLog& log, log::UnitOfWork& unit,
                        const v1::PartCasesRequest& request) {
  const auto head = known_case(log, unit, request.case_id());
  if (!head) return tl::unexpected(head.error());
  const auto before = unit.observe<Case>(case_stream(request.case_id()));
  if (!before) return tl::unexpected(before.error());
  auto parted = unit.decide<Case>(target_of(request.case_id()),
                                  Case::PartFrom{.head = head->state, .reason = request.reason()});
  if (!parted || before->joined_into.empty()) return parted;
  return unit.decide<Case>(target_of(before->joined_into),
                           Case::GiveBack{.case_id = request.case_id()});
}

Result<void> restrict_case(const log::EventLog& log, log::UnitOfWork& unit,
                           const v1::RestrictCaseRequest& request) {
  return decide_on(log, unit, request);
}

Result<void> bar_practitioner(const log::EventLog& log, log::UnitOfWork& unit,
                              const v1::BarPractitionerRequest& request) {
  return decide_on(log, unit, request);
}

Result<void> decide_contact(const log::EventLog& log, log::UnitOfWork& unit,
                            const v1::DecideContactRequest& request) {
  const std::string stream = referral_stream(request.referral_id());
  auto decided = unit.decide<Referral>({stream}, request);
  if (!decided || request.open_case_id().empty()) return decided;
  return unit.case_of(stream).and_then([&](const std::string& case_id) {
    return join_cases(log, unit,
                      {.case_id = case_id,
                       .into_case_id = request.open_case_id(),
                       .reason = request.rationale()});
  });
}

}  // namespace mash::referral
