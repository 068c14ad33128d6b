#include "hub/hub.h"

#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/following.h"
#include "clocks/scheduler.h"
#include "core/calendar.h"
#include "core/check.h"
#include "core/ids.h"
#include "feed/follower.h"
#include "feed/local_feed.h"
#include "host/access.h"
#include "host/desk.h"
#include "host/log_line.h"
#include "host/log_service.h"
#include "host/server.h"
#include "hub/keys.h"
#include "log/event_log.h"
#include "log/lookup.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/log/v1/log_events.pb.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/context_events.pb.h"
#include "mash/referral/v1/expectation_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "policy/packs.h"
#include "referral/cases/case_guard.h"
#include "referral/joining/joiner.h"
#include "referral/joining/lookups.h"
#include "referral/lists/views.h"
#include "referral/matching/weights.h"
#include "referral/services.h"
#include "sharing/lists/views.h"
#include "sharing/services.h"
#include "strategy/lists/views.h"
#include "strategy/services.h"
#include "vault/backup_keeper.h"
#include "vault/destructions_view.h"
#include "vault/eraser.h"
#include "vault/key_ring.h"
#include "vault/personal.h"
#include "vault/vault.h"
#include "vault/vault_service.h"

namespace mash::hub {
namespace {

using host::LogKey;
using host::LogLevel;

// Every event that any log of this process may hold.
Result<void> check_events() {
  for (const auto* event : {mash::log::v1::LogEvent::descriptor(),
                            mash::log::v1::LookEvent::descriptor(),
                            referral::v1::ReferralEvent::descriptor(),
                            referral::v1::PersonEvent::descriptor(),
                            referral::v1::CaseEvent::descriptor(),
                            referral::v1::ContextEvent::descriptor(),
                            referral::v1::ExpectationEvent::descriptor(),
                            sharing::v1::RequestEvent::descriptor(),
                            sharing::v1::ItemEvent::descriptor(),
                            sharing::v1::DecisionEvent::descriptor(),
                            sharing::v1::ConsentEvent::descriptor(),
                            cases::v1::KnownCaseEvent::descriptor(),
                            cases::v1::KnownPersonEvent::descriptor(),
                            strategy::v1::DiscussionEvent::descriptor(),
                            strategy::v1::CaseDiscussionsEvent::descriptor(),
                            strategy::v1::ConferenceEvent::descriptor(),
                            strategy::v1::ProtectionEvent::descriptor(),
                            strategy::v1::ChildEvent::descriptor(),
                            vault::v1::KeyEvent::descriptor(),
                            vault::v1::HolderEvent::descriptor()})
    if (auto classified = vault::check_classified(*event); !classified) return classified;
  return {};
}

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

host::LogCalls log_calls(const host::Config& config) {
  if (config.log_calls == "all") return host::LogCalls::kAll;
  if (config.log_calls == "none") return host::LogCalls::kNone;
  return host::LogCalls::kFailed;
}

}  // namespace

// In the order in which it is made; it goes in the opposite one.
class Hub::Impl {
 public:
  Impl(const host::Config& the_config, Parts the_parts)
      : config(the_config),
        parts(std::move(the_parts)),
        clock(parts.clock == nullptr ? system_clock : *parts.clock),
        ids(clock),
        callers(config.area, config.agencies) {}

  Result<void> load_rules();
  Result<void> open_keys();
  Result<void> open_logs();
  Result<void> make_services();
  Result<void> serve();
  void watch();
  void watch_clocks(const std::string& log, const clocks::Scheduler& scheduler);
  void watch_following(const log::EventLog& log,
                       const std::vector<std::unique_ptr<cases::Following>>& all);

  const host::Config config;
  const Parts parts;
  const SystemClock system_clock;
  const Clock& clock;
  IdSource ids;
  const host::Callers callers;

  std::optional<policy::Packs> packs;
  std::optional<Calendar> calendar;
  std::optional<referral::matching::Weights> weights;
  std::optional<merkle::SigningKey> signer;
  std::unique_ptr<vault::Vault> vault;
  std::unique_ptr<vault::BackupKeeper> keys_backup;  // null: none is wanted
  std::unique_ptr<vault::KeyRing> keys;
  std::unique_ptr<log::EventLog> referral_log;
  std::unique_ptr<log::Lookup> lookup;
  std::unique_ptr<log::EventLog> sharing_log;
  std::unique_ptr<log::EventLog> strategy_log;
  std::unique_ptr<log::EventLog> vault_log;
  std::unique_ptr<vault::Eraser> eraser;
  std::optional<host::Access> access;
  std::unique_ptr<host::Metrics> metrics;
  std::unique_ptr<host::Desk> referral_desk;
  std::unique_ptr<host::Desk> sharing_desk;
  std::unique_ptr<host::Desk> strategy_desk;
  std::unique_ptr<host::Desk> vault_desk;
  std::optional<referral::Services> referral_services;
  std::optional<sharing::Services> sharing_services;
  std::optional<strategy::Services> strategy_services;
  std::unique_ptr<grpc::Service> log_service;
  std::unique_ptr<grpc::Service> vault_service;
  std::unique_ptr<host::Server> server;

