#pragma once
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/testing/ports.h"
#include "integration/grpc_helpers.h"
#include "integration/hub_test.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "referral/part.h"
#include "vault/part.h"

namespace mash::testing {

inline referral::v1::SubmitContactRequest contact_to_erase() {
  auto contact = message<referral::v1::SubmitContactRequest>(R"(
    source: "6"
    children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
    account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
  contact.set_request_id(new_request_id());
  return contact;
}

inline vault::v1::DestroyKeyRequest destruction_of(const std::string& key_id) {
  vault::v1::DestroyKeyRequest request;
  request.set_request_id(new_request_id());
  request.set_key_id(key_id);
  request.set_authority("RET-7");
  request.set_reason("Retention is over.");
  return request;
}

// How mash-vault and mash-referral are run; what is not said is as a program has it.
struct Apart {
  std::string brokers = "127.0.0.1:1";  // that are not there
  const Clock* clock = nullptr;         // of both
  node::LeaseNow lease_now = std::chrono::steady_clock::now;
  uint64_t keys_ahead_max = host::Config().keys_ahead_max;  // of mash-referral
};

// mash-vault and mash-referral as they are apart: each with a folder, a server and a log of its
// own, under one authority.
class VaultAndReferral {
 public:
  explicit VaultAndReferral(const Apart& apart)
      : vault_(
            [&](host::Config& config) {
              config.listen = address_;
              config.agencies["hub"] = {.roles = {"service"}, .systems = {}};
              config.peer_referral = "127.0.0.1:1";  // it is given keys, and asked nothing
              config.kafka_brokers = apart.brokers;
            },
            {.clock = apart.clock},
            [now = apart.lease_now] { return std::vector<node::Part>{vault::part({}, now)}; }),
        referral_(
            [&](host::Config& config) {
              const auto service = vault_.pki().service("referral");
              const auto folder = config.data.parent_path() / "pki";
              write_file(folder / "ca.pem", vault_.pki().authority());
              write_file(folder / "cert.pem", service.certificate);
              write_file(folder / "key.pem", service.key);
              config.metrics_listen = "127.0.0.1:0";
              config.peer_vault = address_;
              config.kafka_brokers = apart.brokers;
              config.keys_ahead_max = apart.keys_ahead_max;
            },
            {.clock = apart.clock, .lease_now = apart.lease_now},
            [] { return std::vector<node::Part>{referral::part()}; }) {}

  TestHub& vault() { return vault_; }
  // Stops mash-referral and starts it again on its data, with no key in memory.
  void restart_referral() {
    channels_.clear();
    referral_.stop();
    referral_.start();
  }
  std::string metrics() { return http_get(referral_.hub().metrics_port(), "/metrics"); }

  // One call of mash-referral.
  template <class Service, class Request, class Response>
  Result<Response> call(const Caller& caller,
                        grpc::Status (Service::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                        const Request& request) {
    auto& channel = channels_[caller.agency];
    if (!channel)
      channel =
          connect_with(vault_.pki(), vault_.pki().agency(caller.agency), referral_.hub().port());
    Service stub(channel);
    grpc::ClientContext context;
    TestHub::dress(context, caller);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return tl::unexpected(host::from_status(status));
    return response;
  }

  referral::v1::SubmitContactResponse submit() {
    const auto taken =
        call(kPolice, &referral::v1::ReferralService::Stub::SubmitContact, contact_to_erase());
    EXPECT_EQ(told(taken), "accepted");
    return taken.value_or(referral::v1::SubmitContactResponse());
  }
  std::string destroy(const std::string& key_id) {
    return told(vault_.call(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey,
                            destruction_of(key_id)));
  }

  // How mash-referral follows the vault's log, as an operator sees it.
  log::v1::FeedStatus feed() {
    log::v1::ListFeedsRequest request;
    request.set_log("referral");
    const auto listed = call(kOperator, &log::v1::LogService::Stub::ListFeeds, request);
    EXPECT_EQ(told(listed), "accepted");
    if (!listed || listed->feeds_size() != 1) return {};
    return listed->feeds(0);
  }
  std::string retry(const std::string& stream = "") {
    log::v1::RetryParkedRequest request;
    request.set_log("referral");
    request.set_feed("mash/E10000013/vault");
    request.set_stream(stream);
    return told(call(kOperator, &log::v1::LogService::Stub::RetryParked, request));
  }

 private:
  const std::string address_ = "127.0.0.1:" + std::to_string(claim_ports(1));
  TestHub vault_;
  TestHub referral_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;  // to mash-referral, by agency
};

}  // namespace mash::testing
