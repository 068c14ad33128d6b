#include "strategy/discussions/open_discussion.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "log/event_log.h"
#include "strategy/discussions/discussion.h"

namespace mash::strategy {
namespace {

using Children = google::protobuf::RepeatedPtrField<std::string>;

bool is_over(const Discussion::State& state) {
  return !state.exists() || state.stage == v1::DISCUSSION_STAGE_CLOSED ||
         state.stage == v1::DISCUSSION_STAGE_CALLED_OFF;
}

bool is_about_any(const Discussion::State& state, const Children& child_ids) {
  return std::ranges::any_of(child_ids, [&](const std::string& child_id) {
    return std::ranges::find(state.child_ids, child_id) != state.child_ids.end();
  });
}

// The discussions of a family, in the order in which their first event was recorded in each case.
Result<std::vector<std::string>> discussions_of(const log::EventLog& log,
                                                const cases::Family& family) {
  std::vector<std::string> streams;
  std::set<std::string> seen;
  for (const std::string& case_id : family.cases) {
    const auto scanned =
        log.scan({.case_id = case_id, .types = {Discussion::Event::descriptor()->full_name()}},
                 [&](const log::Record& record) {
                   std::string stream(record.body.stream());
                   if (seen.insert(stream).second) streams.push_back(std::move(stream));
                   return true;
                 });
    if (!scanned) return tl::unexpected(scanned.error());
  }
  return streams;
}

}  // namespace

Result<std::string> open_discussion_about(log::UnitOfWork& unit, const log::EventLog& log,
                                          const cases::Family& family, const Children& child_ids) {
  const auto streams = discussions_of(log, family);
  if (!streams) return tl::unexpected(streams.error());
  for (const std::string& stream : *streams) {
    const auto state = unit.observe<Discussion>(stream);
    if (!state) return tl::unexpected(state.error());
    if (!is_over(*state) && is_about_any(*state, child_ids)) return id_in(stream);
  }
  return std::string();
}

}  // namespace mash::strategy
