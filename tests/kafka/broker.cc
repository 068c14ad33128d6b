#include "kafka/broker.h"

#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "core/check.h"
#include "core/testing/ports.h"

namespace mash::testing {
namespace {

// On two busy cores a first start has taken over a minute.
constexpr auto kPatience = std::chrono::seconds(300);
constexpr int kAnswerMs = 60'000;

template <class T, void (*kDestroy)(T*)>
struct Destroy {
  void operator()(T* object) const { kDestroy(object); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy<rd_kafka_queue_t, rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_t, rd_kafka_event_destroy>>;

void ignore(rd_kafka_t*, const rd_kafka_message_t*, void*) {}

feed::kafka::Client client(const feed::KafkaOptions& options) {
  return feed::kafka::make_producer(options, {}, ignore, nullptr).value();
}

// Waits for the answer to an order of the Admin API; it must be obeyed.
template <class Order>
void administer(const feed::KafkaOptions& options, const Order& order) {
  const auto admin = client(options);
  const Queue answers(rd_kafka_queue_new(admin.get()));
  order(admin.get(), answers.get());
  const Event answer(rd_kafka_queue_poll(answers.get(), kAnswerMs));
  MASH_CHECK(answer != nullptr);
  MASH_CHECK(rd_kafka_event_error(answer.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

// What the broker tells clients of a topic comes a little later than the answer to whoever made or
// deleted it: a test that begins at once would find it missing, or still there.
void await_topic(const feed::KafkaOptions& options, const std::string& name, bool is_there) {
  const auto asking = client(options);
  const std::unique_ptr<rd_kafka_topic_t, Destroy<rd_kafka_topic_t, rd_kafka_topic_destroy>> topic(
      rd_kafka_topic_new(asking.get(), name.c_str(), nullptr));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (bool found = !is_there; found != is_there;) {
    MASH_CHECK(std::chrono::steady_clock::now() < until);
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(asking.get(), 0, topic.get(), &metadata, kAnswerMs) !=
        RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    MASH_CHECK(metadata->topic_cnt == 1);
    const auto& told = metadata->topics[0];
    found = told.err == RD_KAFKA_RESP_ERR_NO_ERROR && told.partition_cnt > 0 &&
            told.partitions[0].leader >= 0;
    rd_kafka_metadata_destroy(metadata);
    if (found != is_there) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void allow(const feed::KafkaOptions& options, const std::string& user, rd_kafka_ResourceType_t kind,
           const std::string& name, rd_kafka_AclOperation_t operation) {
  administer(options, [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    std::array<char, 512> said{};
    rd_kafka_AclBinding_t* rule = rd_kafka_AclBinding_new(
        kind, name.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL, ("User:" + user).c_str(), "*",
        operation, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, said.data(), said.size());
    MASH_CHECK(rule != nullptr);
    rd_kafka_CreateAcls(admin, &rule, 1, nullptr, answers);
    rd_kafka_AclBinding_destroy(rule);
  });
}

}  // namespace

Broker::Broker(BrokerSettings settings) : settings_(std::move(settings)) {
  std::string name = (std::filesystem::temp_directory_path() / "mash-kafka-XXXXXX").string();
  MASH_CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  port_ = claim_ports(3);  // the broker's, its controller's, and another
  start();
}

Broker::~Broker() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

feed::KafkaOptions Broker::options() const {
  feed::KafkaOptions options = settings_.administrator;
  options.brokers = (settings_.properties ? "localhost:" : "127.0.0.1:") + std::to_string(port_);
  return options;
}

pid_t Broker::run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), std::string(MASH_SOURCE_DIR) + "/deploy/kafka/kafka.sh");
  const std::string said = (folder_ / "kafka.log").string();
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t test = ::getpid();
  const pid_t process = ::fork();
  MASH_CHECK(process >= 0);
  if (process == 0) {
    // It goes with the test, also with one that fails a check or is killed, and slows no other
    // down.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != test) ::_exit(127);
    const int out = ::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  return process;
}

std::vector<std::string> Broker::how_to_serve() const {
  if (!settings_.properties) return {"serve", folder_.string(), std::to_string(port_)};
  const std::string file = (folder_ / "server.properties").string();
  std::ofstream(file) << settings_.properties(folder_, port_)
                      << "log.dirs=" << (folder_ / "data").string() << '\n';
  if (!std::filesystem::exists(folder_ / "data" / "meta.properties")) {
    std::vector<std::string> formatting{"tool",
                                        "kafka.tools.StorageTool",
                                        "format",
                                        "--cluster-id",
                                        "bWFzaC1sb2NhbC1rYWZrYQ",
                                        "--config",
                                        file};
    for (const auto& [user, password] : settings_.users) {
      for (const char* mechanism : {"SCRAM-SHA-512", "SCRAM-SHA-256"}) {
        formatting.emplace_back("--add-scram");
        formatting.push_back(std::string(mechanism) + "=[name=" + user + ",password=" + password +
                             "]");
      }
    }
    ::waitpid(run(std::move(formatting)), nullptr, 0);
  }
  return {"tool", "kafka.Kafka", file};
}

void Broker::start() {
  MASH_CHECK(process_ == -1);
  process_ = run(how_to_serve());
  await_answer();
}

void Broker::await_answer() const {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  const auto asking = client(options());
  while (std::chrono::steady_clock::now() < until) {
    const rd_kafka_metadata_t* metadata = nullptr;
    // Waits for the answer, and at most so long: no busy asking.
    if (rd_kafka_metadata(asking.get(), 1, nullptr, &metadata, 1'000) ==
        RD_KAFKA_RESP_ERR_NO_ERROR) {
      const bool answers = metadata->broker_cnt > 0;
      rd_kafka_metadata_destroy(metadata);
      if (answers) return;
    }
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) break;
  }
  std::ostringstream said;
  said << std::ifstream(folder_ / "kafka.log").rdbuf();
  std::fprintf(stderr, "Kafka does not start; it said:\n%s\n", said.str().c_str());
  std::abort();
}

void Broker::stop() {
  ::kill(process_, SIGTERM);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void Broker::kill() {
  if (process_ == -1) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void Broker::allow_writing(const std::string& user, const std::string& topic) {
  allow(options(), user, RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_ACL_OPERATION_WRITE);
  allow(options(), user, RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_ACL_OPERATION_DESCRIBE);
  allow(options(), user, RD_KAFKA_RESOURCE_BROKER, "kafka-cluster",
        RD_KAFKA_ACL_OPERATION_IDEMPOTENT_WRITE);
}

void Broker::allow_reading(const std::string& user, const std::string& topic) {
  allow(options(), user, RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_ACL_OPERATION_READ);
  allow(options(), user, RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_ACL_OPERATION_DESCRIBE);
  allow(options(), user, RD_KAFKA_RESOURCE_GROUP, "mash-follower", RD_KAFKA_ACL_OPERATION_READ);
}

// It looks its files through when it starts and has not said that it had closed them, and cuts them
// behind the last message that is whole.
void Broker::lose_behind(const std::string& topic, uint64_t bytes) const {
  MASH_CHECK(process_ == -1);
  MASH_CHECK(bytes_of(topic) > bytes);
  std::filesystem::resize_file(segment_of(topic), bytes);
  std::filesystem::remove(folder_ / "data" / ".kafka_cleanshutdown");
}

std::filesystem::path Broker::segment_of(const std::string& topic) const {
  return folder_ / "data" / (topic + "-0") / "00000000000000000000.log";
}

uint64_t Broker::bytes_of(const std::string& topic) const {
  return std::filesystem::file_size(segment_of(topic));
}

void Broker::create_topic(const std::string& topic) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    std::array<char, 512> said{};
    rd_kafka_NewTopic_t* wanted =
        rd_kafka_NewTopic_new(topic.c_str(), 1, 1, said.data(), said.size());
    MASH_CHECK(wanted != nullptr);
    rd_kafka_CreateTopics(admin, &wanted, 1, nullptr, answers);
    rd_kafka_NewTopic_destroy(wanted);
  });
  await_topic(options(), topic, true);
}

void Broker::delete_topic(const std::string& topic) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(admin, &unwanted, 1, nullptr, answers);
    rd_kafka_DeleteTopic_destroy(unwanted);
  });
  await_topic(options(), topic, false);
}

void Broker::forget_before(const std::string& topic, int64_t offset) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    auto* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = offset;
    rd_kafka_DeleteRecords_t* unwanted = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(admin, &unwanted, 1, nullptr, answers);
    rd_kafka_DeleteRecords_destroy(unwanted);
    rd_kafka_topic_partition_list_destroy(list);
  });
}

