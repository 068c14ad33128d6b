#include "sharing/requests/request_clocks.h"

namespace mash::sharing {

void RequestClocks::evolve(const v1::RequestEvent& event) {
  using Event = v1::RequestEvent;
  switch (event.kind_case()) {
    case Event::kRequested:
      return start(0, "", event.requested().deadline());
    case Event::kAnswered:
      return finish(event.answered().answered_at(), [](const clocks::Clock&) { return true; });
    case Event::kDeadlineExtended:
      if (answer() != nullptr)
        extend(answer()->deadline.kind, "", event.deadline_extended().extension());
      return;
    case Event::kDeadlineTold:
      return told(event.deadline_told());
    case Event::kDeadlineRecomputed:
      return recomputed(event.deadline_recomputed());
    case Event::KIND_NOT_SET:  // refused when read
      return;
  }
}

}  // namespace mash::sharing
