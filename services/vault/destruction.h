#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "mash/vault/v1/vault_service.pb.h"

namespace mash::vault {

// The destruction of one data key, in the stream "key/<key id>":
//
//   none --order--> ordered --finish--> destroyed
//
// The order stands in the log, with its authority and reason, before anything is destroyed, so that
// a crash cannot forget it. There is no way back from it.
struct Destruction {
  using Event = v1::KeyEvent;
  using Events = std::vector<Event>;

  enum class Stage { kNone, kOrdered, kDestroyed };
  struct State {
    Stage stage = Stage::kNone;
    uint64_t sealed_parts_removed = 0;
    // Services apart that hold it no more, and how many sealed parts went there.
    std::map<std::string, uint64_t> dropped;
  };

  static Result<Events> decide(const State&, const v1::DestroyKeyRequest&, const Context&);
  // A service's word that it holds it no more. Nothing, where that is known, or nobody ordered it.
  static Result<Events> decide(const State&, const v1::KeyDropped&, const Context&);
  // The eraser's word that nothing of it is left.
  static Result<Events> decide(const State&, const v1::KeyDestroyed&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Destruction>);

std::string destruction_stream(std::string_view key_id);

// What is wrong with the request itself, besides what its schema says.
std::vector<FieldFault> faults_of(const v1::DestroyKeyRequest& request);

}  // namespace mash::vault