int64_t Broker::end_of(const std::string& topic) const {
  const auto asking = client(options());
  int64_t begin = 0;
  int64_t end = 0;
  // One that has just started may not lead the topic yet, and says so.
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (rd_kafka_query_watermark_offsets(asking.get(), topic.c_str(), 0, &begin, &end,
                                          kAnswerMs) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    MASH_CHECK(std::chrono::steady_clock::now() < until);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return end;
}

void Broker::send(const std::string& topic, const std::string& type,
                  const std::string& value) const {
  send(topic, {.headers = {{feed::kafka::kTypeHeader, type}}, .value = value});
}

void Broker::send(const std::string& topic, const feed::Outgoing& message) const {
  const auto sending = client(options());
  auto* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers)
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  MASH_CHECK(rd_kafka_producev(
                 sending.get(), RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                 RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
                 RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  MASH_CHECK(rd_kafka_flush(sending.get(), kAnswerMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::string Broker::all_bytes() const {
  namespace fs = std::filesystem;
  std::ostringstream all;
  std::error_code renamed;  // some files it writes anew, under another name
  for (fs::recursive_directory_iterator each(folder_ / "data"), end; each != end;
       each.increment(renamed)) {
    if (!each->is_regular_file(renamed)) continue;
    all << std::ifstream(each->path(), std::ios::binary).rdbuf();
    all.clear();  // where a file is empty, or is there no more
  }
  return all.str();
}

}  // namespace mash::testing
