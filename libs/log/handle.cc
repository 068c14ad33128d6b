#include "log/handle.h"

#include <algorithm>

#include "core/check.h"
#include "core/timestamp.h"
#include "log/blob.h"
#include "vault/key_ring.h"
#include "vault/personal.h"
#include "vault/sealing.h"

namespace mash::log {
namespace {

constexpr int kTriesMax = 3;

v1::RecordBody body_of(const EventLog& log, const CommandCall& call, const Uuid& event_id) {
  v1::RecordBody body;
  body.set_event_id(event_id.to_bytes());
  body.set_schema_version(1);
  auto& actor = *body.mutable_actor();
  actor.set_agency(call.context.actor.agency);
  actor.set_system(call.context.actor.system);
  actor.set_practitioner(call.context.actor.practitioner);
  actor.set_role(call.context.actor.role);
  body.set_area(log.options().area);
  if (call.occurred_at) *body.mutable_occurred_at() = to_proto(*call.occurred_at);
  *body.mutable_received_at() = to_proto(call.received_at);
  for (const auto& [feed, cursor] : log.cursors()) {
    v1::Seen& seen = *body.add_seen();
    seen.set_origin(feed + "/" + std::to_string(cursor.epoch));
    seen.set_size(cursor.position);
  }
  return body;
}

Result<v1::SealedPart> seal(const EventLog& log, const v1::RecordBody& body,
                            const google::protobuf::Message& personal) {
  v1::SealedPart part;
  part.set_key_id(std::string(key_scope(body.stream(), body.case_id())));
  const auto aad = vault::record_aad(log.name(), body.event_id(), part.key_id());
  auto sealed = log.options().keys->seal(part.key_id(), aad, personal.SerializeAsString());
  if (!sealed) return tl::unexpected(sealed.error());
  part.set_salt(vault::random_salt());
  part.set_ciphertext(std::move(*sealed));
  return part;
}

// Nobody has written under an id that was made for this command: what it brings into being is not
// looked up. The writer refuses it all the same where somebody comes between.
Result<StreamHistory> history_of(const EventLog& log, const Context& context,
                                 const std::string& stream) {
  const std::string_view id = std::string_view(stream).substr(stream.find('/') + 1);
  const auto& fresh = context.fresh_ids;
  if (std::find(fresh.begin(), fresh.end(), id) == fresh.end()) return log.read_stream(stream);
  return StreamHistory{.records = {}, .version = 0, .read_size = log.size()};
}

// One command on its way: kept alive by the callbacks that carry it on.
struct Command : std::enable_shared_from_this<Command> {
  EventLog& log;
  CommandCall call;
  Work work;
  Completion done;
  int tries = 0;

  Command(EventLog& the_log, CommandCall the_call, Work the_work, Completion on_done)
      : log(the_log),
        call(std::move(the_call)),
        work(std::move(the_work)),
        done(std::move(on_done)) {}

