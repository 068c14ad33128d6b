#pragma once
#include <concepts>
#include <span>
#include <utility>
#include <vector>

#include "core/context.h"
#include "core/result.h"

namespace mash {

// The rules of one aggregate as two pure functions over one event message (with `oneof kind`):
//   decide(state, command, context) -> the events that follow, or why none may; no events means
//   "already so" evolve(state, event)            -> the next state
// State{} is the state before anything happened. Commands are the request messages, one decide
// overload each.
template <class D>
concept Decider = std::default_initializable<typename D::State> &&
                  requires(typename D::State state, const typename D::Event& event) {
                    { D::evolve(std::move(state), event) } -> std::same_as<typename D::State>;
                  };

// The one event that follows, moved: a vector copies what it is given in braces, and an event may
// be long.
template <class Event>
std::vector<Event> only(Event event) {
  std::vector<Event> events;
  events.push_back(std::move(event));
  return events;
}

template <Decider D>
typename D::State fold(std::span<const typename D::Event> history, typename D::State state = {}) {
  for (const auto& event : history) state = D::evolve(std::move(state), event);
  return state;
}

}  // namespace mash
