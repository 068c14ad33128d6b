// Follows a log over Kafka into a log of its own, until it has all of it or is killed. The tests of
// kill_test.cc and full_disk_test.cc run it.
//
//   kafka-follower BROKERS TOPIC FOLLOWED SOCKET LOG VAULT KEK HOW WHAT
//
//   FOLLOWED   the name of the log followed, whose owner answers at SOCKET
//   HOW        copier: the tests' own (copied_log.h); service: as a service follows another's log
//              (cases/following.h), which reacts to each record
//   WHAT       point NAME N: kills itself at the N-th passing of a named point of its own log's
//              commit path; to SIZE: ends when it has followed so many records
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "cases/following.h"
#include "fault/requests.h"
#include "feed/kafka_feed.h"
#include "feed/parked_view.h"
#include "kafka/copied_log.h"
#include "kafka/origin_socket.h"

namespace mash::testing {
namespace {

constexpr std::size_t kCopiesAtOnce = 3;
constexpr auto kPatience = std::chrono::seconds(300);

// What follows from each record is what a Copier makes of it.
int follow_as_service(log::EventLog& own, const std::shared_ptr<feed::Feed>& feed, uint64_t size) {
  const SystemClock clock;
  const cases::Following following({.feed = feed,
                                    .own_log = own,
                                    .clock = clock,
                                    .react =
                                        [](log::UnitOfWork& unit, const log::Record&) {
                                          return unit.add({"copies/1"},
                                                          log::testing::v1::NoteEvent());
                                        },
                                    .reacts_to = [](const log::Record&) { return true; },
                                    .retry_after = std::chrono::milliseconds(50),
                                    .in_background = false});
  return following.wait_until(size, kPatience) ? 0 : 1;
}

int run(const std::vector<std::string>& args) {
  const fault::Workshop workshop({.log = args[4], .vault = args[5], .kek = args[6], .case_id = {}});
  const bool as_service = args[7] == "service";
  const bool dies = args[8] == "point";
  const std::string point = dies ? args[9] : "";
  std::atomic<int64_t> passings = dies ? std::stoll(args[10]) : 0;
  auto options = workshop.options();
  options.at_point = [&](std::string_view at) {
    if (at == point && --passings == 0) ::kill(::getpid(), SIGKILL);
  };
  if (as_service) options.views.push_back(feed::parked_view());
  const auto own = log::EventLog::open(std::move(options));
  if (!own) {
    std::fprintf(stderr, "kafka-follower: %s: %s\n", own.error().reason.c_str(),
                 own.error().message.c_str());
    return 1;
  }
  const auto feed =
      std::make_shared<feed::KafkaFeed>(feed::KafkaFeedParts{.log = args[2],
                                                             .kafka = {.brokers = args[0]},
                                                             .from = {.topic = args[1]},
                                                             .origin = origin_at(args[3])});
  const uint64_t size = dies ? UINT64_MAX : std::stoull(args[9]);
  if (as_service) return follow_as_service(**own, feed, size);
  Copier copier(**own, kCopiesAtOnce);
  copier.begin(feed);
  return copier.follower().wait_until(size, kPatience) ? 0 : 1;
}

}  // namespace
}  // namespace mash::testing

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() < 10) return 2;
  return mash::testing::run(args);
}
