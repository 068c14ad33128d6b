#include "host/desk.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/timestamp.pb.h>
#include <grpc/grpc_security_constants.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>

#include "core/calendar.h"
#include "core/timestamp.h"
#include "host/unary_call.h"
#include "log/prover.h"
#include "merkle/hash.h"
#include "policy/packs.h"
#include "vault/key_ring.h"

namespace mash::host {
namespace {

std::string_view view_of(const grpc::string_ref& text) { return {text.data(), text.size()}; }

Presented presented_by(const grpc::CallbackServerContext& call) {
  Presented presented;
  if (const auto auth = call.auth_context(); auth && auth->IsPeerAuthenticated())
    for (const auto& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME))
      presented.uris.push_back(view_of(uri));
  for (const auto& [key, value] : call.client_metadata()) {
    if (key == "mash-practitioner") presented.practitioner.push_back(view_of(value));
    if (key == "mash-role") presented.role.push_back(view_of(value));
  }
  return presented;
}

// The same bytes for the same request, every time.
std::string canonical(const google::protobuf::Message& message) {
  std::string bytes(message.ByteSizeLong(), '\0');
  {  // the last bytes are there once the streams are gone
    google::protobuf::io::ArrayOutputStream stream(bytes.data(), static_cast<int>(bytes.size()));
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&coded);
  }
  return bytes;
}

void append_part(std::string& text, std::string_view part) {
  text += std::to_string(part.size());
  text += ':';
  text += part;
}

}  // namespace

struct Desk::Streams {
  std::mutex mutex;
  bool ended = false;
  std::map<const OpenStream*, std::weak_ptr<OpenStream>> open;
};

Desk::Desk(DeskParts parts)
    : parts_(parts),
      streams_(std::make_unique<Streams>()),
      timeouts_(std::make_unique<Timeouts>(parts.call_max)) {}
Desk::~Desk() = default;

std::optional<Time> Desk::time_of(const google::protobuf::Message& timestamp) {
  const auto time = from_proto(static_cast<const google::protobuf::Timestamp&>(timestamp));
  return time ? std::optional(*time) : std::nullopt;  // validate() has refused it
}

log::RequestKey Desk::request_key(const Actor& actor, std::string_view method,
                                  std::string_view request_id,
                                  const google::protobuf::Message& request) const {
  std::string scope;
  append_part(scope, actor.agency);
  append_part(scope, actor.system);
  append_part(scope, method);
  append_part(scope, request_id);
  const merkle::Hash hash = merkle::sha256({scope});

  log::RequestKey key;
  std::size_t at = 0;
  // Ids of version 7 begin with their time, so that the keys of a while lie together in the store.
  if (const auto id = Uuid::parse(request_id); id && id->version() == 7) {
    constexpr std::size_t kTimeBytes = 8;
    std::copy_n(id->bytes.begin(), kTimeBytes, key.scope.begin());
    at = kTimeBytes;
  }
  std::copy_n(hash.begin(), key.scope.size() - at,
              key.scope.begin() + static_cast<std::ptrdiff_t>(at));
  key.digest = parts_.keys.token("mash/request", canonical(request));
  return key;
}

Result<Context> Desk::begin(const grpc::CallbackServerContext& call, const Method& method) const {
  auto actor = parts_.callers.identify(presented_by(call));
  if (!actor) return tl::unexpected(std::move(actor.error()));
  if (auto may = Access::authorise(method, *actor); !may) return tl::unexpected(may.error());
  return context_of(std::move(*actor));
}

Context Desk::context_of(Actor actor) const {
  Context context;
  context.actor = std::move(actor);
  context.now = parts_.clock.now();
  if (const auto pack = parts_.packs.in_force(context.now, parts_.calendar.london()))
    context.pack = *pack;
  if (const auto law = parts_.packs.law_in_force(context.now, parts_.calendar.london()))
    context.law = *law;
  context.calendar = &parts_.calendar;
  context.agencies = &parts_.callers.agencies();
  context.area = parts_.log.options().area;
  return context;
}

Result<void> Desk::add_fresh_ids(FreshIds fresh, Context& context) const {
  auto keyed = parts_.keys.fresh_key_ids(fresh.keyed);
  if (!keyed) return tl::unexpected(std::move(keyed.error()));
  std::ranges::move(*keyed, std::back_inserter(context.fresh_ids));
  for (std::size_t i = 0; i < fresh.plain; ++i) context.fresh_ids.push_back(parts_.ids.next_text());
  return {};
}

Result<void> Desk::fill_receipt(const log::Appended& appended, bool want_proof,
                                common::v1::Receipt& receipt) const {
  receipt.set_log(parts_.log.name());
  receipt.set_epoch(appended.epoch);
  receipt.set_position(appended.position);
  for (const auto& event : appended.events) receipt.add_event_ids(event.event_id);
  receipt.set_version(appended.version);
  receipt.set_repeated_request(appended.repeated);
  if (!want_proof || appended.events.empty()) return {};
  auto proof = parts_.log.prover().tlog_proof(appended.position);
  if (!proof) return tl::unexpected(std::move(proof.error()));
  receipt.set_tlog_proof(std::move(*proof));
  return {};
}