  void run() {
    ++tries;
    const uint64_t checked_size = log.size();
    if (call.request) {
      auto known = log.find_request(*call.request);
      if (!known) return done(tl::unexpected(known.error()));
      if (known->has_value()) return done(std::move(**known));
    }
    UnitOfWork unit(log, call);
    if (auto worked = work(unit); !worked) return done(tl::unexpected(worked.error()));
    Append append = unit.take();
    append.request = call.request;
    append.request_checked_size = checked_size;
    append.cursor = call.cursor;
    append.is_look = call.is_look;
    log.append(std::move(append), [self = shared_from_this()](Result<Appended> result) {
      if (!result && result.error().reason == "VERSION_CONFLICT" && !self->call.expected_version &&
          self->tries < kTriesMax)
        return self->run();
      self->done(std::move(result));
    });
  }
};

}  // namespace

namespace internal {

Result<void> check_type(const Record& record, const google::protobuf::Descriptor& type) {
  if (record.body.type() == type.full_name()) return {};
  return refuse(Code::kDataLoss, "EVENT_UNKNOWN",
                "Record " + std::to_string(record.prefix.position) + " holds " +
                    record.body.type() + ", not " + type.full_name() + ".");
}

}  // namespace internal

Result<UnitOfWork::Stream*> UnitOfWork::load(const std::string& name) {
  if (const auto it = streams_.find(name); it != streams_.end()) return &it->second;
  auto history = history_of(log_, call_.context, name);
  if (!history) return tl::unexpected(history.error());
  append_.expectations.push_back(
      {.stream = name, .version = history->version, .read_size = history->read_size});
  Stream& stream = streams_[name];
  if (!history->records.empty()) stream.case_id = history->records.front().body.case_id();
  stream.history = std::move(*history);
  return &stream;
}

Result<std::string> UnitOfWork::case_of(const std::string& stream) {
  return load(stream).map([](const Stream* loaded) { return loaded->case_id; });
}

Result<void> UnitOfWork::ask_guard(const std::string& name) {
  if (!call_.guard) return {};
  return load(name).and_then([&](const Stream* stream) -> Result<void> {
    if (stream->history.version == 0) return {};
    return call_.guard(*this, name, stream->case_id);
  });
}

Result<void> UnitOfWork::check_subject(const std::string& name, const Stream& stream) {
  if (name != append_.subject || !call_.expected_version ||
      *call_.expected_version == stream.history.version)
    return {};
  return tl::unexpected(Error{.code = Code::kAborted,
                              .reason = "VERSION_CONFLICT",
                              .message = "The stream has moved on; read it again.",
                              .metadata = {{"expected", std::to_string(*call_.expected_version)},
                                           {"version", std::to_string(stream.history.version)}}});
}

void UnitOfWork::caused_by(const Record& cause) {
  correlation_id_ = cause.body.correlation_id();
  causation_id_ = cause.body.event_id();
}

void UnitOfWork::expect(StreamExpectation expectation) {
  append_.expectations.push_back(std::move(expectation));
}

Result<void> UnitOfWork::add(const Target& target, const google::protobuf::Message& event) {
  const auto known =
      std::find_if(append_.expectations.begin(), append_.expectations.end(),
                   [&](const auto& expected) { return expected.stream == target.stream; });
  if (known == append_.expectations.end()) {
    const uint64_t read_size = log_.size();
    const auto version = log_.stream_version(target.stream);
    if (!version) return tl::unexpected(version.error());
    append_.expectations.push_back(
        {.stream = target.stream, .version = *version, .read_size = read_size, .required = false});
  }
  if (append_.subject.empty()) append_.subject = target.stream;
  std::unique_ptr<google::protobuf::Message> copy(event.New());
  copy->CopyFrom(event);
  return gather(target.stream, target.case_id, std::move(copy));
}

Result<void> UnitOfWork::gather(const std::string& stream, const std::string& case_id,
                                std::unique_ptr<google::protobuf::Message> event, Blobs blobs) {
  const auto loaded = streams_.find(stream);
  const bool exists = loaded != streams_.end() &&
                      (loaded->second.history.version > 0 || !loaded->second.decided.empty());

  const auto event_id = log_.fresh_event_id();
  v1::RecordBody body = body_of(log_, call_, event_id);
  body.set_stream(stream);
  body.set_case_id(exists ? loaded->second.case_id : case_id);
  body.set_type(event->GetDescriptor()->full_name());
  body.set_correlation_id(!correlation_id_.empty() ? correlation_id_
                          : append_.events.empty() ? event_id.to_bytes()
                                                   : append_.events.front().event_id.to_bytes());
  body.set_causation_id(causation_id_);
  for (const auto& blob : blobs) {
    MASH_CHECK(blob->key_id() == key_scope(stream, body.case_id()));  // erased with the event
    *body.add_blobs() = blob->cited();
  }
  PreparedEvent prepared{.stream = stream,
                         .case_id = body.case_id(),
                         .event_id = event_id,
                         .actor = call_.context.actor,
                         .blobs = std::move(blobs)};

  const std::unique_ptr<google::protobuf::Message> personal(event->New());
  if (vault::take_personal(*event, *personal)) {
    const auto part = seal(log_, body, *personal);
    if (!part) return tl::unexpected(part.error());
    const auto commitment = vault::commitment(part->salt(), part->ciphertext());
    body.set_commitment(commitment.data(), commitment.size());
    prepared.sealed = part->SerializeAsString();
  }
  body.set_event(event->SerializeAsString());
  prepared.leaf = encode_body(body);
  if (prepared.leaf.size() > kRecordBytesMax)
    return refuse(Code::kInvalidArgument, "RECORD_TOO_LARGE",
                  "The event is " + std::to_string(prepared.leaf.size()) +
                      " bytes; a record holds " + std::to_string(kRecordBytesMax) + ".");
  prepared.event = std::move(event);
  if (loaded != streams_.end()) {
    if (!exists) loaded->second.case_id = prepared.case_id;  // that its first event lies in
    loaded->second.decided.push_back(prepared.event);
  }
  append_.events.push_back(std::move(prepared));
  return {};
}

void handle(EventLog& log, CommandCall call, Work work, Completion done) {
  std::make_shared<Command>(log, std::move(call), std::move(work), std::move(done))->run();
}

}  // namespace mash::log
