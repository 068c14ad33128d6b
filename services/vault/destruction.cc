#include "vault/destruction.h"

#include "core/ids.h"

namespace mash::vault {
namespace {

// A reference and a sentence or two. They stay for ever, so they are no place for a story.
constexpr std::size_t kAuthorityBytesMax = 500;
constexpr std::size_t kReasonBytesMax = 2'000;

}  // namespace

std::string destruction_stream(std::string_view key_id) { return "key/" + std::string(key_id); }

std::vector<FieldFault> faults_of(const v1::DestroyKeyRequest& request) {
  std::vector<FieldFault> faults;
  if (!request.key_id().empty() && !Uuid::parse(request.key_id()))
    faults.push_back({"key_id", "must be a person's or case's id: a UUID in lower case"});
  if (request.authority().size() > kAuthorityBytesMax)
    faults.push_back({"authority", "must be at most 500 bytes long: a reference"});
  if (request.reason().size() > kReasonBytesMax)
    faults.push_back({"reason", "must be at most 2,000 bytes long, and name nobody"});
  return faults;
}

Result<Destruction::Events> Destruction::decide(const State& state,
                                                const v1::DestroyKeyRequest& command,
                                                const Context&) {
  if (state.stage != Stage::kNone) return Events{};
  Event event;
  auto& ordered = *event.mutable_destruction_ordered();
  ordered.set_key_id(command.key_id());
  ordered.set_authority(command.authority());
  ordered.set_reason(command.reason());
  return Events{event};
}

Result<Destruction::Events> Destruction::decide(const State& state, const v1::KeyDestroyed& command,
                                                const Context&) {
  if (state.stage == Stage::kDestroyed) return Events{};
  if (state.stage == Stage::kNone)
    return refuse(Code::kFailedPrecondition, "DESTRUCTION_NOT_ORDERED",
                  "Nobody ordered this key to be destroyed.");
  Event event;
  *event.mutable_destroyed() = command;
  return Events{event};
}

Result<Destruction::Events> Destruction::decide(const State& state, const v1::KeyDropped& command,
                                                const Context&) {
  // Said again after a restart there, there was nothing left to remove.
  if (state.stage != Stage::kOrdered || state.dropped.contains(command.holder())) return Events{};
  Event event;
  *event.mutable_dropped() = command;
  return Events{event};
}

Destruction::State Destruction::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kDestructionOrdered:
      state.stage = Stage::kOrdered;
      return state;
    case Event::kDestroyed:
      state.stage = Stage::kDestroyed;
      state.sealed_parts_removed = event.destroyed().sealed_parts_removed();
      return state;
    case Event::kDropped:
      state.dropped[event.dropped().holder()] = event.dropped().sealed_parts_removed();
      return state;
    case Event::KIND_NOT_SET:
      break;  // the log refuses such events when it reads them
  }
  return state;
}

}  // namespace mash::vault
