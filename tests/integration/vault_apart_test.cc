#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "core/testing/ports.h"
#include "feed/messages.h"
#include "host/log_entries.h"
#include "integration/grpc_helpers.h"
#include "integration/hub_test.h"
#include "integration/test_hub.h"
#include "integration/vault_holder.h"
#include "log/verify.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "vault/part.h"

// The vault as a process of its own: what its holders can do while it is there, while it is away,
// and what is left with them of a key that was destroyed.
namespace mash::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::steady_clock;
using vault::v1::VaultService;

bool is_whole(const log::EventLog& log) {
  const auto report = log::verify(log, {});
  return report && report->intact();
}

// How long a destruction waits at once for services to confirm.
constexpr std::chrono::milliseconds kConfirming{500};

class VaultApart : public ::testing::Test {
 protected:
  VaultApart() {
    referral_.start(vault_.connect(vault_.pki().agency("hub", "referral")));
    sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
    pass(hours(3));  // whatever a vault before this one may have given away is over
  }

  void pass(steady_clock::duration time) { now_ = now_.load() + time; }

  Result<vault::v1::DestroyKeyResponse> destroy(const std::string& key_id) {
    vault::v1::DestroyKeyRequest request;
    request.set_request_id(new_request_id());
    request.set_key_id(key_id);
    request.set_authority("RET-7");
    request.set_reason("Retention is over.");
    return vault_.call(kRecordsManager, &VaultService::Stub::DestroyKey, request);
  }
  std::string destroyed(const std::string& key_id) {
    const auto response = destroy(key_id);
    return response ? "destroyed" : response.error().reason;
  }

  // How many sealed parts were removed, once all holders have confirmed: that may take more than
  // one asking, where the machine is busy.
  uint64_t removed_with(const std::string& key_id) {
    uint64_t removed = 0;
    EXPECT_TRUE(eventually([&] {
      const auto done = destroy(key_id);
      if (done) removed = done->sealed_parts_removed();
      return done.has_value();
    }));
    return removed;
  }
  static bool has_erased(VaultHolder& holder, const std::string& key_id) {
    return eventually([&] { return holder.name_of(key_id) == "erased"; });
  }

  // How many records the vault's log has.
  uint64_t logged() {
    log::v1::GetCheckpointRequest request;
    request.set_log("vault");
    const auto at =
        vault_.call(kAuditor, &log::v1::LogService::Stub::GetCheckpoint, request).value();
    return feed::size_of_checkpoint(at.checkpoint()).value();
  }

