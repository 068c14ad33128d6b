#include "strategy/answers.h"

#include <algorithm>

#include "core/calendar.h"
#include "log/appended.h"
#include "policy/packs.h"
#include "strategy/conferences/conference.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/quorum.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

Result<Conference::State> conference_after(const log::EventLog& log, const log::Appended& appended,
                                           const std::string& conference_id) {
  return log::state_after<Conference>(log, appended, conference_stream(conference_id));
}

template <class State>
common::v1::DeadlineStatus status_in(const Result<State>& state, const std::string& kind,
                                     const std::string& id, Time now) {
  common::v1::DeadlineStatus status;
  if (!state) return status;
  if (const clocks::Clock* clock = state->clocks.find(kind, id))
    to_proto(clock->deadline, now, &status);
  return status;
}

}  // namespace

v1::Quorum quorum_after(const log::EventLog& log, const log::Appended& appended,
                        const std::string& discussion_id, const policy::Packs& packs,
                        const London& london) {
  const auto state = log::state_after<Discussion>(log, appended, discussion_stream(discussion_id));
  const auto pack = packs.in_force(appended.recorded_at, london);
  if (!state || state->sittings.empty() || !pack) return {};
  Context context;
  context.now = appended.recorded_at;
  context.pack = *pack;
  return quorum_of(state->sittings.back().composition, state->deciding(appended.recorded_at),
                   context);
}

common::v1::DeadlineStatus extended_after(const log::EventLog& log, const log::Appended& appended,
                                          const v1::ExtendDeadlineRequest& request) {
  const Time now = appended.recorded_at;
  if (!request.conference_id().empty())
    return status_in(conference_after(log, appended, request.conference_id()), request.kind(),
                     request.id(), now);
  const auto discussion =
      log::state_after<Discussion>(log, appended, discussion_stream(request.discussion_id()));
  const std::string id = discussion ? Discussion::id_of_deadline(*discussion, request) : "";
  return status_in(discussion, request.kind(), id, now);
}

common::v1::Deadline conference_due_after(const log::EventLog& log, const log::Appended& appended,
                                          const std::string& conference_id) {
  common::v1::Deadline due;
  const auto state = conference_after(log, appended, conference_id);
  if (state && !state->clocks.all().empty()) to_proto(state->clocks.all().back().deadline, &due);
  return due;
}

std::vector<std::string> conferences_in(const log::Appended& appended) {
  std::vector<std::string> ids = log::appended_ids(appended, "conference/");
  ids.erase(std::ranges::unique(ids).begin(), ids.end());
  return ids;
}

google::protobuf::RepeatedPtrField<v1::Conference> next_after(const log::EventLog& log,
                                                              const log::Appended& appended,
                                                              const std::string& recorded_id) {
  google::protobuf::RepeatedPtrField<v1::Conference> next;
  for (const std::string& id : conferences_in(appended)) {
    const auto state = conference_after(log, appended, id);
    if (id == recorded_id || !state) continue;
    v1::Conference& conference = *next.Add();
    conference.set_conference_id(id);
    conference.set_case_id(state->case_id);
    conference.set_kind(state->kind);
    conference.set_stage(state->stage);
    conference.set_follows_conference_id(state->follows);
    conference.mutable_child_ids()->Assign(state->child_ids.begin(), state->child_ids.end());
    to_proto(state->clocks.all().back().deadline, appended.recorded_at,
             conference.mutable_deadline());
  }
  return next;
}

}  // namespace mash::strategy
