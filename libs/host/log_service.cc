#include "host/log_service.h"

#include <atomic>
#include <utility>

#include "core/check.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "host/backup_job.h"
#include "host/log_entries.h"
#include "host/stream.h"
#include "host/verify_job.h"
#include "log/prover.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "merkle/checkpoint.h"
#include "merkle/tlog_proof.h"

namespace mash::host {
namespace {

namespace v1 = mash::log::v1;

// The log's size at the time the caller asked for; absent: it asked for none.
template <class Request>
Result<std::optional<uint64_t>> as_at_size(const log::EventLog& log, const Request& request) {
  if (!request.has_as_at()) return std::nullopt;
  return from_proto(request.as_at())
      .and_then([&](Time time) { return log.size_at(time); })
      .map([](uint64_t size) { return std::optional(size); });
}

std::vector<FieldFault> faults_of(const v1::ReadLogRequest& request) {
  std::vector<FieldFault> faults;
  if (request.follow() && request.backwards())
    faults.push_back({"backwards", "cannot go with follow"});
  if (request.follow() && request.has_as_at())
    faults.push_back({"as_at", "cannot go with follow: the past does not grow"});
  if (request.follow() && !request.purpose().empty())
    faults.push_back({"purpose", "cannot go with follow: each look would be content to follow"});
  return faults;
}

Result<merkle::Checkpoint> open_known(const log::EventLog& log, const std::string& note) {
  auto key = log.prover().verifier();
  if (!key) return tl::unexpected(std::move(key.error()));
  // A checkpoint of an earlier epoch bears that epoch's origin as its key's name.
  const std::string origin = note.substr(0, note.find('\n'));
  if (origin.starts_with(log.name() + "/")) key = key->named(origin);
  if (!key) return tl::unexpected(std::move(key.error()));
  return merkle::open_checkpoint(note, std::span(&*key, 1));
}

class LogServiceImpl final : public v1::LogService::CallbackService {
 public:
  LogServiceImpl(std::vector<ServedLog> logs, std::filesystem::path backups)
      : logs_(std::move(logs)), backups_(std::move(backups)) {
    MASH_CHECK(!logs_.empty());
  }

  grpc::ServerWriteReactor<v1::ReadLogResponse>* ReadLog(
      grpc::CallbackServerContext* call, const v1::ReadLogRequest* request) override {
    using Response = v1::ReadLogResponse;
    Desk& desk = desk_of(*request);
    return desk.stream<Response>(
        call, request,
        [this, request](const Context& context) -> Result<Pull<Response>> {
          return named(*request).and_then(
              [&](Desk* named) { return read_log(*named, *request, context); });
        },
        [request] { return faults_of(*request); });
  }

