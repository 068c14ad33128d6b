#pragma once
#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/decider.h"
#include "log/event_log.h"

namespace mash::log {

class UnitOfWork;

// Asked before each decision on a stream that exists, with the case it lies in (empty: none);
// refuses with NOT_FOUND where the caller may not know of it. What it observes is asserted with the
// rest of the unit, so that the answer still holds when the append commits.
using Guard =
    std::function<Result<void>(UnitOfWork&, const std::string& stream, const std::string& case_id)>;

// What a command needs to know of its call besides the Context.
struct CommandCall {
  Context context;
  std::optional<RequestKey> request{};         // absent only for what the hub does by itself
  std::optional<uint64_t> expected_version{};  // of the subject stream, when the caller gave one
  Time received_at{};
  std::optional<Time> occurred_at{};   // as the caller claims
  std::string correlation_id{};        // 16 bytes; empty: this command begins a chain
  std::string causation_id{};          // 16 bytes; empty: the caller's own command
  Guard guard{};                       // empty: what the hub does by itself goes unasked
  std::optional<CursorMove> cursor{};  // of the feed that this follows from
  bool is_look = false;                // without which nothing is shown (Append::is_look)
};

// A stream a command writes to. `case_id` counts when the stream is new; an existing stream stays
// in the case of its first event, also where this very unit made it.
struct Target {
  std::string stream;
  std::string case_id{};
};

// An aggregate's events as typed messages, without their personal fields. DATA_LOSS, reason
// EVENT_UNKNOWN, for a stream that holds another type.
template <class Event>
Result<std::vector<Event>> public_events(const std::vector<Record>& records);

// An aggregate's events with their personal fields put back where their key still exists.
template <class Event>
struct OpenedEvents {
  std::vector<Event> events;
  bool erased = false;  // some personal fields are gone
};
template <class Event>
Result<OpenedEvents<Event>> opened_events(const EventLog& log, const std::vector<Record>& records);

// What one command does: reads streams, decides, and gathers the events of all its decisions into
// one atomic append. Made by handle(), used on one thread, gone when the command is. Deciders see
// events without their personal fields, so what a rule must remember is operational, and commands
// go on while the vault is away.
class UnitOfWork {
 public:
  UnitOfWork(const EventLog& log, const CommandCall& call)
      : log_(log),
        call_(call),
        correlation_id_(call.correlation_id),
        causation_id_(call.causation_id) {}

  const Context& context() const { return call_.context; }

  // The state of an aggregate, decisions of this unit included; that its stream has not moved
  // meanwhile is asserted when the append commits.
  template <Decider D>
  Result<typename D::State> observe(const std::string& stream);

  // The case that a stream lies in; empty where it is in none, or does not exist.
  Result<std::string> case_of(const std::string& stream);

  // Asks the call's guard, reads, folds, decides; the events join the append. The first target is
  // the subject of the receipt. The first of the events cites `blobs`, which lie under the key of
  // the target's case.
  template <Decider D, class Command>
  Result<void> decide(const Target& target, const Command& command, Blobs blobs = {});

  // That a stream still has the version somebody read of it is asserted when the append commits.
  void expect(StreamExpectation expectation);

  // Adds an event to a stream at whatever version it has (looks).
  Result<void> add(const Target& target, const google::protobuf::Message& event);

  // Everything gathered from here on follows from this record: it belongs to its chain of events.
  void caused_by(const Record& cause);

  // What has been gathered, sealed and serialised for the writer.
  Append take() { return std::move(append_); }

 private:
  struct Stream {
    StreamHistory history;
    std::string case_id;
    std::vector<std::shared_ptr<const google::protobuf::Message>>
        decided;  // by this unit, not yet written

    // As it was observed last: a stream that several rules ask of is read and folded once.
    std::any state;
    size_t folded = 0;  // of `decided`, into `state`
  };

  Result<Stream*> load(const std::string& name);
  Result<void> ask_guard(const std::string& name);
  Result<void> check_subject(const std::string& name, const Stream& stream);
  Result<void> gather(const std::string& stream, const std::string& case_id,
                      std::unique_ptr<google::protobuf::Message> event, Blobs blobs = {});

  const EventLog& log_;
  const CommandCall& call_;
  std::string correlation_id_;  // that what is gathered next gets
  std::string causation_id_;
  Append append_;
  std::map<std::string, Stream> streams_;
};

using Work = std::function<Result<void>(UnitOfWork&)>;

// The one command path: is the request known? - run `work` (read, fold, decide, seal) - append -
// `done`. Without the caller's expected_version a version conflict runs `work` again, up to three
// times, then ABORTED. `work` runs on the caller's thread and may run again on the completion
// thread; it waits for nothing but the log.
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

// --- templates ---

namespace internal {
// Refuses a record of another type than the aggregate's event.
Result<void> check_type(const Record& record, const google::protobuf::Descriptor& type);
}  // namespace internal

template <class Event>
Result<std::vector<Event>> public_events(const std::vector<Record>& records) {
  std::vector<Event> events(records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    if (auto ok = internal::check_type(records[i], *Event::descriptor()); !ok)
      return tl::unexpected(ok.error());
    if (!events[i].ParseFromString(records[i].body.event()))
      return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
  }
  return events;
}

template <class Event>
Result<OpenedEvents<Event>> opened_events(const EventLog& log, const std::vector<Record>& records) {
  return public_events<Event>(records).and_then(
      [&](std::vector<Event> events) -> Result<OpenedEvents<Event>> {
        OpenedEvents<Event> opened{.events = std::move(events)};
        for (size_t i = 0; i < records.size(); ++i) {
          const auto whole = log.open_personal(records[i], opened.events[i]);
          if (!whole) return tl::unexpected(whole.error());
          opened.erased = opened.erased || !*whole;
        }
        return opened;
      });
}

template <Decider D>
Result<typename D::State> UnitOfWork::observe(const std::string& name) {
  using Event = typename D::Event;
  using State = typename D::State;
  return load(name).and_then([&](Stream* stream) -> Result<State> {
    if (std::any_cast<State>(&stream->state) == nullptr) {
      const auto events = public_events<Event>(stream->history.records);
      if (!events) return tl::unexpected(events.error());
      stream->state = fold<D>(*events);
      stream->folded = 0;
    }
    State& state = *std::any_cast<State>(&stream->state);
    for (; stream->folded < stream->decided.size(); ++stream->folded)
      state =
          D::evolve(std::move(state), static_cast<const Event&>(*stream->decided[stream->folded]));
    return state;
  });
}

template <Decider D, class Command>
Result<void> UnitOfWork::decide(const Target& target, const Command& command, Blobs blobs) {
  if (auto admitted = ask_guard(target.stream); !admitted) return admitted;
  return observe<D>(target.stream).and_then([&](const typename D::State& state) -> Result<void> {
    auto events = D::decide(state, command, context());
    if (!events) return tl::unexpected(std::move(events.error()));
    if (append_.subject.empty()) append_.subject = target.stream;
    if (auto ok = check_subject(target.stream, streams_.at(target.stream)); !ok) return ok;
    for (auto& event : *events)
      if (auto ok = gather(target.stream, target.case_id,
                           std::make_unique<typename D::Event>(std::move(event)),
                           std::exchange(blobs, {}));
          !ok)
        return ok;
    return {};
  });
}

}  // namespace mash::log
