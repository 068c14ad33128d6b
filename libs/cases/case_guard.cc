#include "cases/case_guard.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <vector>

#include "cases/cluster.h"
#include "cases/streams.h"
#include "core/caller.h"
#include "core/ids.h"
#include "log/event_log.h"
#include "log/state.h"

namespace mash::cases {
namespace {

// No more cases can be one (referral/case.h), or following them would never end.
constexpr size_t kCasesMax = 100;

tl::unexpected<Error> endless() {
  return refuse(Code::kDataLoss, "CASES_DO_NOT_END", "Joined cases lead to no head.");
}

// The states of cases by id, from wherever they are read.
using CaseOf = std::function<Result<KnownCase::State>(const std::string& case_id)>;

Result<std::string> head_of(const std::string& case_id, const CaseOf& case_of) {
  std::string head = case_id;
  for (size_t cases = 0; cases < kCasesMax; ++cases) {
    const auto state = case_of(head);
    if (!state) return tl::unexpected(state.error());
    if (state->joined_into.empty()) return head;
    head = state->joined_into;
  }
  return endless();
}

void join(Family& family, const std::string& case_id, KnownCase::State state) {
  family.cases.push_back(case_id);
  family.referrals.merge(std::move(state.referrals));
  family.agencies.merge(std::move(state.agencies));
}

Result<Family> gather(const std::string& case_id, const CaseOf& read) {
  Family family;
  const CaseOf case_of = [&](const std::string& id) {
    auto state = read(id);
    if (state && state->parked) family.parked.insert(id);
    return state;
  };
  auto head = head_of(case_id, case_of);
  if (!head) return tl::unexpected(head.error());
  family.head = *head;
  std::vector<std::string> waiting{std::move(*head)};
  while (!waiting.empty()) {
    if (family.cases.size() == kCasesMax) return endless();
    const std::string next = std::move(waiting.back());
    waiting.pop_back();
    auto state = case_of(next);
    if (!state) return tl::unexpected(state.error());
    if (next == family.head) family.access = state->access;
    std::ranges::copy(state->joined, std::back_inserter(waiting));
    join(family, next, std::move(*state));
  }
  family.access_before = family.access;
  if (!family.parked.empty())  // whoever asks of a restriction alone finds one that names nobody
    family.access = {
        .closed = true, .restricted = true, .named = {}, .barred = family.access.barred};
  return family;
}

// Whether the caller may know of a case, told apart from its being barred there.
enum class Answer { kOpen, kClosed, kBarred };

Result<Answer> ask(const log::EventLog& log, const std::string& case_id, const Actor& actor) {
  return family_of(log, case_id).map([&](const Family& family) {
    if (family.access.bars(actor)) return Answer::kBarred;
    return may_know(family, actor) ? Answer::kOpen : Answer::kClosed;
  });
}

Result<bool> admits_to_person(const log::EventLog& log, const std::string& person_id,
                              const Actor& actor) {
  const auto cluster = cluster_of(log, person_id);
  if (!cluster) return tl::unexpected(cluster.error());
  if (cluster->parked) return false;
  bool open = false;
  for (const std::string& case_id : cluster->cases) {
    const auto answer = ask(log, case_id, actor);
    if (!answer) return tl::unexpected(answer.error());
    if (*answer == Answer::kBarred) return false;
    open = open || *answer == Answer::kOpen;
  }
  return open;
}

}  // namespace

Result<Family> family_of(log::UnitOfWork& unit, const std::string& case_id) {
  return gather(case_id,
                [&](const std::string& id) { return unit.observe<KnownCase>(case_stream(id)); });
}

Result<Family> family_of(const log::EventLog& log, const std::string& case_id,
                         std::optional<uint64_t> as_at_size) {
  return gather(case_id, [&](const std::string& id) {
    return log::read_state<KnownCase>(log, case_stream(id), as_at_size);
  });
}

Result<Family> family_for_caller(log::UnitOfWork& unit, const std::string& case_id,
                                 std::string_view what) {
  return family_of(unit, case_id).and_then([&](Family family) -> Result<Family> {
    if (auto may = may_know(family, unit.context().actor, what); !may)
      return tl::unexpected(may.error());
    return family;
  });
}

Result<void> rest_on(const log::EventLog& log, const Family& family, uint64_t read_size,
                     host::Look& look) {
  for (const std::string& case_id : family.cases) {
    const auto known = log.read_stream(case_stream(case_id), 1, read_size);
    if (!known) return tl::unexpected(known.error());
    look.expectations.push_back(
        {.stream = case_stream(case_id), .version = known->version, .read_size = known->read_size});
  }
  return {};
}

log::Guard command_guard() {
  return [](log::UnitOfWork& unit, const std::string& stream,
            const std::string& case_id) -> Result<void> {
    const std::string what = stream.substr(0, stream.find('/'));
    if (case_id.empty()) return {};
    return family_for_caller(unit, case_id, what).map([](const Family&) {});
  };
}

host::Admits read_guard(const log::EventLog& log) {
  return [&log](const Actor& actor, const std::string& stream,
                const std::string& case_id) -> Result<bool> {
    if (!case_id.empty())
      return ask(log, case_id, actor).map([](Answer answer) { return answer == Answer::kOpen; });
    if (!stream.starts_with("person/")) return true;
    return admits_to_person(log, id_in(stream), actor);
  };
}

}  // namespace mash::cases
