#include "node/foundation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "core/check.h"
#include "host/log_line.h"
#include "host/metrics.h"
#include "node/peer.h"
#include "node/remote_keys.h"
#include "node/signing.h"
#include "vault/backup_keeper.h"
#include "vault/key_ring.h"
#include "vault/vault.h"

namespace mash::node {
namespace {

using host::LogKey;
using host::LogLevel;

// For how long a program waits at its start for the vault to answer.
constexpr std::chrono::milliseconds kVaultPatience{30'000};

// Every kind of body that the configuration gives an agency is one that the law knows, today and
// under each pack that is to come into force or has been.
Result<void> check_bodies(const host::AgencyRules& agencies, const policy::Packs& packs) {
  Error unknown{.code = Code::kInvalidArgument,
                .reason = "BODY_UNKNOWN",
                .message =
                    "The configuration gives an agency a kind of body that a lawful-basis "
                    "pack does not know."};
  for (const auto& [agency, rule] : agencies)
    for (const policy::LawfulBasis* law : packs.laws())
      if (!rule.body.empty() && law->body(rule.body) == nullptr)
        unknown.faults.push_back(
            {"agencies." + agency + ".body", "`" + rule.body + "` is no body of " + law->id()});
  if (unknown.faults.empty()) return {};
  return tl::unexpected(std::move(unknown));
}

void tell_room(const std::string& service, bool is_short) {
  if (is_short)
    host::log_line(LogLevel::kWarning,
                   "a log's disk is nearly full: commands are refused until there is room",
                   {{LogKey::kLog, service}, {LogKey::kReason, "DISK_FULL"}});
  else
    host::log_line(LogLevel::kInfo, "there is room on a log's disk again",
                   {{LogKey::kLog, service}});
}

// None: nothing lasts.
double seconds_of(const std::optional<std::chrono::steady_clock::duration>& lasts) {
  return lasts ? std::chrono::duration<double>(*lasts).count() : 0;
}

// Whether any of these services' logs was ever opened.
bool logs_exist(const host::Config& config, const std::vector<std::string>& services) {
  return std::ranges::any_of(services, [&](const std::string& service) {
    std::error_code ignored;
    return std::filesystem::exists(config.data / service, ignored);
  });
}

}  // namespace

Foundation::Foundation(const host::Config& config, Options options)
    : config_(config),
      options_(std::move(options)),
      clock_(options_.clock == nullptr ? system_clock_ : *options_.clock),
      ids_(clock_),
      callers_(config_.area, config_.agencies) {}
Foundation::~Foundation() = default;

Result<std::unique_ptr<Foundation>> Foundation::prepare(const host::Config& config, Options options,
                                                        const std::vector<std::string>& services) {
  std::unique_ptr<Foundation> foundation(new Foundation(config, std::move(options)));
  return foundation->load_rules()
      .and_then([&] { return foundation->open_keys(services); })
      .map([&] { return std::move(foundation); });
}

Result<void> Foundation::load_rules() {
  auto calendar = Calendar::load(config_.calendar.string());
  if (!calendar) return tl::unexpected(std::move(calendar.error()));
  calendar_ = std::move(*calendar);
  const int days_left = calendar_->days_left(clock_.now());
  if (days_left < static_cast<int>(config_.calendar_alarm_days))
    host::log_line(LogLevel::kWarning,
                   "the calendar of bank holidays runs out: fetch gov.uk's bank-holidays.json",
                   {{LogKey::kCount, static_cast<uint64_t>(std::max(days_left, 0))},
                    {LogKey::kVersion, calendar_->version()}});
  auto packs = policy::Packs::load(config_.policy.string());
  if (!packs) return tl::unexpected(std::move(packs.error()));
  packs_ = std::move(*packs);
  if (const auto pack = packs_->in_force(clock_.now(), calendar_->london()); !pack)
    return tl::unexpected(pack.error());
  if (const auto law = packs_->law_in_force(clock_.now(), calendar_->london()); !law)
    return tl::unexpected(law.error());
  return check_bodies(config_.agencies, *packs_);
}

Result<void> Foundation::open_keys(const std::vector<std::string>& services) {
  auto signer = signing_key(config_.signing_key, config_.area, logs_exist(config_, services));
  if (!signer) return tl::unexpected(std::move(signer.error()));
  signer_ = std::move(*signer);
  if (std::ranges::find(services, "vault") == services.end()) return reach_keys();
  auto vault = vault::Vault::open(
      {.directory = config_.data / "keys", .kek_file = config_.encryption_key, .clock = &clock_});
  if (!vault) return tl::unexpected(std::move(vault.error()));
  vault_ = std::move(*vault);
  if (!config_.keys_backup.empty())
    keys_backup_ = std::make_unique<vault::BackupKeeper>(*vault_, config_.keys_backup);
  make_ring(*vault_);
  return {};
}

void Foundation::make_ring(vault::KeySource& source) {
  vault::KeyRingOptions options{.fresh_keys_max = config_.keys_ahead_max};
  if (options_.lease_now) options.now = options_.lease_now;
  keys_ = std::make_unique<vault::KeyRing>(source, std::move(options));
}

Result<void> Foundation::reach_keys() {
  if (config_.peer_vault.empty())
    return refuse(Code::kFailedPrecondition, "PEER_MISSING",
                  "This program has no vault: say in peers.vault where it is.");
  return connect_to(config_, config_.peer_vault)
      .and_then([this](std::shared_ptr<grpc::Channel> vault) {
        return RemoteKeys::over(
            std::move(vault), kVaultPatience,
            options_.lease_now ? options_.lease_now : std::chrono::steady_clock::now);
      })
      .map_error([this](Error error) {
        error.message = "The vault at " + config_.peer_vault + ": " + error.message;
        return error;
      })
      .map([this](std::unique_ptr<RemoteKeys> keys) {
        remote_keys_ = std::move(keys);
        make_ring(*remote_keys_);
      });
}

vault::Vault& Foundation::vault() const {
  MASH_CHECK(vault_ != nullptr);
  return *vault_;
}

log::LogOptions Foundation::log_options(const std::string& service) const {
  log::LogOptions options;
  options.directory = config_.data / service;
  options.area = config_.area;
  options.service = service;
  options.clock = &clock_;
  options.keys = keys_.get();
  options.signer = &*signer_;
  options.queue_appends_max = config_.queue_appends_max;
  options.queue_bytes_max = config_.queue_bytes_max;
  options.batch_events_max = config_.batch_events_max;
  options.block_cache_bytes = config_.block_cache_bytes;
  options.memtable_bytes = config_.memtable_bytes;
  options.view_cache_bytes = config_.view_cache_bytes;
  options.room = {.free_bytes_min = config_.free_bytes_min,
                  .on_change = [service](bool is_short) { tell_room(service, is_short); }};
  options.on_fatal = options_.on_fatal;
  return options;
}

void Foundation::watch(host::Metrics& metrics) const {
  metrics.watch("mash_calendar_days_left", "Days until the calendar of bank holidays runs out.", {},
                [this] { return calendar_->days_left(clock_.now()); });
  metrics.watch("mash_keys_ahead", "Keys minted ahead and not used yet.", {},
                [this] { return static_cast<double>(keys_->ahead().keys); });
  metrics.watch("mash_keys_taken_total", "Keys taken for new cases and persons.", {},
                [this] { return static_cast<double>(keys_->ahead().taken); });
  if (remote_keys_)
    metrics.watch("mash_keys_ahead_seconds",
                  "For how long the first of the keys minted ahead to end may be used.", {},
                  [this] { return seconds_of(keys_->ahead().lasts); });
  if (keys_backup_)
    metrics.watch("mash_vault_backup_ok", "Whether the copy of the vault could be renewed.", {},
                  [this] { return keys_backup_->state() ? 1.0 : 0.0; });
}

}  // namespace mash::node
