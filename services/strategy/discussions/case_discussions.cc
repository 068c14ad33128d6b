#include "strategy/discussions/case_discussions.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"

namespace mash::strategy {

Result<CaseDiscussions::Events> CaseDiscussions::decide(const State&, const Add& command,
                                                        const Context& context) {
  Event event;
  v1::CaseDiscussionOpened& opened = *event.mutable_opened();
  opened.set_discussion_id(command.discussion_id);
  opened.mutable_over()->Add(command.over.begin(), command.over.end());
  to_proto(context.now, opened.mutable_opened_at());
  return only(std::move(event));
}

CaseDiscussions::State CaseDiscussions::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened: {
      const auto& over = event.opened().over();
      std::erase_if(state.to_be_held, [&](const std::string& id) {
        return std::ranges::find(over, id) != over.end();
      });
      state.to_be_held.push_back(event.opened().discussion_id());
      return state;
    }
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::strategy
