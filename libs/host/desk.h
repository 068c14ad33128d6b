#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "core/context.h"
#include "core/ids.h"
#include "host/access.h"
#include "host/caller.h"
#include "host/looks.h"
#include "host/metrics.h"
#include "host/timeouts.h"
#include "host/validate.h"
#include "log/handle.h"
#include "mash/common/v1/receipt.pb.h"

namespace google::protobuf {
class Message;
}
namespace grpc {
class CallbackServerContext;
class ServerUnaryReactor;
template <class Response>
class ServerWriteReactor;
}  // namespace grpc
namespace mash::policy {
class Packs;
}

namespace mash::host {

// Which calls get a line in the log.
enum class LogCalls { kFailed, kAll, kNone };

// Bounds on one upload (host/upload.h), besides those on each of its messages.
struct UploadLimits {
  std::size_t messages_max = 10'000;
  std::size_t bytes_max = 64 << 20;  // of all its messages, and of the answer
  std::size_t in_flight_max = 64;    // messages taken and not done yet: then none is read
  std::chrono::milliseconds whole_max{600'000};
};

// Whether the caller may be shown what the records of a stream, in this case, hold.
using Admits = std::function<Result<bool>(const Actor&, const std::string& stream,
                                          const std::string& case_id)>;

// What a desk works with. Everything outlives it.
struct DeskParts {
  log::EventLog& log;  // where its commands and looks are appended
  vault::KeyRing& keys;
  const policy::Packs& packs;
  const Calendar& calendar;
  const Clock& clock;
  IdSource& ids;
  const Callers& callers;
  const Access& access;
  Metrics& metrics;
  log::Guard guard{};  // of every command
  Admits admits{};     // of readers of the log itself; empty: all who may see content
  RequestLimits limits{};
  UploadLimits uploads{};
  std::chrono::milliseconds call_max{30'000};
  std::chrono::milliseconds stream_stall_max{30'000};
  LogCalls log_calls = LogCalls::kFailed;
};

// Ids for what a command brings into being, in Context::fresh_ids: first those that are keys of
// their own (persons and cases), then the others.
struct FreshIds {
  std::size_t keyed = 0;
  std::size_t plain = 0;
};

// Faults only a service can find, knowing who calls.
using CallersChecks = std::function<std::vector<FieldFault>(const Context&)>;

// What a service adds to a command's one statement; all of it may be left out.
struct CommandExtras {
  CallersChecks check{};  // faults only the service can find
  Forgive forgive{};      // faults that do not keep this request out
  FreshIds fresh{};
  std::function<void(const log::Appended&)> fill{};  // the rest of the response
};

// What a query does: fills the response it captured, and names the personal content it showed.
// Empty: none. Runs on the call's thread, and where its looks rest on streams (host/looks.h) maybe
// again, on the log's: then it begins by clearing the response.
using Read = std::function<Result<Looks>(const Context&)>;

// What a stream has to say next.
enum class Next {
  kMessage,  // the message it filled
  kLatest,   // the message it filled, and that was all: ask again when the log has grown, but not
             // at once, so that what comes meanwhile goes into one message
  kWait,     // nothing yet: ask again when the log has grown
  kEnd,
};
// Fills the next message of a stream and names what of it is personal. Asked again only when the
// message before has been taken by the transport, so that a slow reader holds one message. Where
// the looks of the first one rest on streams (host/looks.h) that moved, the stream is opened anew.
template <class Response>
using Pull = std::function<Result<Next>(Response& message, Looks& looks)>;

// Has a waiting stream ask again, for what grows by other means than the log. From any thread.
using Wake = std::function<void()>;

// The desk every call of a service goes over, so that a method is one statement:
//
//   return desk_.command<Referral>(call, request, response, {"referral/" +
//   request->referral_id()});
//
// A command: who calls - may it - is the request whole - is it known - decide and append
// (log::handle) - fill the receipt - answer. No thread waits for the disk: the log's completion
// answers. A query: who, may it, whole, read, append the looks, and only then answer.
//
// Every call is answered exactly once, within its deadline or call_max, whichever is nearer; a
// command that is answered late with DEADLINE_EXCEEDED may still take effect, and its request id
// makes sending it again safe. Thread-safe.
class Desk {
 public:
  explicit Desk(DeskParts parts);
  ~Desk();
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  const DeskParts& parts() const { return parts_; }
  log::EventLog& log() const { return parts_.log; }
  // Of calls, after call_max.
  Timeouts& timeouts() const { return *timeouts_; }

  // A command of one decider on one stream.
  template <Decider D, class Request, class Response>
  grpc::ServerUnaryReactor* command(grpc::CallbackServerContext* call, const Request* request,
                                    Response* response, log::Target target,
                                    CommandExtras extras = {}) {
    return command(
        call, request, response,
        [target = std::move(target), request](log::UnitOfWork& unit) {
          return unit.decide<D>(target, *request);
        },
        std::move(extras));
  }

  // A command that decides on several streams. `work` may run more than once (log/handle.h).
  template <class Request, class Response>
  grpc::ServerUnaryReactor* command(grpc::CallbackServerContext* call, const Request* request,
                                    Response* response, log::Work work, CommandExtras extras = {}) {
    return run_command(call, call_of(*request, *response), std::move(work), std::move(extras));
  }

  // A read. A query that fills `response` and shows nothing personal returns no looks.
  template <class Request>
  grpc::ServerUnaryReactor* query(grpc::CallbackServerContext* call, const Request* request,
                                  const Read& read, const OwnChecks& check = {}) {
    return run_query(call, *request, purpose_of(*request), read, check);
  }

  // A stream of answers: `open`, called with the Context and, where it takes one, a Wake, returns
  // Result<Pull<Response>>, the source of its messages. Include host/stream.h.
  template <class Response, class Request, class Open>
  grpc::ServerWriteReactor<Response>* stream(grpc::CallbackServerContext* call,
                                             const Request* request, Open open,
                                             const OwnChecks& check = {});

  // A command that came within another call, whose caller is known: the same way, from its checks
  // to the filled response. Its request id is known under its own method, so whether it comes by
  // itself or within another call, it has one effect. Its receipt has no proof: who sends many asks
  // for those it wants. `done` is called once, maybe before this returns; request and response
  // outlive that.
  using Answer = std::function<void(Result<void>)>;
  template <class Request, class Response>
  void perform(Context context, const Request& request, Response& response, log::Work work,
               CommandExtras extras, Answer done) const {
    CommandMessages messages = call_of(request, response);
    messages.want_proof = false;
    perform_command(std::move(context), messages, std::move(work), std::move(extras),
                    std::move(done));
  }

  // A call that neither reads nor writes this desk's log but answers later, from any thread: the
  // vault's destructions. `start` is given who calls and what to answer with.
  template <class Request>
  grpc::ServerUnaryReactor* later(grpc::CallbackServerContext* call, const Request* request,
                                  Kind kind,
                                  const std::function<void(const Context&, Answer)>& start,
                                  const OwnChecks& check = {}) {
    return run_later(call, *request, kind, start, check);
  }

  // The key under which a request is known to the log.
  log::RequestKey request_key(const Actor& actor, std::string_view method,
                              std::string_view request_id,
                              const google::protobuf::Message& request) const;

  // The receipt for what was appended, with a proof when asked for.
  Result<void> fill_receipt(const log::Appended& appended, bool want_proof,
                            common::v1::Receipt& receipt) const;

  // Who calls, whether it may, and when: the beginning of every call.
  Result<Context> begin(const grpc::CallbackServerContext& call, const Method& method) const;

  // The Context of something that this caller asks now.
  Context context_of(Actor actor) const;

  // Ends every open stream with UNAVAILABLE, reason SHUTTING_DOWN, and refuses new ones.
  void end_streams();

  // A stream that is open. Told from any thread.
  class OpenStream {
   public:
    virtual ~OpenStream() = default;
    virtual void shut_down() = 0;
  };
  // Whether the stream may open: not while shutting down.
  bool enter(const std::shared_ptr<OpenStream>& stream);
  void leave(const OpenStream* stream);

 private:
  // A command's request and response, without their types.
  struct CommandMessages {
    const google::protobuf::Message& request;
    std::string request_id;
    std::optional<uint64_t> expected_version{};
    std::optional<Time> occurred_at{};
    bool want_proof = false;
    std::function<common::v1::Receipt*()> receipt;
  };

  template <class Request, class Response>
  static CommandMessages call_of(const Request& request, Response& response);
  template <class Request>
  static std::string purpose_of(const Request& request);
  static std::optional<Time> time_of(const google::protobuf::Message& timestamp);

  grpc::ServerUnaryReactor* run_command(grpc::CallbackServerContext* call, CommandMessages messages,
                                        log::Work work, CommandExtras extras);
  void perform_command(Context context, const CommandMessages& messages, log::Work work,
                       CommandExtras extras, Answer done) const;
  // What every command goes through, from its checks to the log.
  void carry_out(const Method& method, Context context, const CommandMessages& messages,
                 log::Work work, const CommandExtras& extras, log::Completion done) const;
  grpc::ServerUnaryReactor* run_query(grpc::CallbackServerContext* call,
                                      const google::protobuf::Message& request,
                                      const std::string& purpose, const Read& read,
                                      const OwnChecks& check);
  grpc::ServerUnaryReactor* run_later(grpc::CallbackServerContext* call,
                                      const google::protobuf::Message& request, Kind kind,
                                      const std::function<void(const Context&, Answer)>& start,
                                      const OwnChecks& check);
  Result<void> add_fresh_ids(FreshIds fresh, Context& context) const;

  struct Streams;
  DeskParts parts_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Timeouts> timeouts_;
};

// --- templates ---

template <class Request, class Response>
Desk::CommandMessages Desk::call_of(const Request& request, Response& response) {
  CommandMessages messages{.request = request,
                           .request_id = request.request_id(),
                           .receipt = [&response] { return response.mutable_receipt(); }};
  if constexpr (requires { request.has_expected_version(); })
    if (request.has_expected_version()) messages.expected_version = request.expected_version();
  if constexpr (requires { request.has_occurred_at(); })
    if (request.has_occurred_at()) messages.occurred_at = time_of(request.occurred_at());
  if constexpr (requires { request.want_proof(); }) messages.want_proof = request.want_proof();
  return messages;
}

template <class Request>
std::string Desk::purpose_of(const Request& request) {
  if constexpr (requires { request.purpose(); })
    return request.purpose();
  else
    return {};
}

}  // namespace mash::host