  std::vector<host::ServedService> services();
  feed::Feeds feeds() const;

 private:
  log::LogOptions log_options(const std::string& service) const;
  std::unique_ptr<host::Desk> desk_over(log::EventLog& log, log::Guard guard = {},
                                        host::Admits admits = {});
};

Result<void> Hub::Impl::load_rules() {
  auto read_calendar = Calendar::load(config.calendar.string());
  if (!read_calendar) return tl::unexpected(std::move(read_calendar.error()));
  calendar = std::move(*read_calendar);
  const int days_left = calendar->days_left(clock.now());
  if (days_left < static_cast<int>(config.calendar_alarm_days))
    host::log_line(LogLevel::kWarning,
                   "the calendar of bank holidays runs out: fetch gov.uk's bank-holidays.json",
                   {{LogKey::kCount, static_cast<std::uint64_t>(std::max(days_left, 0))},
                    {LogKey::kVersion, calendar->version()}});
  auto read_packs = policy::Packs::load(config.policy.string());
  if (!read_packs) return tl::unexpected(std::move(read_packs.error()));
  packs = std::move(*read_packs);
  if (const auto pack = packs->in_force(clock.now(), calendar->london()); !pack)
    return tl::unexpected(pack.error());
  if (const auto law = packs->law_in_force(clock.now(), calendar->london()); !law)
    return tl::unexpected(law.error());
  if (auto known = check_bodies(config.agencies, *packs); !known) return known;
  auto read_weights = referral::matching::Weights::load(config.matching_weights.string());
  if (!read_weights) return tl::unexpected(std::move(read_weights.error()));
  weights = std::move(*read_weights);
  return check_events();
}

Result<void> Hub::Impl::open_keys() {
  std::error_code ignored;
  auto key = signing_key(config.signing_key, config.area,
                         std::filesystem::exists(config.data / "referral", ignored));
  if (!key) return tl::unexpected(std::move(key.error()));
  signer = std::move(*key);
  auto opened = vault::Vault::open(
      {.directory = config.data / "keys", .kek_file = config.encryption_key, .clock = &clock});
  if (!opened) return tl::unexpected(std::move(opened.error()));
  vault = std::move(*opened);
  if (!config.keys_backup.empty())
    keys_backup = std::make_unique<vault::BackupKeeper>(*vault, config.keys_backup);
  keys = std::make_unique<vault::KeyRing>(*vault);
  return {};
}

log::LogOptions Hub::Impl::log_options(const std::string& service) const {
  log::LogOptions options;
  options.directory = config.data / service;
  options.area = config.area;
  options.service = service;
  options.clock = &clock;
  options.keys = keys.get();
  options.signer = &*signer;
  options.queue_appends_max = config.queue_appends_max;
  options.queue_bytes_max = config.queue_bytes_max;
  options.batch_events_max = config.batch_events_max;
  options.block_cache_bytes = config.block_cache_bytes;
  options.memtable_bytes = config.memtable_bytes;
  options.view_cache_bytes = config.view_cache_bytes;
  options.on_fatal = parts.on_fatal;
  return options;
}

Result<void> Hub::Impl::open_logs() {
  auto options = log_options("referral");
  options.views = referral::views();
  options.at_point = parts.at_point;
  auto opened = log::EventLog::open(std::move(options));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  referral_log = std::move(*opened);
  auto opened_lookup =
      log::Lookup::open({.directory = config.data / "referral-lookup",
                         .content = referral::lookup_content(*referral_log, *weights)});
  if (!opened_lookup) return tl::unexpected(std::move(opened_lookup.error()));
  lookup = std::move(*opened_lookup);
  options = log_options("sharing");
  options.views = sharing::views();
  opened = log::EventLog::open(std::move(options));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  sharing_log = std::move(*opened);
  options = log_options("strategy");
  options.views = strategy::views();
  opened = log::EventLog::open(std::move(options));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  strategy_log = std::move(*opened);
  options = log_options("vault");
  options.views.push_back(std::make_unique<vault::DestructionsView>());
  opened = log::EventLog::open(std::move(options));
  if (!opened) return tl::unexpected(std::move(opened.error()));
  vault_log = std::move(*opened);
  eraser = std::make_unique<vault::Eraser>(vault::EraserParts{
      .vault = *vault,
      .orders = *vault_log,
      .holders = {referral_log.get(), sharing_log.get(), strategy_log.get(), vault_log.get()},
      .lookups = {lookup.get()},
      .clock = clock});
  return {};
}

std::unique_ptr<host::Desk> Hub::Impl::desk_over(log::EventLog& log, log::Guard guard,
                                                 host::Admits admits) {
  using std::chrono::milliseconds;
  return std::make_unique<host::Desk>(
      host::DeskParts{.log = log,
                      .keys = *keys,
                      .packs = *packs,
                      .calendar = *calendar,
                      .clock = clock,
                      .ids = ids,
                      .callers = callers,
                      .access = *access,
                      .metrics = *metrics,
                      .guard = std::move(guard),
                      .admits = std::move(admits),
                      .limits = {.request_bytes_max = config.request_bytes_max,
                                 .text_bytes_max = config.text_bytes_max,
                                 .list_items_max = config.list_items_max},
                      .uploads = {.messages_max = config.upload_messages_max,
                                  .bytes_max = config.upload_bytes_max,
                                  .in_flight_max = config.upload_in_flight_max,
                                  .whole_max = milliseconds(config.upload_ms_max)},
                      .call_max = milliseconds(config.call_ms_max),
                      .stream_stall_max = milliseconds(config.stream_stall_ms_max),
                      .log_calls = log_calls(config)});
}

Result<void> Hub::Impl::make_services() {
  std::vector<std::string> names = referral::Services::names();
  std::ranges::copy(sharing::Services::names(), std::back_inserter(names));
  std::ranges::copy(strategy::Services::names(), std::back_inserter(names));
  names.insert(names.end(), {"mash.vault.v1.VaultService", "mash.log.v1.LogService"});
  auto rules = host::Access::of(names);
  if (!rules) return tl::unexpected(std::move(rules.error()));
  access = std::move(*rules);
  metrics = std::make_unique<host::Metrics>(*access);
  referral_desk = desk_over(*referral_log, referral::command_guard(*referral_log),
                            referral::read_guard(*referral_log));
  sharing_desk = desk_over(*sharing_log, cases::command_guard(), cases::read_guard(*sharing_log));
  strategy_desk =
      desk_over(*strategy_log, cases::command_guard(), cases::read_guard(*strategy_log));
  vault_desk = desk_over(*vault_log);
  auto referral =
      referral::Services::over({.desk = *referral_desk, .lookup = *lookup, .weights = *weights});
  if (!referral) return tl::unexpected(std::move(referral.error()));
  referral_services = std::move(*referral);
  auto sharing = sharing::Services::over({.desk = *sharing_desk, .feeds = feeds()});
  if (!sharing) return tl::unexpected(std::move(sharing.error()));
  sharing_services = std::move(*sharing);
  auto strategy = strategy::Services::over({.desk = *strategy_desk, .feeds = feeds()});
  if (!strategy) return tl::unexpected(std::move(strategy.error()));
  strategy_services = std::move(*strategy);
  vault_service = std::make_unique<vault::VaultService>(*vault_desk, *eraser);
  log_service = host::make_log_service({{.name = "referral", .desk = *referral_desk},
                                        {.name = "sharing", .desk = *sharing_desk},
                                        {.name = "strategy", .desk = *strategy_desk},
                                        {.name = "vault", .desk = *vault_desk}},
                                       config.backups);
  return {};
}

feed::Feeds Hub::Impl::feeds() const {
  return [this](const std::string& service) -> std::shared_ptr<feed::Feed> {
    for (const log::EventLog* log : {referral_log.get(), sharing_log.get(), strategy_log.get()})
      if (log->options().service == service) return std::make_shared<feed::LocalFeed>(*log);
    MASH_CHECK(false);
  };
}

std::vector<host::ServedService> Hub::Impl::services() {
  std::vector<host::ServedService> all;
  for (const auto& served : referral_services->served())
    all.push_back({served.name, *served.implementation});
  for (const auto& served : sharing_services->served())
    all.push_back({served.name, *served.implementation});
  for (const auto& served : strategy_services->served())
    all.push_back({served.name, *served.implementation});
  all.push_back({"mash.vault.v1.VaultService", *vault_service});
  all.push_back({"mash.log.v1.LogService", *log_service});
  return all;
}

void Hub::Impl::watch_following(const log::EventLog& log,
                                const std::vector<std::unique_ptr<cases::Following>>& all) {
  for (const auto& following : all) {
    const std::map<std::string, std::string> labels{{"log", log.options().service},
                                                    {"of", following->feed().log()}};
    metrics->watch("mash_following_behind_records",
                   "Records of another log that this one has not followed yet.", labels,
                   [&following] { return static_cast<double>(following->follower().behind()); });
    metrics->watch("mash_following_held_up", "Whether a log waits to follow a record again.",
                   labels, [&following] { return following->follower().is_held_up() ? 1.0 : 0.0; });
  }
}

void Hub::Impl::watch_clocks(const std::string& log, const clocks::Scheduler& scheduler) {
  metrics->watch("mash_clocks_behind_streams",
                 "Streams in hand of which something is due to be said and is not said yet.",
                 {{"log", log}}, [&scheduler] { return static_cast<double>(scheduler.behind()); });
  metrics->watch("mash_clocks_behind_seconds",
                 "For how long something has been due to be said and is not said.", {{"log", log}},
                 [&scheduler] { return static_cast<double>(scheduler.behind_for().count()); });
  metrics->watch("mash_clocks_held_up_streams",
                 "Streams of which something is due to be said and that refuse.", {{"log", log}},
                 [&scheduler] { return static_cast<double>(scheduler.held_up()); });
}

void Hub::Impl::watch() {
  metrics->watch("mash_calendar_days_left", "Days until the calendar of bank holidays runs out.",
                 {}, [this] { return calendar->days_left(clock.now()); });
  if (keys_backup)
    metrics->watch("mash_vault_backup_ok", "Whether the copy of the vault could be renewed.", {},
                   [this] { return keys_backup->state() ? 1.0 : 0.0; });
  const referral::Joiner& joiner = referral_services->joiner();
  metrics->watch("mash_joiner_behind_records",
                 "Records of the referral log that matching has not followed yet.", {},
                 [&joiner] { return static_cast<double>(joiner.behind()); });
  metrics->watch("mash_joiner_held_up", "Whether matching waits to try a record again.", {},
                 [&joiner] { return joiner.is_held_up() ? 1.0 : 0.0; });
  watch_clocks("referral", referral_services->scheduler());
  watch_clocks("sharing", sharing_services->scheduler());
  watch_clocks("strategy", strategy_services->scheduler());
  watch_following(*sharing_log, sharing_services->following());
  watch_following(*strategy_log, strategy_services->following());
  for (const log::EventLog* log :
       {referral_log.get(), sharing_log.get(), strategy_log.get(), vault_log.get()}) {
    const std::string name = log->options().service;
    metrics->watch("mash_log_records", "Records in the log.", {{"log", name}},
                   [log] { return static_cast<double>(log->size()); });
    metrics->watch("mash_log_queued_appends", "Appends waiting for the log's writer.",
                   {{"log", name}},
                   [log] { return static_cast<double>(log->stats().queued_appends); });
    metrics->watch("mash_log_committed_batches", "Group commits since the start.", {{"log", name}},
                   [log] { return static_cast<double>(log->stats().committed_batches); });
    metrics->watch("mash_log_committed_events", "Events committed since the start.",
                   {{"log", name}},
                   [log] { return static_cast<double>(log->stats().committed_events); });
  }
}

Result<void> Hub::Impl::serve() {
  if (!config.metrics_listen.empty()) {
    watch();
    if (auto served = metrics->serve(config.metrics_listen); !served) return served;
  }
  auto started = host::Server::start(config, services(), *access, *metrics);
  if (!started) return tl::unexpected(std::move(started.error()));
  server = std::move(*started);
  return {};
}

Hub::Hub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Hub::~Hub() {
  drain();
  impl_->metrics->stop_serving();
}

Result<std::unique_ptr<Hub>> Hub::start(const host::Config& config) { return start(config, {}); }

Result<std::unique_ptr<Hub>> Hub::start(const host::Config& config, Parts parts) {
  auto impl = std::make_unique<Impl>(config, std::move(parts));
  return impl->load_rules()
      .and_then([&] { return impl->open_keys(); })
      .and_then([&] { return impl->open_logs(); })
      .and_then([&] { return impl->make_services(); })
      .and_then([&] { return impl->serve(); })
      .map([&] { return std::unique_ptr<Hub>(new Hub(std::move(impl))); });
}

int Hub::port() const { return impl_->server->port(); }
int Hub::metrics_port() const { return impl_->metrics->port(); }

std::vector<std::string> Hub::services() const {
  std::vector<std::string> names;
  for (const auto& service : impl_->services()) names.push_back(service.name);
  return names;
}

void Hub::drain() {
  impl_->referral_desk->end_streams();
  impl_->sharing_desk->end_streams();
  impl_->strategy_desk->end_streams();
  impl_->vault_desk->end_streams();
  impl_->server->drain(std::chrono::milliseconds(impl_->config.drain_ms_max));
}

}  // namespace mash::hub