  grpc::ServerWriteReactor<v1::ReplayCaseResponse>* ReplayCase(
      grpc::CallbackServerContext* call, const v1::ReplayCaseRequest* request) override {
    using Response = v1::ReplayCaseResponse;
    return desk_of(*request).stream<Response>(
        call, request, [this, request](const Context& context) -> Result<Pull<Response>> {
          return named(*request).and_then(
              [&](Desk* named) { return replay_case(*named, *request, context); });
        });
  }

  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* call,
                                          const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override {
    return prove(call, request, [response](const log::Prover& prover) -> Result<void> {
      auto checkpoint = prover.checkpoint();
      if (!checkpoint) return tl::unexpected(std::move(checkpoint.error()));
      const auto key = prover.verifier();
      if (!key) return tl::unexpected(key.error());
      response->set_checkpoint(std::move(*checkpoint));
      response->set_verifier_key(key->str());
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetInclusionProof(grpc::CallbackServerContext* call,
                                              const v1::GetInclusionProofRequest* request,
                                              v1::GetInclusionProofResponse* response) override {
    return prove(call, request, [request, response](const log::Prover& prover) -> Result<void> {
      uint64_t size = request->size();
      if (size == 0) {
        auto file = prover.tlog_proof(request->position());
        if (!file) return tl::unexpected(std::move(file.error()));
        const auto parsed = merkle::TlogProof::parse(*file);
        if (!parsed) return tl::unexpected(parsed.error());
        const auto note = parsed->checkpoint.substr(0, parsed->checkpoint.find("\n\n") + 1);
        const auto checkpoint = merkle::Checkpoint::parse(note);
        if (!checkpoint) return tl::unexpected(checkpoint.error());
        size = checkpoint->size;
        response->set_tlog_proof(std::move(*file));
      }
      auto hashes = prover.proofs().inclusion_proof(request->position(), size);
      if (!hashes) return tl::unexpected(std::move(hashes.error()));
      for (const auto& hash : *hashes) response->add_hashes(std::string(merkle::bytes_of(hash)));
      response->set_size(size);
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetConsistencyProof(
      grpc::CallbackServerContext* call, const v1::GetConsistencyProofRequest* request,
      v1::GetConsistencyProofResponse* response) override {
    return prove(call, request, [request, response](const log::Prover& prover) -> Result<void> {
      auto proofs = prover.proofs();
      const uint64_t to = request->to_size() == 0 ? proofs.size() : request->to_size();
      auto hashes = proofs.consistency_proof(request->from_size(), to);
      if (!hashes) return tl::unexpected(std::move(hashes.error()));
      for (const auto& hash : *hashes) response->add_hashes(std::string(merkle::bytes_of(hash)));
      response->set_to_size(to);
      return {};
    });
  }

  grpc::ServerUnaryReactor* GetTile(grpc::CallbackServerContext* call,
                                    const v1::GetTileRequest* request,
                                    v1::GetTileResponse* response) override {
    return prove(call, request, [request, response](const log::Prover& prover) -> Result<void> {
      const std::size_t width = request->width() == 0 ? merkle::kTileWidth : request->width();
      if (request->level() >= merkle::kTileLevels || width > merkle::kTileWidth)
        return refuse(Code::kOutOfRange, "TILE_OUT_OF_RANGE", "There is no such tile.");
      auto hashes =
          prover.proofs().tile({static_cast<uint8_t>(request->level()), request->index()}, width);
      if (!hashes) return tl::unexpected(std::move(hashes.error()));
      response->set_hashes(std::move(*hashes));
      return {};
    });
  }

  grpc::ServerWriteReactor<v1::VerifyLogResponse>* VerifyLog(
      grpc::CallbackServerContext* call, const v1::VerifyLogRequest* request) override {
    using Response = v1::VerifyLogResponse;
    return desk_of(*request).stream<Response>(
        call, request, [this, request](const Context&, Wake wake) -> Result<Pull<Response>> {
          return named(*request).and_then(
              [&](Desk* named) { return verify_log(named->log(), *request, std::move(wake)); });
        });
  }

  grpc::ServerWriteReactor<v1::BackupLogResponse>* BackupLog(
      grpc::CallbackServerContext* call, const v1::BackupLogRequest* request) override {
    using Response = v1::BackupLogResponse;
    return desk_of(*request).stream<Response>(
        call, request, [this, request](const Context&, Wake wake) -> Result<Pull<Response>> {
          return named(*request).and_then(
              [&](Desk* named) { return backup_log(named->log(), *request, std::move(wake)); });
        });
  }

  grpc::ServerUnaryReactor* ListFeeds(grpc::CallbackServerContext* call,
                                      const v1::ListFeedsRequest* request,
                                      v1::ListFeedsResponse* response) override {
    return desk_of(*request).query(call, request,
                                   [this, request, response](const Context&) -> Result<Looks> {
                                     const auto served = served_log(*request);
                                     if (!served) return tl::unexpected(served.error());
                                     response->clear_feeds();
                                     for (const FollowedLog* followed : (*served)->followed) {
                                       auto standing = followed->standing();
                                       if (!standing)
                                         return tl::unexpected(std::move(standing.error()));
                                       *response->add_feeds() = std::move(*standing);
                                     }
                                     return Looks{};
                                   });
  }

  grpc::ServerUnaryReactor* RetryParked(grpc::CallbackServerContext* call,
                                        const v1::RetryParkedRequest* request,
                                        v1::RetryParkedResponse* response) override {
    return desk_of(*request).later(
        call, request, Kind::kCommand,
        [this, request, response](const Context&, const Desk::Answer& answer) {
          const auto followed = followed_log(*request);
          if (!followed) return answer(tl::unexpected(followed.error()));
          if (request->stream().empty()) {
            (*followed)->go_on();
            return answer({});
          }
          (*followed)->retry(request->stream(), [response, answer](Result<uint64_t> records) {
            answer(records.map([&](uint64_t count) { response->set_records(count); }));
          });
        });
  }

 private:
  // The log a request names; without a name, the first.
  template <class Request>
  Result<const ServedLog*> served_log(const Request& request) const {
    if (request.log().empty()) return &logs_.front();
    std::string names;
    for (const ServedLog& log : logs_) {
      if (log.name == request.log()) return &log;
      names += (names.empty() ? "" : ", ") + log.name;
    }
    return refuse(Code::kNotFound, "LOG_UNKNOWN", "This server has these logs: " + names + ".");
  }
  template <class Request>
  Result<Desk*> named(const Request& request) const {
    return served_log(request).map([](const ServedLog* log) { return &log->desk; });
  }

  Result<FollowedLog*> followed_log(const v1::RetryParkedRequest& request) const {
    const auto served = served_log(request);
    if (!served) return tl::unexpected(served.error());
    for (FollowedLog* followed : (*served)->followed)
      if (followed->name() == request.feed()) return followed;
    return refuse(Code::kNotFound, "FEED_UNKNOWN", "This log does not follow one of that name.");
  }

  // Whose desk the call goes over; when it names no log, any: it will be refused there.
  template <class Request>
  Desk& desk_of(const Request& request) const {
    const auto desk = named(request);
    return desk ? **desk : logs_.front().desk;
  }

  // A query about what a log can prove: it shows nothing personal.
  template <class Request>
  grpc::ServerUnaryReactor* prove(grpc::CallbackServerContext* call, const Request* request,
                                  std::function<Result<void>(const log::Prover&)> ask) const {
    return desk_of(*request).query(
        call, request, [this, request, ask = std::move(ask)](const Context&) -> Result<Looks> {
          return named(*request)
              .and_then([&](Desk* desk) { return ask(desk->log().prover()); })
              .map([] { return Looks{}; });
        });
  }

  // A record as this caller may see it.
  static Result<v1::LogEntry> entry_for(const Desk& desk, const Actor& actor, log::Record record,
                                        Shown shown, Looks& looks) {
    const auto may = shown_of(record, shown, actor, desk.parts().admits);
    if (!may) return tl::unexpected(may.error());
    return entry_of(desk.log(), std::move(record), *may, looks);
  }

  static Result<Pull<v1::ReadLogResponse>> read_log(const Desk& desk,
                                                    const v1::ReadLogRequest& request,
                                                    const Context& context) {
    const log::EventLog& log = desk.log();
    const auto shown = shown_to(context.actor, request.purpose(), request.with_sealed());
    if (!shown) return tl::unexpected(shown.error());
    const auto as_at = as_at_size(log, request);
    if (!as_at) return tl::unexpected(as_at.error());
    std::optional<uint64_t> end;
    if (!request.follow()) end = as_at->value_or(log.size());

    log::ScanQuery query{.from = request.from(),
                         .as_at_size = {},
                         .backwards = request.backwards(),
                         .with_sealed = *shown != Shown::kRecord,
                         .stream = request.stream(),
                         .case_id = request.case_id(),
                         .types = {request.types().begin(), request.types().end()}};
    if (query.backwards && query.from == 0) query.from = *end;
    auto pager = std::make_shared<RecordPager>(log, std::move(query), end, request.limit());
    return [&desk, pager, shown = *shown, actor = context.actor](v1::ReadLogResponse& message,
                                                                 Looks& looks) -> Result<Next> {
      auto page = pager->next();
      if (!page) return tl::unexpected(std::move(page.error()));
      if (page->empty()) return pager->ended() ? Next::kEnd : Next::kWait;
      if (shown == Shown::kContent) hold_keys(desk.log(), *page);
      for (log::Record& record : *page) {
        auto entry = entry_for(desk, actor, std::move(record), shown, looks);
        if (!entry) return tl::unexpected(std::move(entry.error()));
        *message.add_entries() = std::move(*entry);
      }
      return Next::kMessage;
    };
  }

  // Proofs of many records that all lead to one checkpoint.
  struct Proofs {
    std::string checkpoint;
    uint64_t size = 0;
    merkle::TreeReader tree;

    Result<std::string> of(uint64_t position) {
      return tree.inclusion_proof(position, size).map([&](std::vector<merkle::Hash> hashes) {
        return merkle::TlogProof{position, std::move(hashes), checkpoint, {}}.str();
      });
    }
  };

  static Result<std::shared_ptr<Proofs>> proofs_of(const log::EventLog& log) {
    auto note = log.prover().checkpoint();
    if (!note) return tl::unexpected(std::move(note.error()));
    const auto checkpoint = merkle::Checkpoint::parse(note->substr(0, note->find("\n\n") + 1));
    if (!checkpoint) return tl::unexpected(checkpoint.error());
    return std::make_shared<Proofs>(
        Proofs{std::move(*note), checkpoint->size, log.prover().proofs()});
  }

  static Result<Pull<v1::ReplayCaseResponse>> replay_case(const Desk& desk,
                                                          const v1::ReplayCaseRequest& request,
                                                          const Context& context) {
    const log::EventLog& log = desk.log();
    const auto shown = shown_to(context.actor, request.purpose(), false);
    if (!shown) return tl::unexpected(shown.error());
    const auto as_at = as_at_size(log, request);
    if (!as_at) return tl::unexpected(as_at.error());
    uint64_t end = as_at->value_or(log.size());
    std::shared_ptr<Proofs> proofs;
    if (request.with_proofs()) {
      auto made = proofs_of(log);
      if (!made) return tl::unexpected(std::move(made.error()));
      proofs = std::move(*made);
      end = std::min(end, proofs->size);
    }
    auto pager = std::make_shared<RecordPager>(
        log, log::ScanQuery{.with_sealed = *shown != Shown::kRecord, .case_id = request.case_id()},
        end, 0);
    return [&desk, pager, proofs, shown = *shown, actor = context.actor](
               v1::ReplayCaseResponse& message, Looks& looks) -> Result<Next> {
      auto page = pager->next();
      if (!page) return tl::unexpected(std::move(page.error()));
      if (page->empty()) return Next::kEnd;
      if (shown == Shown::kContent) hold_keys(desk.log(), *page);
      for (log::Record& record : *page) {
        if (proofs) {
          auto proof = proofs->of(record.prefix.position);
          if (!proof) return tl::unexpected(std::move(proof.error()));
          message.add_tlog_proofs(std::move(*proof));
        }
        auto entry = entry_for(desk, actor, std::move(record), shown, looks);
        if (!entry) return tl::unexpected(std::move(entry.error()));
        *message.add_entries() = std::move(*entry);
      }
      return Next::kMessage;
    };
  }

  Result<Pull<v1::VerifyLogResponse>> verify_log(const log::EventLog& log,
                                                 const v1::VerifyLogRequest& request, Wake wake) {
    log::VerifyOptions options{.with_views = request.with_views()};
    if (!request.checkpoint().empty()) {
      auto known = open_known(log, request.checkpoint());
      if (!known) return tl::unexpected(std::move(known.error()));
      options.known = std::move(*known);
    }
    if (verifying_.exchange(true))
      return tl::unexpected(Error{.code = Code::kResourceExhausted,
                                  .reason = "VERIFY_RUNNING",
                                  .message = "A verification is running; one at a time.",
                                  .retry_after = std::chrono::seconds(5)});
    // Frees the place when the stream ends, however it does.
    const std::shared_ptr<void> place(nullptr, [this](void*) { verifying_ = false; });
    auto job = std::make_shared<VerifyJob>(log, std::move(options), std::move(wake));
    return [place, job, ended = false](v1::VerifyLogResponse& message,
                                       Looks&) mutable -> Result<Next> {
      if (ended) return Next::kEnd;
      const auto progress = job->take_progress();
      if (!progress) return Next::kWait;
      message.set_records_checked(progress->done);
      message.set_records_total(progress->total);
      if (!progress->report) return Next::kMessage;
      if (!*progress->report) return tl::unexpected(progress->report->error());
      for (const auto& found : (**progress->report).faults) {
        auto& fault = *message.add_faults();
        fault.set_position(found.position);
        fault.set_reason(found.reason);
        fault.set_message(found.message);
      }
      message.set_done(true);
      ended = true;
      return Next::kMessage;
    };
  }

  Result<Pull<v1::BackupLogResponse>> backup_log(const log::EventLog& log,
                                                 const v1::BackupLogRequest& request,
                                                 Wake wake) const {
    if (!is_backup_name(request.name()))
      return tl::unexpected(invalid_request(
          {{"name",
            "must be letters, digits, '-', '_' and '.', at most 64, a letter or digit first"}}));
    const auto folder = backups_ / request.name() / log.options().service;
    auto job = std::make_shared<BackupJob>(log, folder, std::move(wake));
    return [&log, job, folder, ended = false](v1::BackupLogResponse& message,
                                              Looks&) mutable -> Result<Next> {
      if (ended) return Next::kEnd;
      const auto head = job->take_result();
      if (!head) return Next::kWait;
      if (!*head) return tl::unexpected(head->error());
      message.set_log(log.name());
      message.set_epoch((**head).epoch);
      message.set_size((**head).size);
      message.set_root(std::string(merkle::bytes_of((**head).root)));
      message.set_folder(folder.string());
      ended = true;
      return Next::kMessage;
    };
  }

  const std::vector<ServedLog> logs_;
  const std::filesystem::path backups_;
  std::atomic<bool> verifying_{false};
};

}  // namespace

std::unique_ptr<grpc::Service> make_log_service(std::vector<ServedLog> logs,
                                                std::filesystem::path backups) {
  return std::make_unique<LogServiceImpl>(std::move(logs), std::move(backups));
}

}  // namespace mash::host
