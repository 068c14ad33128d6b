#include "notification/notices/awaiting.h"

#include <algorithm>
#include <utility>

#include "notification/notices/event_fields.h"

namespace mash::notification {
namespace {

constexpr std::string_view kDeadlineRecomputed = "deadline_recomputed";

bool is_about(const v1::NoticeAwaits& notice, const std::string& id) {
  return std::ranges::find(notice.ids(), id) != notice.ids().end();
}

bool ends(const v1::NoticeAwaits& notice, const std::string& kind,
          const google::protobuf::Message& what) {
  return std::ranges::any_of(notice.ends(), [&](const v1::NoticeEnd& end) {
    if (end.event() != kind) return false;
    return end.field() == kStream ||
           std::ranges::any_of(values_of(what, end.field()), [&](const std::string& held) {
             return end.value().empty() ? is_about(notice, held) : held == end.value();
           });
  });
}

// Whether a field that is there holds something else.
bool differs(const google::protobuf::Message& what, std::string_view field,
             const std::string& value) {
  const auto held = values_of(what, field);
  return !held.empty() && held.front() != value;
}

// What is said of a deadline, or another time at which it is due, takes the place of what was said
// of it before.
bool says_more(const v1::NoticeAwaits& notice, const std::string& kind,
               const google::protobuf::Message& what) {
  return !notice.deadline().empty() && says_more_of_a_deadline(kind) &&
         !differs(what, kind == kDeadlineRecomputed ? "before.kind" : "kind", notice.deadline()) &&
         !differs(what, "id", notice.owed());
}

}  // namespace

bool says_more_of_a_deadline(std::string_view kind) {
  return kind == "deadline_told" || kind == "deadline_extended" || kind == kDeadlineRecomputed;
}

const v1::NoticeAwaits* Awaiting::State::find(const std::string& notice_id) const {
  const auto found = std::ranges::find(open, notice_id, &v1::NoticeAwaits::notice_id);
  return found == open.end() ? nullptr : &*found;
}

std::vector<std::string> Awaiting::State::closed_by(const std::string& kind,
                                                    const google::protobuf::Message& what) const {
  std::vector<std::string> closed;
  for (const v1::NoticeAwaits& notice : open)
    if (ends(notice, kind, what) || says_more(notice, kind, what))
      closed.push_back(notice.notice_id());
  return closed;
}

Result<Awaiting::Events> Awaiting::decide(const State& state, const Await& command,
                                          const Context&) {
  if (state.find(command.notice.notice_id()) != nullptr) return Events{};
  Event event;
  *event.mutable_awaits() = command.notice;
  return Events{std::move(event)};
}

Result<Awaiting::Events> Awaiting::decide(const State&, const Done& command, const Context&) {
  if (command.notice_ids.empty()) return Events{};
  Event event;
  for (const std::string& notice : command.notice_ids) event.mutable_done()->add_notice_ids(notice);
  return Events{std::move(event)};
}

Awaiting::State Awaiting::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kAwaits:
      state.open.push_back(event.awaits());
      return state;
    case Event::kDone:
      std::erase_if(state.open, [&](const v1::NoticeAwaits& notice) {
        return std::ranges::find(event.done().notice_ids(), notice.notice_id()) !=
               event.done().notice_ids().end();
      });
      return state;
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

}  // namespace mash::notification
