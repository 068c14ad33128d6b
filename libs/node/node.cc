#include "node/node.h"

#include <grpcpp/impl/service_type.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <utility>

#include "cases/following.h"
#include "core/check.h"
#include "feed/kafka_feed.h"
#include "feed/local_feed.h"
#include "feed/parked_view.h"
#include "feed/relay.h"
#include "feed/together.h"
#include "host/access.h"
#include "host/log_line.h"
#include "host/log_service.h"
#include "host/metrics.h"
#include "host/server.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/log/v1/log_events.pb.h"
#include "node/erasing.h"
#include "node/peer.h"
#include "node/remote_keys.h"
#include "node/remote_log.h"
#include "node/room.h"
#include "node/watch.h"
#include "vault/personal.h"

namespace mash::node {
namespace {

// For how long a program waits at its start for room on a disk that is full.
constexpr std::chrono::seconds kRoomPatience{30};
constexpr char kLogService[] = "mash.log.v1.LogService";

// A part with what was made for it. The last goes first.
struct Opened {
  Part part;
  std::unique_ptr<log::EventLog> log;
  std::unique_ptr<host::Desk> desk;
  std::unique_ptr<RunningPart> running;
  std::unique_ptr<Erasing> erasing;    // null: the vault is in this process
  std::unique_ptr<feed::Relay> relay;  // null: nothing is published
};

// Every event that any log of this process may hold.
Result<void> check_events(const std::vector<Part>& parts) {
  std::vector<const google::protobuf::Descriptor*> events = {
      mash::log::v1::LogEvent::descriptor(), mash::log::v1::LookEvent::descriptor(),
      cases::v1::KnownCaseEvent::descriptor(), cases::v1::KnownPersonEvent::descriptor(),
      feed::v1::FeedEvent::descriptor()};
  for (const Part& part : parts)
    events.insert(events.end(), part.events.begin(), part.events.end());
  for (const auto* event : events)
    if (auto classified = vault::check_classified(*event); !classified) return classified;
  return {};
}

feed::KafkaOptions kafka_options(const host::Config& config) {
  return {.brokers = config.kafka_brokers,
          .security = config.kafka_security,
          .authority = config.kafka_authority,
          .certificate = config.kafka_certificate,
          .certificate_key = config.kafka_certificate_key,
          .sasl_mechanism = config.kafka_sasl_mechanism,
          .sasl_user = config.kafka_sasl_user,
          .sasl_password_file = config.kafka_sasl_password};
}

feed::TopicPartition topic_partition(const host::Config& config, const std::string& service) {
  return {.topic = feed::topic_of(service), .partition = static_cast<int>(config.kafka_partition)};
}

// One line when it is held up, and one when it goes on.
void tell_published(const std::string& log, const Result<void>& published) {
  using host::LogKey;
  if (published)
    host::log_line(host::LogLevel::kInfo, "a log is published again", {{LogKey::kLog, log}});
  else
    host::log_line(host::LogLevel::kWarning, "a log cannot be published, which is tried again",
                   {{LogKey::kLog, log}, {LogKey::kReason, published.error().reason}});
}

// One line where its topic was asked how far it had been published.
void tell_place_found(const std::string& log, const Result<uint64_t>& position) {
  using host::LogKey;
  if (position)
    host::log_line(host::LogLevel::kInfo, "a log is published on from where its topic ends",
                   {{LogKey::kLog, log}, {LogKey::kPosition, *position}});
  else
    host::log_line(host::LogLevel::kWarning,
                   "how far a log was published is not known: all of it is published again",
                   {{LogKey::kLog, log},
                    {LogKey::kReason, position.error().reason},
                    {LogKey::kDiagnosis, position.error().message}});
}

std::vector<host::FollowedLog*> followed_by(const Opened& opened) {
  std::vector<host::FollowedLog*> followed;
  if (const cases::Followings* all = opened.running->following())
    for (const auto& each : *all) followed.push_back(each.get());
  if (opened.erasing) followed.push_back(opened.erasing.get());
  return followed;
}

host::LogCalls log_calls(const host::Config& config) {
  if (config.log_calls == "all") return host::LogCalls::kAll;
  if (config.log_calls == "none") return host::LogCalls::kNone;
  return host::LogCalls::kFailed;
}

}  // namespace

class Node::Impl {
 public:
  explicit Impl(std::unique_ptr<Foundation> foundation) : foundation_(std::move(foundation)) {}
  ~Impl();

  Result<void> open_logs(std::vector<Part> parts);
  Result<void> begin();
  Result<void> serve();
  void drain();

  const host::Server& server() const { return *server_; }
  const host::Metrics& metrics() const { return *metrics_; }
  std::vector<host::ServedService> served() const;

