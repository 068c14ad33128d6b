#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "log/event_log.h"
#include "log/handle.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "merkle/signing_key.h"
#include "vault/destruction.h"
#include "vault/destructions_view.h"
#include "vault/eraser.h"
#include "vault/key_ring.h"
#include "vault/leases.h"
#include "vault/testing/temp_vault.h"
#include "vault/vault.h"

// Services apart that confirm, and a vault that starts anew while a destruction is under way: no
// lease is over.
namespace mash::vault {
namespace {

class Confirmed : public ::testing::Test {
 protected:
  Confirmed() { open(); }

  void open() {
    ring_.emplace(*vault_);
    log::LogOptions options;
    options.directory = vault_.folder() / "vault";
    options.area = "E10000013";
    options.service = "vault";
    options.clock = &vault_.clock;
    options.keys = &*ring_;
    options.signer = &signer_;
    options.memtable_bytes = 4 << 20;
    options.block_cache_bytes = 4 << 20;
    options.views.push_back(std::make_unique<DestructionsView>());
    orders_ = std::move(log::EventLog::open(std::move(options)).value());
    leases_.emplace(LeaseTimes{.confirming = std::chrono::milliseconds(0)});
    noting_ = vault_->on_destroyed(
        [this](std::string_view key_id) { leases_->destroyed(std::string(key_id)); });
    referral_.emplace("referral", *leases_);
    sharing_.emplace("sharing", *leases_);
    eraser_.emplace(EraserParts{.vault = *vault_,
                                .orders = *orders_,
                                .holders = {&*referral_, &*sharing_},
                                .clock = vault_.clock,
                                .retry_every = std::chrono::hours(1)});
  }
  void restart() {
    eraser_.reset();
    noting_.reset();
    orders_.reset();
    ring_.reset();
    vault_.reopen();
    open();
  }

  log::CommandCall call() {
    return {.context = {.actor = {.agency = "hub", .system = "vault", .role = "service"},
                        .now = vault_.clock.now()},
            .received_at = vault_.clock.now()};
  }
  // The order, and what it is answered with at once.
  std::string destroy(const std::string& key_id) {
    v1::DestroyKeyRequest request;
    request.set_key_id(key_id);
    request.set_authority("RET-7");
    request.set_reason("Retention is over.");
    std::promise<Result<Erased>> done;
    eraser_->destroy(request, call(),
                     [&](Result<Erased> erased) { done.set_value(std::move(erased)); });
    const auto erased = done.get_future().get();
    if (!erased) return erased.error().reason;
    return std::to_string(erased->sealed_parts_removed);
  }
  // As VaultService does.
  void confirm(const std::string& holder, const std::string& key_id, uint64_t removed) {
    v1::KeyDropped dropped;
    dropped.set_key_id(key_id);
    dropped.set_holder(holder);
    dropped.set_sealed_parts_removed(removed);
    std::promise<Result<log::Appended>> noted;
    log::handle(
        *orders_, call(),
        [&](log::UnitOfWork& unit) {
          return unit.decide<Destruction>({destruction_stream(key_id)}, dropped);
        },
        [&](Result<log::Appended> result) { noted.set_value(std::move(result)); });
    ASSERT_TRUE(noted.get_future().get().has_value());
    leases_->confirm(holder, key_id, removed);
    eraser_->look_again();
  }

  testing::TempVault vault_;
  merkle::SigningKey signer_ = merkle::SigningKey::generate("mash/E10000013/vault").value();
  std::optional<KeyRing> ring_;
  std::unique_ptr<log::EventLog> orders_;
  std::optional<Leases> leases_;
  std::shared_ptr<void> noting_;
  std::optional<LeasedHolder> referral_;
  std::optional<LeasedHolder> sharing_;
  std::optional<Eraser> eraser_;
};

TEST_F(Confirmed, WhoConfirmedBeforeAStartNeedNotAgain) {
  const std::string key = ring_->fresh_key_id().value();
  EXPECT_EQ(destroy(key), "HOLDER_AWAY");
  confirm("referral", key, 2);
  EXPECT_EQ(destroy(key), "HOLDER_AWAY") << "the other has not";
  restart();
  EXPECT_EQ(destroy(key), "HOLDER_AWAY");
  confirm("sharing", key, 3);
  EXPECT_EQ(destroy(key), "5") << "though the first has said nothing since";
}

TEST_F(Confirmed, WhereAllHadTheNextStartFinishes) {
  const std::string key = ring_->fresh_key_id().value();
  EXPECT_EQ(destroy(key), "HOLDER_AWAY");
  confirm("referral", key, 2);
  confirm("sharing", key, 0);
  restart();
  eraser_->wait_until_idle();
  EXPECT_EQ(destroy(key), "2");
}

TEST_F(Confirmed, TheLastConfirmationIsActedOnAtOnce) {
  const std::string key = ring_->fresh_key_id().value();
  EXPECT_EQ(destroy(key), "HOLDER_AWAY");
  restart();
  confirm("referral", key, 1);
  confirm("sharing", key, 1);
  eraser_->wait_until_idle();  // else it would look again in an hour
  EXPECT_EQ(destroy(key), "2");
}

}  // namespace
}  // namespace mash::vault
