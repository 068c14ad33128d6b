#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/state.h"

namespace mash::log {

// What a command appended, or had appended when its request was taken before: what responses say
// comes from there, so that the same request has the same answer.

// The first event of a type, without its personal fields, and the id in its stream's name.
template <class Event>
struct FirstEvent {
  std::string id;
  Event event;
};
template <class Event>
std::optional<FirstEvent<Event>> first_event(const EventLog& log, const Appended& appended) {
  for (const AppendedEvent& each : appended.events) {
    auto record = log.read(each.position);
    if (!record || record->body.type() != Event::descriptor()->full_name()) continue;
    std::vector<Record> records;
    records.push_back(std::move(*record));
    auto events = public_events<Event>(records);
    if (events) return FirstEvent<Event>{id_in(each.stream), std::move(events->front())};
  }
  return {};
}

// All the events of a type.
template <class Event>
std::vector<Event> all_events(const EventLog& log, const Appended& appended) {
  std::vector<Record> records;
  for (const AppendedEvent& each : appended.events)
    if (auto record = log.read(each.position);
        record && record->body.type() == Event::descriptor()->full_name())
      records.push_back(std::move(*record));
  return public_events<Event>(records).value_or(std::vector<Event>());
}

// The ids of the streams of one kind that it appended to, "item/", in their order.
inline std::vector<std::string> appended_ids(const Appended& appended, std::string_view kind) {
  std::vector<std::string> ids;
  for (const AppendedEvent& each : appended.events)
    if (each.stream.starts_with(kind)) ids.push_back(id_in(each.stream));
  return ids;
}

// The state of an aggregate as the command left it.
template <Decider D>
Result<typename D::State> state_after(const EventLog& log, const Appended& appended,
                                      const std::string& stream) {
  return read_state<D>(log, stream, appended.position + 1);
}

}  // namespace mash::log