grpc::ServerUnaryReactor* Desk::run_command(grpc::CallbackServerContext* call,
                                            CommandMessages messages, log::Work work,
                                            CommandExtras extras) {
  const Method& method = parts_.access.method_of(*messages.request.GetDescriptor());
  const auto unary = UnaryCall::begin(*this, *call, method);
  auto context = unary->admit();
  if (!context) return unary->reactor();
  unary->bound();

  auto fill = std::move(extras.fill);
  carry_out(
      method, std::move(*context), messages,
      [unary, work = std::move(work)](log::UnitOfWork& unit) {
        Result<void> worked = refuse(Code::kDeadlineExceeded, "CALL_TOO_LONG", "Too late.");
        unary->while_open([&] { worked = work(unit); });
        return worked;
      },
      extras,
      [this, unary, receipt = messages.receipt, want_proof = messages.want_proof,
       fill = std::move(fill)](Result<log::Appended> appended) {
        if (!appended) return unary->answer(tl::unexpected(std::move(appended.error())));
        Result<void> filled;
        unary->while_open([&] {
          filled = fill_receipt(*appended, want_proof, *receipt());
          if (filled && fill) fill(*appended);
        });
        unary->answer(filled);
      });
  return unary->reactor();
}

void Desk::perform_command(Context context, const CommandMessages& messages, log::Work work,
                           CommandExtras extras, Answer done) const {
  auto fill = std::move(extras.fill);
  carry_out(parts_.access.method_of(*messages.request.GetDescriptor()), std::move(context),
            messages, std::move(work), extras,
            [this, receipt = messages.receipt, want_proof = messages.want_proof,
             fill = std::move(fill), done = std::move(done)](Result<log::Appended> appended) {
              if (!appended) return done(tl::unexpected(std::move(appended.error())));
              const Result<void> filled = fill_receipt(*appended, want_proof, *receipt());
              if (filled && fill) fill(*appended);
              done(filled);
            });
}

void Desk::carry_out(const Method& method, Context context, const CommandMessages& messages,
                     log::Work work, const CommandExtras& extras, log::Completion done) const {
  OwnChecks own;
  if (extras.check) own = [&] { return extras.check(context); };
  if (auto whole = validate(messages.request, *method.rules, Kind::kCommand, parts_.limits, own,
                            extras.forgive);
      !whole)
    return done(tl::unexpected(std::move(whole.error())));
  if (context.pack == nullptr)
    return done(refuse(Code::kFailedPrecondition, "NO_PACK_IN_FORCE",
                       "No policy pack is in force today, so nothing can be decided."));
  const auto key = request_key(context.actor, method.name, messages.request_id, messages.request);
  if (auto ids = add_fresh_ids(extras.fresh, context); !ids) {
    // What was done before needs none: who asks again has the answer.
    auto known = parts_.log.find_request(key);
    if (!known) return done(tl::unexpected(std::move(known.error())));
    if (*known) return done(std::move(**known));
    return done(tl::unexpected(std::move(ids.error())));
  }
  const Time received_at = context.now;
  log::CommandCall command{.context = std::move(context),
                           .request = key,
                           .expected_version = messages.expected_version,
                           .received_at = received_at,
                           .occurred_at = messages.occurred_at,
                           .guard = parts_.guard};
  log::handle(parts_.log, std::move(command), std::move(work), std::move(done));
}

grpc::ServerUnaryReactor* Desk::run_query(grpc::CallbackServerContext* call,
                                          const google::protobuf::Message& request,
                                          const std::string& purpose, const Read& read,
                                          const OwnChecks& check) {
  const Method& method = parts_.access.method_of(*request.GetDescriptor());
  const auto unary = UnaryCall::begin(*this, *call, method);
  const auto context = unary->admit(request, Kind::kQuery, check);
  if (!context) return unary->reactor();
  auto looks = read(*context);
  if (!looks || looks->empty()) {
    unary->answer(looks ? Result<void>() : tl::unexpected(looks.error()));
    return unary->reactor();
  }
  unary->bound();
  append_looks(
      parts_.log, *context, method.name, purpose, std::move(*looks),
      [unary, read, context = *context] {
        Result<Looks> again = refuse(Code::kDeadlineExceeded, "CALL_TOO_LONG", "Too late.");
        unary->while_open([&] { again = read(context); });
        return again;
      },
      [unary](const Result<log::Appended>& appended) {
        unary->answer(appended ? Result<void>() : tl::unexpected(appended.error()));
      });
  return unary->reactor();
}

grpc::ServerUnaryReactor* Desk::run_later(grpc::CallbackServerContext* call,
                                          const google::protobuf::Message& request, Kind kind,
                                          const std::function<void(const Context&, Answer)>& start,
                                          const OwnChecks& check) {
  const Method& method = parts_.access.method_of(*request.GetDescriptor());
  const auto unary = UnaryCall::begin(*this, *call, method);
  if (const auto context = unary->admit(request, kind, check))
    start(*context, [unary](const Result<void>& result) { unary->answer(result); });
  return unary->reactor();
}

bool Desk::enter(const std::shared_ptr<OpenStream>& stream) {
  const std::lock_guard lock(streams_->mutex);
  if (streams_->ended) return false;
  streams_->open[stream.get()] = stream;
  return true;
}

void Desk::leave(const OpenStream* stream) {
  const std::lock_guard lock(streams_->mutex);
  streams_->open.erase(stream);
}

void Desk::end_streams() {
  std::vector<std::shared_ptr<OpenStream>> open;
  {
    const std::lock_guard lock(streams_->mutex);
    streams_->ended = true;
    for (const auto& [stream, weak] : streams_->open)
      if (auto strong = weak.lock()) open.push_back(std::move(strong));
  }
  for (const auto& stream : open) stream->shut_down();
}

}  // namespace mash::host
