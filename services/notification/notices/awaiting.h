#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/decider.h"
#include "core/result.h"
#include "mash/notification/v1/notification_events.pb.h"

namespace mash::notification {

// What rules write in place of a field where the stream that something happens to says enough:
// every such event of it counts, or what is named is the stream's own id.
inline constexpr std::string_view kStream = "stream";

// Whether such an event says of a deadline how it stands, or that it is due at another time.
bool says_more_of_a_deadline(std::string_view kind);

// Which open notices something that is done to a stream of another log would make unnecessary: the
// stream "awaiting/<that stream>".
struct Awaiting {
  using Event = v1::AwaitingEvent;
  using Events = std::vector<Event>;

  struct State {
    std::vector<v1::NoticeAwaits> open;

    // What is known of a notice; null: nothing closes it.
    const v1::NoticeAwaits* find(const std::string& notice_id) const;
    // Which an event closes, by the kind of it that happened. What is said of a deadline, or
    // another time for it, closes what was said of it before.
    std::vector<std::string> closed_by(const std::string& kind,
                                       const google::protobuf::Message& what) const;
  };

  struct Await {
    v1::NoticeAwaits notice;
  };
  struct Done {
    std::vector<std::string> notice_ids;
  };

  static Result<Events> decide(const State&, const Await&, const Context&);
  static Result<Events> decide(const State&, const Done&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Awaiting>);

}  // namespace mash::notification
