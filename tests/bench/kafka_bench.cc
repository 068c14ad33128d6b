// A log over a real Kafka on this machine: how fast it is published, against what Kafka's own
// producer performance tool reaches with records of the same size and the same promises in the same
// run; how fast it is followed, every effect an event in a log of its own, synced with the cursor;
// and how a follower a million records behind catches up while new ones come.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "feed/kafka_feed.h"
#include "feed/messages.h"
#include "feed/relay.h"
#include "kafka/broker.h"
#include "kafka/copied_log.h"
#include "kafka/local_origin.h"

namespace mash::bench {
namespace {

constexpr char kTopic[] = "mash.bench";
constexpr char kBehindTopic[] = "mash.behind";
constexpr char kPerfTopic[] = "perf";
constexpr std::chrono::minutes kPatience{10};
constexpr std::size_t kCopiesAtOnce = 500;
// A thousand a second.
constexpr uint64_t kNewAtOnce = 100;
constexpr std::chrono::milliseconds kNewEvery{100};

// Records a second, as Kafka's tool says last: "200000 records sent, 91234.5 records/sec (...".
double perf_tool_rate(const std::string& brokers, uint64_t records, std::size_t bytes) {
  const std::string command =
      std::string(MASH_SOURCE_DIR) +
      "/deploy/kafka/kafka.sh tool org.apache.kafka.tools.ProducerPerformance --topic " +
      kPerfTopic + " --num-records " + std::to_string(records) + " --record-size " +
      std::to_string(bytes) + " --throughput -1 --producer-props bootstrap.servers=" + brokers +
      " acks=all enable.idempotence=true linger.ms=1 batch.size=1000000";
  std::FILE* said = ::popen(command.c_str(), "r");
  if (said == nullptr) std::exit(1);
  double rate = 0;
  char line[512];
  while (std::fgets(line, sizeof line, said) != nullptr)
    if (const std::string text = line; text.starts_with(std::to_string(records) + " records sent"))
      std::sscanf(line, "%*d records sent, %lf", &rate);
  if (::pclose(said) != 0 || rate == 0) std::exit(1);
  return rate;
}

// A log with its relay to a topic, from the first record on.
class Published {
 public:
  Published(BenchLog& log, const mash::testing::Broker& broker, const std::string& topic)
      : log_(log),
        relay_({.log = *log,
                .kafka = broker.options(),
                .to = {.topic = topic},
                .cursor_file = fresh_cursor(topic)}) {}

  void await_all() {
    if (!relay_.wait_until(log_->size(), kPatience)) std::exit(1);
  }

 private:
  static std::filesystem::path fresh_cursor(const std::string& topic) {
    const auto file = bench_directory() / (topic + "-cursor");
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return file;
  }

  BenchLog& log_;
  feed::Relay relay_;
};

void begin(mash::testing::CopiedLog& copy, BenchLog& log, const mash::testing::Broker& broker,
           const std::string& topic, const std::shared_ptr<mash::testing::LocalOrigin>& origin) {
  copy.begin(std::make_shared<feed::KafkaFeed>(feed::KafkaFeedParts{
      .log = log->name(), .kafka = broker.options(), .from = {.topic = topic}, .origin = origin}));
}

void measure_rates(mash::testing::Broker& broker, uint64_t events) {
  BenchLog log(bench_directory() / "published");
  append_many(log, 0, events, 256);
  broker.create_topic(kTopic);
  broker.create_topic(kPerfTopic);
  const std::size_t bytes =
      feed::outgoing(log->read(events / 2, true).value(), log->name()).value.size();
  report("value of a published record", static_cast<double>(bytes), "bytes");
  const double perf = perf_tool_rate(broker.options().brokers, events, bytes);
  report("Kafka's producer performance tool", perf, "records/s");

  auto began = std::chrono::steady_clock::now();
  Published relay(log, broker, kTopic);
  relay.await_all();
  const double published = static_cast<double>(log->size()) / seconds_since(began);
  report("a log published", published, "records/s");
  report("a log published / Kafka's producer performance tool", published / perf, "ratio",
         "at least 0.7");

  mash::testing::CopiedLog copy(kCopiesAtOnce);
  const auto origin = std::make_shared<mash::testing::LocalOrigin>(*log);
  began = std::chrono::steady_clock::now();
  begin(copy, log, broker, kTopic, origin);
  if (!copy.follower().wait_until(log->size(), kPatience)) std::exit(1);
  report("a log followed, every effect durable",
         static_cast<double>(log->size()) / seconds_since(began), "records/s", "at least 20000");
  copy.end();
  if (!copy.faults_against(*log).empty() || origin->records_given() != 0) std::exit(1);
}

// Appends at that rate until it is told to stop.
void go_on_appending(const std::stop_token& stop, BenchLog& log, uint64_t first) {
  for (auto next = std::chrono::steady_clock::now(); !stop.stop_requested();
       first += kNewAtOnce, next += kNewEvery) {
    std::this_thread::sleep_until(next);
    append_many(log, first, kNewAtOnce, 16);
  }
}

void measure_catching_up(mash::testing::Broker& broker, uint64_t behind) {
  BenchLog log(bench_directory() / "behind");
  append_many(log, 0, behind, 256);
  broker.create_topic(kBehindTopic);
  Published relay(log, broker, kBehindTopic);
  relay.await_all();

  const auto began = std::chrono::steady_clock::now();
  mash::testing::CopiedLog copy(kCopiesAtOnce);
  const auto origin = std::make_shared<mash::testing::LocalOrigin>(*log);
  std::jthread appending([&](const std::stop_token& stop) { go_on_appending(stop, log, behind); });
  begin(copy, log, broker, kBehindTopic, origin);
  // The lag is gone when nothing was appended that is not followed, at one and the same moment.
  uint64_t size = 0;
  do {
    size = log->size();
    if (!copy.follower().wait_until(size, kPatience)) std::exit(1);
  } while (size != log->size());
  const double took = seconds_since(began);
  report("a million behind: until nothing is behind", took, "s");
  report("a million behind: followed", static_cast<double>(size) / took, "records/s",
         "at least 20000");
  report("a million behind: appended meanwhile", static_cast<double>(size - behind) / took,
         "records/s");
  appending.request_stop();
  appending.join();
  if (!copy.follower().wait_until(log->size(), kPatience)) std::exit(1);
  copy.end();
  if (!copy.faults_against(*log).empty() || origin->records_given() != 0) std::exit(1);
}

int run(uint64_t events, uint64_t behind) {
  mash::testing::Broker broker;
  measure_rates(broker, events);
  measure_catching_up(broker, behind);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000,
                          argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