 private:
  Result<void> connect();
  void make_desk(Opened& opened);
  void begin_apart(Opened& opened);
  bool has(const std::string& service) const;
  feed::Feeds feeds() const;
  feed::Feeds feeds_of(const Part& part) const;

  const std::unique_ptr<Foundation> foundation_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> peers_;
  std::vector<Opened> opened_;
  std::optional<host::Access> access_;
  std::unique_ptr<host::Metrics> metrics_;
  std::unique_ptr<grpc::Service> log_service_;
  std::unique_ptr<host::Server> server_;
};

// Services may follow each other's logs and erase from them: all end before any log closes.
Node::Impl::~Impl() {
  server_.reset();
  if (metrics_) metrics_->stop_serving();
  log_service_.reset();
  for (Opened& opened : opened_ | std::views::reverse) {
    opened.relay.reset();
    opened.erasing.reset();
    opened.running.reset();
  }
  for (Opened& opened : opened_ | std::views::reverse) opened.desk.reset();
  for (Opened& opened : opened_ | std::views::reverse) opened.log.reset();
}

Result<void> Node::Impl::open_logs(std::vector<Part> parts) {
  if (auto classified = check_events(parts); !classified) return classified;
  for (Part& part : parts) {
    log::LogOptions options = foundation_->log_options(part.name);
    options.views = part.views();
    if (!part.follows.empty()) options.views.push_back(feed::parked_view());
    if (opened_.empty()) options.at_point = foundation_->options().at_point;
    auto log = log::EventLog::open(std::move(options));
    if (!log) return tl::unexpected(std::move(log.error()));
    opened_.push_back({.part = std::move(part), .log = std::move(*log), .desk = {}, .running = {}});
  }
  return {};
}

void Node::Impl::make_desk(Opened& opened) {
  using std::chrono::milliseconds;
  const host::Config& config = foundation_->config();
  const Part& part = opened.part;
  opened.desk = std::make_unique<host::Desk>(
      host::DeskParts{.log = *opened.log,
                      .keys = foundation_->keys(),
                      .packs = foundation_->packs(),
                      .calendar = foundation_->calendar(),
                      .clock = foundation_->clock(),
                      .ids = foundation_->ids(),
                      .callers = foundation_->callers(),
                      .access = *access_,
                      .metrics = *metrics_,
                      .guard = part.guard ? part.guard(*opened.log) : log::Guard(),
                      .admits = part.admits ? part.admits(*opened.log) : host::Admits(),
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

bool Node::Impl::has(const std::string& service) const {
  return std::ranges::any_of(opened_,
                             [&](const Opened& opened) { return opened.part.name == service; });
}

// Of a service of this process its log's tail; of another, what comes over Kafka.
feed::Feeds Node::Impl::feeds() const {
  return [this](const std::string& service) -> std::shared_ptr<feed::Feed> {
    for (const Opened& opened : opened_)
      if (opened.part.name == service) return std::make_shared<feed::LocalFeed>(*opened.log);
    return std::make_shared<feed::KafkaFeed>(
        feed::KafkaFeedParts{.log = "mash/" + foundation_->config().area + "/" + service,
                             .kafka = kafka_options(foundation_->config()),
                             .from = topic_partition(foundation_->config(), service),
                             .origin = make_remote_log(peers_.at(service), service)});
  };
}

// The same, for a part that follows several: among them.
feed::Feeds Node::Impl::feeds_of(const Part& part) const {
  std::vector<std::string> logs;
  for (const std::string& service : part.follows)
    logs.push_back("mash/" + foundation_->config().area + "/" + service);
  return [make = feeds(), together = std::make_shared<feed::Together>(std::move(logs))](
             const std::string& service) {
    std::shared_ptr<feed::Feed> feed = make(service);
    feed->follow_among(together);
    return feed;
  };
}

// Connects to the services that run elsewhere. All must be known where to find, and Kafka too.
Result<void> Node::Impl::connect() {
  for (const auto& [service, address] : foundation_->config().peers()) {
    if (address.empty() || has(service)) continue;
    auto channel = connect_to(foundation_->config(), address);
    if (!channel) return tl::unexpected(std::move(channel.error()));
    peers_[service] = std::move(*channel);
  }
  Error missing{.code = Code::kFailedPrecondition,
                .reason = "PEER_MISSING",
                .message =
                    "A service that is followed is not in this process, and it is not said "
                    "where it is."};
  for (const Opened& opened : opened_)
    for (const std::string& service : opened.part.follows)
      if (!has(service) && !peers_.contains(service))
        missing.faults.push_back({"peers." + service, opened.part.name + " follows it"});
  if (!peers_.empty() && foundation_->config().kafka_brokers.empty())
    missing.faults.push_back({"kafka.brokers", "logs of other processes are followed over Kafka"});
  if (!missing.faults.empty()) return tl::unexpected(std::move(missing));
  return {};
}

// Publishes a log, where there are brokers, and erases from it what another process's vault was
// ordered to.
void Node::Impl::begin_apart(Opened& opened) {
  const host::Config& config = foundation_->config();
  if (RemoteKeys* keys = foundation_->remote_keys())
    opened.erasing = std::make_unique<Erasing>(ErasingParts{.orders = feeds()("vault"),
                                                            .log = *opened.log,
                                                            .lookups = opened.running->lookups(),
                                                            .keys = *keys});
  if (config.kafka_brokers.empty()) return;
  opened.relay = std::make_unique<feed::Relay>(feed::RelayParts{
      .log = *opened.log,
      .kafka = kafka_options(config),
      .to = topic_partition(config, opened.part.name),
      .cursor_file = config.data / opened.part.name / "published",
      .on_held_up = [log = opened.log->name()](
                        const Result<void>& published) { tell_published(log, published); },
      .on_place_found =
          [log = opened.log->name()](const Result<uint64_t>& position) {
            tell_place_found(log, position);
          }});
}

Result<void> Node::Impl::begin() {
  if (auto connected = connect(); !connected) return connected;
  std::vector<std::string> names;
  for (const Opened& opened : opened_)
    names.insert(names.end(), opened.part.services.begin(), opened.part.services.end());
  names.emplace_back(kLogService);
  auto access = host::Access::of(names);
  if (!access) return tl::unexpected(std::move(access.error()));
  access_ = std::move(*access);
  metrics_ = std::make_unique<host::Metrics>(*access_);
  Holders holders;
  std::vector<host::ServedLog> logs;
  for (Opened& opened : opened_) {
    make_desk(opened);
    holders.logs.push_back(opened.log.get());
    auto running = opened.part.begin({.foundation = *foundation_,
                                      .desk = *opened.desk,
                                      .feeds = feeds_of(opened.part),
                                      .holders = holders});
    if (!running) return tl::unexpected(std::move(running.error()));
    opened.running = std::move(*running);
    holders.lookups[opened.log.get()] = opened.running->lookups();
    begin_apart(opened);
    logs.push_back(
        {.name = opened.part.name, .desk = *opened.desk, .followed = followed_by(opened)});
  }
  log_service_ = host::make_log_service(std::move(logs), foundation_->config().backups);
  return {};
}

std::vector<host::ServedService> Node::Impl::served() const {
  std::vector<host::ServedService> all;
  for (const Opened& opened : opened_)
    std::ranges::copy(opened.running->served(), std::back_inserter(all));
  all.push_back({kLogService, *log_service_});
  return all;
}

Result<void> Node::Impl::serve() {
  const host::Config& config = foundation_->config();
  if (!config.metrics_listen.empty()) {
    foundation_->watch(*metrics_);
    for (const Opened& opened : opened_) {
      watch(*metrics_, *opened.log, *opened.running);
      if (opened.erasing) watch(*metrics_, *opened.log, *opened.erasing);
      if (opened.relay) watch(*metrics_, *opened.log, *opened.relay);
    }
    if (auto serving = metrics_->serve(config.metrics_listen); !serving) return serving;
  }
  auto started = host::Server::start(config, served(), *access_, *metrics_);
  if (!started) return tl::unexpected(std::move(started.error()));
  server_ = std::move(*started);
  return {};
}

void Node::Impl::drain() {
  for (Opened& opened : opened_) opened.desk->end_streams();
  server_->drain(std::chrono::milliseconds(foundation_->config().drain_ms_max));
}

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::~Node() { impl_->drain(); }

Result<std::unique_ptr<Node>> Node::start(const host::Config& config, std::vector<Part> parts,
                                          Options options) {
  MASH_CHECK(!parts.empty());
  std::ranges::stable_partition(parts, [](const Part& part) { return !part.reaches_all; });
  std::vector<std::string> services;
  for (const Part& part : parts) services.push_back(part.name);
  if (auto room = await_room(config, services, kRoomPatience); !room)
    return tl::unexpected(std::move(room.error()));
  auto foundation = Foundation::prepare(config, std::move(options), services);
  if (!foundation) return tl::unexpected(std::move(foundation.error()));
  auto impl = std::make_unique<Impl>(std::move(*foundation));
  return impl->open_logs(std::move(parts))
      .and_then([&] { return impl->begin(); })
      .and_then([&] { return impl->serve(); })
      .map([&] { return std::unique_ptr<Node>(new Node(std::move(impl))); });
}

int Node::port() const { return impl_->server().port(); }
int Node::metrics_port() const { return impl_->metrics().port(); }

std::vector<std::string> Node::services() const {
  std::vector<std::string> names;
  for (const auto& service : impl_->served()) names.push_back(service.name);
  return names;
}

void Node::drain() { impl_->drain(); }

}  // namespace mash::node
