#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/decider.h"
#include "log/event_log.h"

namespace mash::log {

// What a command needs to know of its call besides the Context.
struct CommandCall {
  Context context;
  std::optional<RequestKey> request{};         // absent only for what the hub does by itself
  std::optional<uint64_t> expected_version{};  // of the subject stream, when the caller gave one
  Time received_at{};
  std::optional<Time> occurred_at{};  // as the caller claims
  std::string correlation_id{};       // 16 bytes; empty: this command begins a chain
  std::string causation_id{};         // 16 bytes; empty: the caller's own command
};

// A stream a command writes to. `case_id` counts when the stream is new; an existing stream stays
// in its case.
struct Target {
  std::string stream;
  std::string case_id{};
};

// What one command does: reads streams, decides, and gathers the events of all its decisions into
// one atomic append. Made by handle(), used on one thread, gone when the command is.
class UnitOfWork {
 public:
  UnitOfWork(const EventLog& log, const CommandCall& call) : log_(log), call_(call) {}

  const Context& context() const { return call_.context; }

  // The state of an aggregate; that its stream has not moved is asserted when the append commits.
  template <Decider D>
  Result<typename D::State> observe(const std::string& stream);

  // Reads, folds, decides; the events join the append. The first target is the subject of the
  // receipt.
  template <Decider D, class Command>
  Result<void> decide(const Target& target, const Command& command);

  // Adds an event to a stream at whatever version it has (looks).
  Result<void> add(const Target& target, const google::protobuf::Message& event);

  // What has been gathered, sealed and serialised for the writer.
  Result<Append> take();

 private:
  struct Loaded {
    uint64_t version = 0;
    uint64_t read_size = 0;
    std::string case_id;
    std::vector<Record> records;
  };
  Result<Loaded> load(const std::string& stream);
  Result<void> expect(const std::string& stream, const Loaded& loaded, bool required);
  Result<void> gather(const Target& target, const Loaded& loaded,
                      const google::protobuf::Message& event);

  const EventLog& log_;
  const CommandCall& call_;
  Append append_;
  std::vector<std::string> event_ids_;
};

using Work = std::function<Result<void>(UnitOfWork&)>;

// The one command path: is the request known? - run `work` (read, fold, decide, seal) - append -
// `done`. Without the caller's expected_version a version conflict runs `work` again, up to three
// times, then ABORTED. `work` may run on the caller's thread and again on the completion thread; it
// must not wait for anything but the log.
void handle(EventLog& log, CommandCall call, Work work, Completion done);

// The common case: one decider, one stream. `command` must outlive the call (a gRPC request does).
template <Decider D, class Command>
void handle(EventLog& log, CommandCall call, Target target, const Command& command,
            Completion done) {
  handle(
      log, std::move(call),
      [target = std::move(target), &command](UnitOfWork& unit) {
        return unit.decide<D>(target, command);
      },
      std::move(done));
}

// An aggregate's events as typed messages, without their personal fields.
template <class Event>
Result<std::vector<Event>> public_events(const std::vector<Record>& records);

// An aggregate's events with their personal fields put back where their key still exists; `erased`
// says whether any was not.
template <class Event>
struct OpenedEvents {
  std::vector<Event> events;
  bool erased = false;
};
template <class Event>
Result<OpenedEvents<Event>> opened_events(const EventLog& log, const std::vector<Record>& records);

}  // namespace mash::log