  // One call as a system of the hub itself.
  template <class Request, class Response>
  std::string say(const std::string& system,
                  grpc::Status (VaultService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                  const Request& request, Response& response) {
    VaultService::Stub stub(vault_.connect(vault_.pki().agency("hub", system)));
    grpc::ClientContext context;
    TestHub::dress(context, {"hub", "", "service"});
    const grpc::Status status = (stub.*method)(&context, request, &response);
    return status.ok() ? "" : host::from_status(status).reason;
  }

  // A person that both hold something of.
  std::string add_to_both(const std::string& name) {
    const std::string id = referral_.add(name).value();
    EXPECT_TRUE(sharing_.add(name, id).has_value());
    return id;
  }

  void restart_vault() {
    vault_.stop();
    vault_.start();
  }

  std::atomic<steady_clock::time_point> now_{steady_clock::time_point(hours(1))};
  const std::function<steady_clock::time_point()> clock_ = [this] { return now_.load(); };
  const vault::LeaseTimes lease_times_{.confirming = kConfirming};
  const SystemClock system_clock_;
  const int port_ = claim_ports(1);
  TestHub vault_{
      [this](host::Config& config) {
        config.listen = "127.0.0.1:" + std::to_string(port_);
        config.agencies["hub"] = {.roles = {"service"}, .systems = {}};
        config.peer_referral = config.peer_sharing = "127.0.0.1:1";
        config.kafka_brokers = "127.0.0.1:1";
      },
      {},
      [this]() -> std::vector<node::Part> { return {vault::part(lease_times_, clock_)}; }};
  VaultHolder referral_{"referral", vault_.folder(), system_clock_, clock_};
  VaultHolder sharing_{"sharing", vault_.folder(), system_clock_, clock_};
};

TEST_F(VaultApart, WithTheVaultAwayIntakeGoesOnAndWhatIsLeasedLastsToItsEnd) {
  const std::string id = add_to_both("Other");
  EXPECT_EQ(referral_.name_of(id), "Other");
  EXPECT_EQ(sharing_.name_of(id), "Other");

  vault_.stop();
  pass(seconds(59));
  EXPECT_EQ(sharing_.name_of(id), "Other");
  pass(seconds(1));
  EXPECT_EQ(sharing_.name_of(id), "VAULT_UNAVAILABLE");
  EXPECT_EQ(referral_.name_of(id), "Other") << "it was held ahead";
  pass(minutes(60));
  const auto taken = referral_.add("Taken");
  ASSERT_TRUE(taken.has_value()) << taken.error().reason;
  EXPECT_EQ(referral_.name_of(*taken), "Taken");
  pass(hours(1));
  EXPECT_EQ(referral_.name_of(*taken), "VAULT_UNAVAILABLE");
  EXPECT_EQ(referral_.add("Refused").error().reason, "VAULT_UNAVAILABLE");

  vault_.start();
  EXPECT_TRUE(eventually([&] { return sharing_.name_of(id) == "Other"; }));
  EXPECT_TRUE(eventually([&] { return referral_.name_of(*taken) == "Taken"; }));
  EXPECT_TRUE(eventually([&] { return referral_.add("Next").has_value(); }));
}

TEST_F(VaultApart, AKeyIsDestroyedWhenEveryHolderHasErasedWhatItSealed) {
  const std::string id = add_to_both("Planted");
  const std::string other = add_to_both("Kept");
  EXPECT_EQ(removed_with(id), 2U);
  for (VaultHolder* holder : {&referral_, &sharing_}) {
    EXPECT_EQ(holder->name_of(id), "erased");
    EXPECT_EQ(holder->name_of(other), "Kept");
    EXPECT_EQ(holder->keys().lease(id).error().reason, "KEY_DESTROYED");
    EXPECT_EQ(holder->ring().seal(id, "", "more").error().reason, "KEY_DESTROYED");
    const auto sealed =
        holder->log().read_stream("person/" + id, 1, {}, /*with_sealed=*/true)->records.front();
    EXPECT_FALSE(sealed.sealed.has_value() && !sealed.sealed->ciphertext().empty());
    EXPECT_TRUE(is_whole(holder->log()));
  }
}

TEST_F(VaultApart, AHolderThatIsGoneIsWaitedForUntilItsLeaseIsOverAndErasesWhenItComesBack) {
  const std::string id = add_to_both("Planted");
  sharing_.stop();
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY");
  EXPECT_TRUE(has_erased(referral_, id));
  pass(minutes(2));
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY") << "it was given ahead, for two hours";
  restart_vault();
  pass(minutes(119));
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY") << "since its start anybody may hold anything";
  pass(minutes(2));
  EXPECT_EQ(destroyed(id), "destroyed");

  sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
  EXPECT_EQ(sharing_.name_of(id), "erased") << "nobody can open it, whatever is still there";
  EXPECT_TRUE(eventually([&] {
    const auto record =
        sharing_.log().read_stream("person/" + id, 1, {}, /*with_sealed=*/true)->records.front();
    return !record.sealed || record.sealed->ciphertext().empty();
  }));
  EXPECT_TRUE(is_whole(sharing_.log()));
}

TEST_F(VaultApart, AHolderThatComesBackInTimeIsHeard) {
  const std::string id = add_to_both("Planted");
  sharing_.stop();
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY");
  sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
  EXPECT_TRUE(eventually([&] { return destroyed(id) == "destroyed"; })) << "no lease is over";
  EXPECT_EQ(sharing_.name_of(id), "erased");
}

TEST_F(VaultApart, WhatAHolderConfirmedIsKnownToAVaultThatStartsAnew) {
  const std::string id = add_to_both("Planted");
  sharing_.stop();
  const uint64_t order = logged();
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY");
  EXPECT_TRUE(referral_.has_followed(order + 1));
  EXPECT_EQ(referral_.name_of(id), "erased");
  restart_vault();
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY") << "the other has not";
  sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
  // No lease is over, and the first does not confirm again.
  EXPECT_EQ(removed_with(id), 2U) << "with what the first had removed before";
  EXPECT_EQ(sharing_.name_of(id), "erased");
}

TEST_F(VaultApart, AnOrderIsDoneWhenTheLastHasConfirmedAlsoWhereNobodyAsksAgain) {
  const std::string id = add_to_both("Planted");
  sharing_.stop();
  EXPECT_EQ(destroyed(id), "HOLDER_AWAY");
  restart_vault();
  restart_vault();
  sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
  EXPECT_TRUE(eventually([&] {
    const auto listed = vault_.call(kRecordsManager, &VaultService::Stub::ListDestroyed,
                                    vault::v1::ListDestroyedRequest());
    return listed && listed->keys_size() == 1 && listed->keys(0).has_destroyed_at();
  }));
}

TEST_F(VaultApart, AThousandKeysAreLeasedAtOnceAndLeasedAnewWhileInUse) {
  // A call may not be answered in time where the machine is busy: then it is made again.
  Result<std::vector<vault::DataKey>> minted = tl::unexpected(Error());
  ASSERT_TRUE(eventually([&] { return (minted = referral_.keys().mint(1'000)).has_value(); }));
  ASSERT_GE(minted->size(), 1'000U);
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 1'000; ++i) ids.push_back((*minted)[i].id);
  vault::v1::LeaseKeysRequest request;
  vault::v1::LeaseKeysResponse response;
  for (const std::string& id : ids) request.add_key_ids(id);
  ASSERT_EQ(say("sharing", &VaultService::Stub::LeaseKeys, request, response), "");
  ASSERT_EQ(response.keys_size(), 1'000);
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(response.keys(i).key_id(), ids[static_cast<std::size_t>(i)]);
    EXPECT_EQ(response.keys(i).key().size(), vault::kKeyBytes);
  }
  request.add_key_ids(ids[0]);
  EXPECT_EQ(say("sharing", &VaultService::Stub::LeaseKeys, request, response), "INVALID_REQUEST");

  for (const std::string& id : ids)
    ASSERT_TRUE(eventually([&] { return sharing_.keys().lease(id).has_value(); }));
  EXPECT_EQ(sharing_.keys().renew().value(), 0u) << "there is time enough";
  pass(seconds(35));
  std::size_t renewed = 0;
  EXPECT_TRUE(eventually([&] {
    const auto some = sharing_.keys().renew();
    renewed += some.value_or(0);
    return some && *some == 0;  // it does so by itself, too
  }));
  EXPECT_LE(renewed, 1'000U);
  vault_.stop();
  pass(seconds(55));
  for (const std::string& id : ids) ASSERT_TRUE(sharing_.keys().lease(id).has_value());
  pass(seconds(5));
  EXPECT_EQ(sharing_.keys().lease(ids[0]).error().reason, "VAULT_UNAVAILABLE");
}

TEST_F(VaultApart, APageOfManyPersonsIsLeasedInOneCall) {
  std::vector<std::string> ids;
  for (int i = 0; i < 120; ++i) ids.push_back(add_to_both("Other"));
  sharing_.stop();
  sharing_.start(vault_.connect(vault_.pki().agency("hub", "sharing")));
  std::vector<log::Record> page;
  for (uint64_t at = 0; at < 100; ++at)
    page.push_back(sharing_.log().read(at, /*with_sealed=*/true).value());
  const uint64_t before = sharing_.keys().lease_calls();
  host::hold_keys(sharing_.log(), page);
  EXPECT_EQ(sharing_.keys().lease_calls() - before, 1U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(sharing_.name_of(ids[i]), "Other");
  EXPECT_EQ(sharing_.keys().lease_calls() - before, 1U) << "all of them were at hand";
  EXPECT_EQ(sharing_.name_of(ids[110]), "Other");
  EXPECT_EQ(sharing_.keys().lease_calls() - before, 2U) << "which was not";
}

TEST_F(VaultApart, KeysAreGivenToItsHoldersAndToNobodyElse) {
  const std::string id = add_to_both("Other");
  vault::v1::LeaseKeysRequest lease;
  lease.add_key_ids(id);
  for (const Caller& caller : {kPolice, kTriage, kAuditor, kOperator, kRecordsManager})
    EXPECT_EQ(vault_.call(caller, &VaultService::Stub::LeaseKeys, lease).error().reason,
              "ROLE_MAY_NOT_CALL");
  vault::v1::LeaseKeysResponse leased;
  EXPECT_EQ(say("console", &VaultService::Stub::LeaseKeys, lease, leased), "NO_HOLDER_OF_KEYS");
  EXPECT_EQ(leased.keys_size(), 0);
  vault::v1::MintKeysRequest mint;
  vault::v1::MintKeysResponse minted;
  mint.set_count(1);
  EXPECT_EQ(say("console", &VaultService::Stub::MintKeys, mint, minted), "NO_HOLDER_OF_KEYS");
  mint.set_count(65'537);
  EXPECT_EQ(say("referral", &VaultService::Stub::MintKeys, mint, minted), "INVALID_REQUEST");
  vault::v1::ConfirmDroppedRequest confirm;
  vault::v1::ConfirmDroppedResponse confirmed;
  confirm.add_key_ids(id);
  EXPECT_EQ(say("referral", &VaultService::Stub::ConfirmDropped, confirm, confirmed),
            "KEY_NOT_DESTROYED");
  EXPECT_EQ(say("console", &VaultService::Stub::ConfirmDropped, confirm, confirmed),
            "NO_HOLDER_OF_KEYS");
}

}  // namespace
}  // namespace mash::testing
