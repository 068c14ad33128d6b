#include "cli/testing/fake_hub.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "merkle/tlog_proof.h"

namespace mash::cli::testing {
namespace {

grpc::Status refused(grpc::StatusCode code, const std::string& reason, const std::string& message) {
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  google::rpc::Status status;
  status.add_details()->PackFrom(info);
  return {code, message, status.SerializeAsString()};
}

}  // namespace

class FakeHub::Services final : public log::v1::LogService::Service,
                                public referral::v1::ReferralService::Service,
                                public vault::v1::VaultService::Service {
 public:
  explicit Services(FakeHub& hub) : hub_(hub), other_(SampleLog(40, {.record_epoch = 7})) {}

  uint64_t size() const {
    const uint64_t shown = hub_.behaviour.shown_size;
    return shown == 0 ? hub_.log_.size() : shown;
  }

  grpc::Status ReadLog(grpc::ServerContext*, const log::v1::ReadLogRequest* request,
                       grpc::ServerWriter<log::v1::ReadLogResponse>* writer) override {
    log::v1::ReadLogResponse response;
    for (uint64_t at = request->from(); at < size(); ++at)
      if (request->limit() == 0 || at < request->from() + request->limit())
        response.add_entries()->set_record(hub_.log_.record(at));
    if (response.entries_size() > 0) writer->Write(response);
    return grpc::Status::OK;
  }

  grpc::Status ReplayCase(grpc::ServerContext*, const log::v1::ReplayCaseRequest* request,
                          grpc::ServerWriter<log::v1::ReplayCaseResponse>* writer) override {
    if (request->case_id() != kSampleCase) return grpc::Status::OK;
    for (uint64_t at = 0; at < size(); at += 2) {
      log::v1::ReplayCaseResponse response;
      std::string record = hub_.log_.record(at);
      if (hub_.behaviour.changes_a_record && at == 6) record.back() ^= 1;
      response.add_entries()->set_record(record);
      response.add_tlog_proofs(proof(at));
      writer->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status GetCheckpoint(grpc::ServerContext*, const log::v1::GetCheckpointRequest*,
                             log::v1::GetCheckpointResponse* response) override {
    response->set_checkpoint(hub_.log_.checkpoint(size()));
    response->set_verifier_key(hub_.log_.key().verifier().str());
    return grpc::Status::OK;
  }

  grpc::Status GetInclusionProof(grpc::ServerContext*,
                                 const log::v1::GetInclusionProofRequest* request,
                                 log::v1::GetInclusionProofResponse* response) override {
    response->set_tlog_proof(proof(request->position()));
    return grpc::Status::OK;
  }

  grpc::Status GetConsistencyProof(grpc::ServerContext*,
                                   const log::v1::GetConsistencyProofRequest* request,
                                   log::v1::GetConsistencyProofResponse* response) override {
    const SampleLog& log = hub_.behaviour.other_history ? other_ : hub_.log_;
    for (const auto& hash : log.consistency(request->from_size(), request->to_size()))
      response->add_hashes(std::string(merkle::bytes_of(hash)));
    return grpc::Status::OK;
  }

  grpc::Status SubmitContact(grpc::ServerContext*,
                             const referral::v1::SubmitContactRequest* request,
                             referral::v1::SubmitContactResponse* response) override {
    const std::lock_guard lock(mutex_);
    if (hub_.behaviour.busy_answers > 0) {
      --hub_.behaviour.busy_answers;
      return refused(grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL", "The queue is full.");
    }
    if (request->source() == "99")
      return refused(grpc::StatusCode::INVALID_ARGUMENT, "FIELDS_INVALID", "No such source.");
    const auto [known, is_new] = positions_.emplace(request->request_id(), positions_.size());
    if (is_new) taken_.push_back(request->request_id());
    response->mutable_receipt()->set_position(known->second);
    response->mutable_receipt()->add_event_ids("e");
    response->mutable_receipt()->set_repeated_request(!is_new);
    response->set_referral_id("r-" + std::to_string(known->second));
    return grpc::Status::OK;
  }

  grpc::Status SubmitContacts(grpc::ServerContext* context,
                              grpc::ServerReader<referral::v1::SubmitContactsRequest>* reader,
                              referral::v1::SubmitContactsResponse* response) override {
    referral::v1::SubmitContactsRequest message;
    for (uint32_t index = 0; reader->Read(&message); ++index) {
      auto& contact = *response->add_contacts();
      contact.set_index(index);
      contact.set_request_id(message.contact().request_id());
      const auto status = SubmitContact(context, &message.contact(), contact.mutable_taken());
      if (status.ok()) continue;
      contact.mutable_refused()->ParseFromString(status.error_details());
      contact.mutable_refused()->set_code(status.error_code());
      contact.mutable_refused()->set_message(status.error_message());
    }
    ++streams_;
    return grpc::Status::OK;
  }

  int streams() const { return streams_; }

  grpc::Status RateReferral(grpc::ServerContext* context,
                            const referral::v1::RateReferralRequest* request,
                            referral::v1::RateReferralResponse* response) override {
    const auto who = context->client_metadata().find("mash-practitioner");
    if (who == context->client_metadata().end())
      return refused(grpc::StatusCode::UNAUTHENTICATED, "BAD_PRACTITIONER", "Who is acting?");
    response->mutable_receipt()->set_log("mash/E10000013/referral");
    response->mutable_receipt()->set_position(21);
    response->mutable_receipt()->set_version(request->expected_version() + 1);
    if (request->rating() == referral::v1::RATING_RED)
      response->mutable_receipt()->add_event_ids(request->request_id());
    return grpc::Status::OK;
  }

  grpc::Status DestroyKey(grpc::ServerContext*, const vault::v1::DestroyKeyRequest* request,
                          vault::v1::DestroyKeyResponse* response) override {
    const std::lock_guard lock(mutex_);
    destroyed_.push_back(*request);
    response->set_sealed_parts_removed(3);
    return grpc::Status::OK;
  }

  grpc::Status ListDestroyed(grpc::ServerContext*, const vault::v1::ListDestroyedRequest* request,
                             vault::v1::ListDestroyedResponse* response) override {
    const std::lock_guard lock(mutex_);
    const size_t page = request->page_token().empty() ? 0 : std::stoul(request->page_token());
    if (page < destroyed_.size()) {
      auto* key = response->add_keys();
      key->set_key_id(destroyed_[page].key_id());
      key->set_authority(destroyed_[page].authority());
      key->set_reason(destroyed_[page].reason());
    }
    if (page + 1 < destroyed_.size()) response->set_next_page_token(std::to_string(page + 1));
    return grpc::Status::OK;
  }

  std::vector<std::string> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

  std::unique_ptr<grpc::Server> server;

 private:
  std::string proof(uint64_t position) const {
    return merkle::TlogProof{
        position, hub_.log_.inclusion(position, size()), hub_.log_.checkpoint(size()), {}}
        .str();
  }

  FakeHub& hub_;
  SampleLog other_;
  std::mutex mutex_;
  std::map<std::string, uint64_t> positions_;
  std::vector<std::string> taken_;
  std::atomic<int> streams_ = 0;
  std::vector<vault::v1::DestroyKeyRequest> destroyed_;
};

FakeHub::FakeHub(uint64_t records) : log_(records), services_(std::make_unique<Services>(*this)) {
  for (const char* agency : {"auditor", "police", "social-care", "operator"}) pki_.issue(agency);
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = text_of(pki_.folder() / "ca.pem");
  tls.pem_key_cert_pairs.push_back(
      {text_of(pki_.folder() / "hub/key.pem"), text_of(pki_.folder() / "hub/cert.pem")});
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port);
  builder.RegisterService(static_cast<log::v1::LogService::Service*>(services_.get()));
  builder.RegisterService(static_cast<referral::v1::ReferralService::Service*>(services_.get()));
  builder.RegisterService(static_cast<vault::v1::VaultService::Service*>(services_.get()));
  services_->server = builder.BuildAndStart();
  address_ = "127.0.0.1:" + std::to_string(port);
}

FakeHub::~FakeHub() { services_->server->Shutdown(); }

std::vector<std::string> FakeHub::taken() const { return services_->taken(); }

int FakeHub::streams() const { return services_->streams(); }

Ran FakeHub::mash(std::vector<std::string> words, const std::string& input, bool asks) const {
  words.insert(words.end(), {"--address", address_, "--pki", pki_.folder().string()});
  return run_mash(std::move(words), input, asks);
}

}  // namespace mash::cli::testing
