#include "node/remote_log.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "log/record.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "node/peer.h"

namespace mash::node {
namespace {

using feed::v1::TopicRecord;
using mash::log::v1::LogService;
using std::chrono::milliseconds;

constexpr milliseconds kReadPatience{30'000};
constexpr char kAway[] = "ORIGIN_UNAVAILABLE";

class RemoteLog final : public feed::Origin {
 public:
  RemoteLog(std::shared_ptr<grpc::Channel> owner, std::string service)
      : stub_(LogService::NewStub(std::move(owner))), service_(std::move(service)) {}

  Result<std::vector<TopicRecord>> read(uint64_t from, uint64_t limit) override {
    auto request = asking<mash::log::v1::ReadLogRequest>();
    request.set_from(from);
    request.set_limit(limit);
    return read(request, from + limit);
  }

  Result<std::vector<TopicRecord>> read_stream(std::string_view stream, uint64_t from,
                                               uint64_t below) override {
    auto request = asking<mash::log::v1::ReadLogRequest>();
    request.set_from(from);
    request.set_stream(std::string(stream));
    return read(request, below);
  }

  Result<std::vector<merkle::Hash>> consistency_proof(uint64_t from, uint64_t to) override {
    auto request = asking<mash::log::v1::GetConsistencyProofRequest>();
    request.set_from_size(from);
    request.set_to_size(to);
    const auto answer = ask(&LogService::Stub::GetConsistencyProof, request, kReadPatience);
    if (!answer) return tl::unexpected(answer.error());
    std::vector<merkle::Hash> hashes;
    for (const std::string& bytes : answer->hashes()) {
      const auto hash = merkle::hash_from_bytes(bytes);
      if (!hash) return tl::unexpected(hash.error());
      hashes.push_back(*hash);
    }
    return hashes;
  }

  Result<std::string> checkpoint(milliseconds patience) override {
    return ask(&LogService::Stub::GetCheckpoint, asking<mash::log::v1::GetCheckpointRequest>(),
               patience)
        .map([](const auto& answer) { return answer.checkpoint(); });
  }

  Result<merkle::VerifierKey> verifier(milliseconds patience) override {
    return ask(&LogService::Stub::GetCheckpoint, asking<mash::log::v1::GetCheckpointRequest>(),
               patience)
        .and_then(
            [](const auto& answer) { return merkle::VerifierKey::parse(answer.verifier_key()); });
  }

 private:
  template <class Request>
  Request asking() const {
    Request request;
    request.set_log(service_);
    return request;
  }

  template <class Request, class Answer>
  Result<Answer> ask(grpc::Status (LogService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Answer*),
                     const Request& request, milliseconds patience) {
    grpc::ClientContext context;
    dress(context, patience);
    Answer answer;
    const grpc::Status status = ((*stub_).*method)(&context, request, &answer);
    if (!status.ok()) return tl::unexpected(error_of(status, kAway));
    return answer;
  }

  // Those below a position.
  Result<std::vector<TopicRecord>> read(mash::log::v1::ReadLogRequest& request, uint64_t below) {
    request.set_with_sealed(true);
    grpc::ClientContext context;
    dress(context, kReadPatience);
    const auto reader = stub_->ReadLog(&context, request);
    std::vector<TopicRecord> records;
    for (mash::log::v1::ReadLogResponse response; reader->Read(&response);)
      for (mash::log::v1::LogEntry& entry : *response.mutable_entries()) {
        const auto prefix = mash::log::decode_prefix(entry.record());
        if (!prefix) return tl::unexpected(prefix.error());
        if (prefix->position >= below) continue;
        TopicRecord& record = records.emplace_back();
        record.set_record(std::move(*entry.mutable_record()));
        if (entry.has_sealed()) *record.mutable_sealed() = std::move(*entry.mutable_sealed());
      }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return tl::unexpected(error_of(status, kAway));
    return records;
  }

  const std::unique_ptr<LogService::Stub> stub_;
  const std::string service_;
};

}  // namespace

std::unique_ptr<feed::Origin> make_remote_log(std::shared_ptr<grpc::Channel> owner,
                                              std::string service) {
  return std::make_unique<RemoteLog>(std::move(owner), std::move(service));
}

}  // namespace mash::node
