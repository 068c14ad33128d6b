#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/decider.h"
#include "core/result.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "notification/channels/sender.h"

namespace mash::notification {

// So often a delivery is tried before it is given up: over about eighteen hours.
inline constexpr uint32_t kAttemptsMax = 9;
// How long after a failed attempt, counted from 1, the next one is made.
std::chrono::seconds pause_after(uint32_t attempt);

// Why a delivery is dropped whose contact was erased: v1::DeliveryDropped.reason.
inline constexpr char kErased[] = "ERASED";

// Whose deliveries a caller may see and have tried again: MASH managers and operators all, others
// those of their agency.
bool sees_deliveries_of(const Actor& actor, const std::string& agency);

// A notice goes to a contact over one channel: the stream "delivery/<id>".
//
//   due --the other side took it--> taken
//   due --an attempt failed--> due, later
//   due --failed too often, or for good--> given up --a person says so--> due
//   due --nobody need have it, or may--> dropped
//   given up --its notice is over--> dropped
struct Delivery {
  using Event = v1::DeliveryEvent;
  using Events = std::vector<Event>;

  enum class Stage { kNone, kDue, kTaken, kGivenUp, kDropped };
  struct State {
    Stage stage = Stage::kNone;
    std::string agency;
    std::string notice_id;
    std::string contact_id;
    uint32_t attempts = 0;  // that failed, since it was due or a person had it tried again
  };

  struct Begin {
    v1::DeliveryDue due;
  };
  // Which attempt had this outcome: counted once.
  struct Tried {
    uint32_t attempt = 1;
    Outcome outcome;
  };
  struct Drop {
    std::string reason;
  };
  // A person wants it tried again.
  struct Retry {
    bool notice_is_over = false;  // acknowledged or closed
  };

  static Result<Events> decide(const State&, const Begin&, const Context&);
  // Nothing where it is not due any more, or that attempt is on the record.
  static Result<Events> decide(const State&, const Tried&, const Context&);
  // Nothing where it was taken, or dropped before.
  static Result<Events> decide(const State&, const Drop&, const Context&);
  // NOT_FOUND to whom it does not concern; FAILED_PRECONDITION, NOTICE_OVER, where nobody need be
  // told of the notice any more; NOT_UNDELIVERED, where it was taken, or its contact is not to be
  // told any more. While it is due it is already so.
  static Result<Events> decide(const State&, const Retry&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Delivery>);

}  // namespace mash::notification
