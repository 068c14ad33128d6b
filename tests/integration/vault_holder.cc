#include "integration/vault_holder.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include "feed/follower.h"
#include "feed/messages.h"
#include "feed/origin.h"
#include "log/handle.h"
#include "mash/referral/v1/person_events.pb.h"
#include "node/remote_log.h"

namespace mash::testing {
namespace {

using referral::v1::PersonEvent;
using std::chrono::milliseconds;

// A log as its owner hands it out, asked again and again: what a broker would bring sooner.
class AskedFeed final : public feed::Feed {
 public:
  explicit AskedFeed(const std::shared_ptr<grpc::Channel>& owner)
      : origin_(node::make_remote_log(owner, "vault")) {}

  const std::string& log() const override { return log_; }
  Result<uint64_t> go_on_from(const log::Cursor& stored) override {
    return next_ = stored.position;
  }
  Result<feed::Batch> next(milliseconds patience) override {
    auto messages = origin_->read(next_, 100);
    if (!messages) return tl::unexpected(std::move(messages.error()));
    feed::Batch batch{.complete = true};
    for (const auto& message : *messages) {
      auto record = feed::record_of(message);
      if (!record) return tl::unexpected(std::move(record.error()));
      batch.records.push_back(std::move(*record));
      ++next_;
    }
    if (batch.records.empty()) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, std::min(patience, milliseconds(20)), [&] { return interrupted_; });
      interrupted_ = false;
    }
    return batch;
  }
  log::Cursor cursor_at(uint64_t position) const override {
    return {.epoch = 1, .position = position};
  }
  Result<std::vector<log::Record>> read_stream(std::string_view, uint64_t,
                                               uint64_t) const override {
    return std::vector<log::Record>();
  }
  uint64_t size() const override { return 0; }
  Result<uint64_t> ask_size(milliseconds) const override { return 0; }
  void interrupt() override {
    {
      const std::lock_guard lock(mutex_);
      interrupted_ = true;
    }
    changed_.notify_all();
  }

 private:
  const std::string log_ = "mash/E10000013/vault";
  const std::unique_ptr<feed::Origin> origin_;
  uint64_t next_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool interrupted_ = false;
};

}  // namespace

VaultHolder::VaultHolder(std::string name, std::filesystem::path folder, const Clock& clock,
                         node::RemoteKeys::Now now)
    : name_(std::move(name)),
      folder_(std::move(folder)),
      clock_(clock),
      now_(std::move(now)),
      signer_(merkle::SigningKey::generate("mash/E10000013").value()) {}

void VaultHolder::start(const std::shared_ptr<grpc::Channel>& vault) {
  auto keys = node::RemoteKeys::over(vault, milliseconds(30'000), now_);
  ASSERT_TRUE(keys.has_value()) << keys.error().reason << ": " << keys.error().message;
  keys_ = std::move(*keys);
  ring_ = std::make_unique<vault::KeyRing>(
      *keys_, vault::KeyRingOptions{.now = now_, .keys_cached_max = 4'096, .fresh_keys_max = 512});
  log::LogOptions options;
  options.directory = folder_ / name_;
  options.area = "E10000013";
  options.service = name_;
  options.clock = &clock_;
  options.keys = ring_.get();
  options.signer = &signer_;
  options.memtable_bytes = 4 << 20;
  options.block_cache_bytes = 4 << 20;
  auto log = log::EventLog::open(std::move(options));
  ASSERT_TRUE(log.has_value()) << log.error().reason << ": " << log.error().message;
  log_ = std::move(*log);
  erasing_ = std::make_unique<node::Erasing>(node::ErasingParts{
      .orders = std::make_shared<AskedFeed>(vault), .log = *log_, .lookups = {}, .keys = *keys_});
}

void VaultHolder::stop() {
  erasing_.reset();
  log_.reset();
  ring_.reset();
  keys_.reset();
}

bool VaultHolder::has_followed(uint64_t size) const {
  return erasing_->follower().wait_until(size, std::chrono::minutes(2));
}

Result<std::string> VaultHolder::add(const std::string& family_name, std::string key_id) {
  if (key_id.empty()) {
    auto fresh = ring_->fresh_key_id();
    if (!fresh) return fresh;
    key_id = *fresh;
  }
  PersonEvent event;
  event.mutable_registered()->set_agency("police");
  event.mutable_registered()->mutable_identity()->set_family_name(family_name);
  std::promise<Result<log::Appended>> done;
  log::CommandCall call{
      .context = {.actor = {.agency = "police", .system = "test-01"}, .now = clock_.now()},
      .received_at = clock_.now()};
  log::handle(
      *log_, std::move(call),
      [&](log::UnitOfWork& unit) { return unit.add({"person/" + key_id}, event); },
      [&](Result<log::Appended> result) { done.set_value(std::move(result)); });
  const auto appended = done.get_future().get();
  if (!appended) return tl::unexpected(appended.error());
  return key_id;
}

std::string VaultHolder::name_of(const std::string& key_id) {
  const auto history = log_->read_stream("person/" + key_id, 1, {}, /*with_sealed=*/true);
  if (!history) return history.error().reason;
  const auto opened = log::opened_events<PersonEvent>(*log_, history->records);
  if (!opened) return opened.error().reason;
  if (opened->erased) return "erased";
  return opened->events.back().registered().identity().family_name();
}

}  // namespace mash::testing
