#include "node/watch.h"

#include <map>
#include <string>

#include "cases/following.h"
#include "clocks/scheduler.h"
#include "feed/follower.h"
#include "feed/relay.h"
#include "host/metrics.h"
#include "log/event_log.h"
#include "node/erasing.h"
#include "node/part.h"

namespace mash::node {
namespace {

using Labels = std::map<std::string, std::string>;

void watch_log(host::Metrics& metrics, const log::EventLog& log, const Labels& labels) {
  metrics.watch("mash_log_records", "Records in the log.", labels,
                [&log] { return static_cast<double>(log.size()); });
  metrics.watch("mash_log_queued_appends", "Appends waiting for the log's writer.", labels,
                [&log] { return static_cast<double>(log.stats().queued_appends); });
  metrics.watch("mash_log_committed_batches_total", "Group commits.", labels,
                [&log] { return static_cast<double>(log.stats().committed_batches); });
  metrics.watch("mash_log_committed_events_total", "Events committed.", labels,
                [&log] { return static_cast<double>(log.stats().committed_events); });
  metrics.watch("mash_log_disk_free_bytes", "Bytes free on the log's disk.", labels,
                [&log] { return static_cast<double>(log.stats().free_bytes); });
  metrics.watch("mash_log_disk_full",
                "Whether commands are refused, since its disk is nearly full.", labels,
                [&log] { return log.stats().is_short_of_room ? 1.0 : 0.0; });
}

void watch_following(host::Metrics& metrics, const feed::Follower& follower, Labels labels,
                     const std::string& of) {
  labels["of"] = of;
  metrics.watch("mash_following_behind_records",
                "Records of another log that this one has not followed yet.", labels,
                [&follower] { return static_cast<double>(follower.behind()); });
  metrics.watch("mash_following_followed_records_total", "Records of another log followed.", labels,
                [&follower] { return static_cast<double>(follower.followed()); });
  metrics.watch("mash_following_held_up", "Whether a log waits to follow a record again.", labels,
                [&follower] { return follower.is_held_up() ? 1.0 : 0.0; });
}

void watch_clocks(host::Metrics& metrics, const clocks::Scheduler& scheduler,
                  const Labels& labels) {
  metrics.watch("mash_clocks_behind_streams",
                "Streams in hand of which something is due to be said and is not said yet.", labels,
                [&scheduler] { return static_cast<double>(scheduler.behind()); });
  metrics.watch("mash_clocks_behind_seconds",
                "For how long something has been due to be said and is not said.", labels,
                [&scheduler] { return static_cast<double>(scheduler.behind_for().count()); });
  metrics.watch("mash_clocks_held_up_streams",
                "Streams of which something is due to be said and that refuse.", labels,
                [&scheduler] { return static_cast<double>(scheduler.held_up_streams()); });
}

}  // namespace

void watch(host::Metrics& metrics, const log::EventLog& log, const RunningPart& running) {
  const Labels labels{{"log", log.options().service}};
  watch_log(metrics, log, labels);
  if (const cases::Followings* all = running.following())
    for (const auto& following : *all)
      watch_following(metrics, following->follower(), labels, following->feed().log());
  if (const clocks::Scheduler* scheduler = running.scheduler())
    watch_clocks(metrics, *scheduler, labels);
  running.watch(metrics);
}

void watch(host::Metrics& metrics, const log::EventLog& log, const Erasing& erasing) {
  watch_following(metrics, erasing.follower(), {{"log", log.options().service}}, erasing.name());
}

void watch(host::Metrics& metrics, const log::EventLog& log, const feed::Relay& relay) {
  const Labels labels{{"log", log.options().service}};
  metrics.watch("mash_relay_behind_records", "Records that the brokers have not acknowledged yet.",
                labels, [&relay] { return static_cast<double>(relay.behind()); });
  metrics.watch("mash_relay_published_records_total", "Records that the brokers have acknowledged.",
                labels, [&relay] { return static_cast<double>(relay.published()); });
  metrics.watch("mash_relay_held_up", "Whether a log cannot be published.", labels,
                [&relay] { return relay.is_held_up() ? 1.0 : 0.0; });
}

}  // namespace mash::node
