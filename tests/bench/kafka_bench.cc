// A log over a real Kafka on this machine: how fast it is published, against what Kafka's own
// producer performance tool reaches with records of the same size and the same promises in the same
// run; and how fast it is followed, every effect an event in a log of its own, synced with the
// cursor.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

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
constexpr char kPerfTopic[] = "perf";
constexpr std::chrono::minutes kPatience{10};
constexpr std::size_t kCopiesAtOnce = 500;

// Records a second, as Kafka's tool says last: "200000 records sent, 91234.5 records/sec (...".
double perf_tool_rate(const std::string& brokers, std::uint64_t records, std::size_t bytes) {
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

int run(std::uint64_t events) {
  BenchLog log(bench_directory() / "published");
  append_many(log, 0, events, 256);
  mash::testing::Broker broker;
  broker.create_topic(kTopic);
  broker.create_topic(kPerfTopic);
  const std::size_t bytes =
      feed::outgoing(log->read(events / 2, true).value(), log->name()).value.size();
  report("value of a published record", static_cast<double>(bytes), "bytes");
  const double perf = perf_tool_rate(broker.options().brokers, events, bytes);
  report("Kafka's producer performance tool", perf, "records/s");

  auto began = std::chrono::steady_clock::now();
  feed::Relay relay({.log = *log,
                     .kafka = broker.options(),
                     .to = {.topic = kTopic},
                     .cursor_file = bench_directory() / "relay-cursor"});
  if (!relay.wait_until(log->size(), kPatience)) std::exit(1);
  const double published = static_cast<double>(log->size()) / seconds_since(began);
  report("a log published", published, "records/s");
  report("a log published / Kafka's producer performance tool", published / perf, "ratio",
         "at least 0.7");

  mash::testing::CopiedLog copy(kCopiesAtOnce);
  const auto origin = std::make_shared<mash::testing::LocalOrigin>(*log);
  began = std::chrono::steady_clock::now();
  copy.begin(std::make_shared<feed::KafkaFeed>(feed::KafkaFeedParts{
      .log = log->name(), .kafka = broker.options(), .from = {.topic = kTopic}, .origin = origin}));
  if (!copy.follower().wait_until(log->size(), kPatience)) std::exit(1);
  report("a log followed, every effect durable",
         static_cast<double>(log->size()) / seconds_since(began), "records/s", "at least 20000");
  copy.end();
  if (!copy.faults_against(*log).empty() || origin->records_given() != 0) std::exit(1);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  std::error_code ignored;
  std::filesystem::remove(mash::bench::bench_directory() / "relay-cursor", ignored);
  return mash::bench::run(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 200'000);
}
