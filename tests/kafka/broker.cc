#include "kafka/broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "core/check.h"

namespace mash::testing {
namespace {

constexpr auto kStartMax = std::chrono::seconds(120);
constexpr int kAnswerMs = 10'000;

// Two ports one after the other that are free now: the broker's and its controller's.
int free_ports() {
  for (int tries = 0; tries < 100; ++tries) {
    std::array<int, 2> sockets{};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    sockets[0] = ::socket(AF_INET, SOCK_STREAM, 0);
    MASH_CHECK(::bind(sockets[0], reinterpret_cast<sockaddr*>(&address), size) == 0);
    MASH_CHECK(::getsockname(sockets[0], reinterpret_cast<sockaddr*>(&address), &size) == 0);
    const int port = ntohs(address.sin_port);
    address.sin_port = htons(static_cast<std::uint16_t>(port + 1));
    sockets[1] = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool both = ::bind(sockets[1], reinterpret_cast<sockaddr*>(&address), size) == 0;
    for (const int socket : sockets) ::close(socket);
    if (both) return port;
  }
  MASH_CHECK(false);
}

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

}  // namespace

Broker::Broker() {
  std::string name = (std::filesystem::temp_directory_path() / "mash-kafka-XXXXXX").string();
  MASH_CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  port_ = free_ports();
  start();
}

Broker::~Broker() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

feed::KafkaOptions Broker::options() const {
  return {.brokers = "127.0.0.1:" + std::to_string(port_)};
}

void Broker::start() {
  MASH_CHECK(process_ == -1);
  const std::string script = std::string(MASH_SOURCE_DIR) + "/deploy/kafka/kafka.sh";
  const std::string folder = folder_.string();
  const std::string port = std::to_string(port_);
  const std::string said = (folder_ / "kafka.log").string();
  process_ = ::fork();
  MASH_CHECK(process_ >= 0);
  if (process_ == 0) {
    const int out = ::open(said.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execl(script.c_str(), script.c_str(), "serve", folder.c_str(), port.c_str(), nullptr);
    ::_exit(127);
  }
  await_answer();
}

void Broker::await_answer() const {
  const auto until = std::chrono::steady_clock::now() + kStartMax;
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

void Broker::create_topic(const std::string& topic) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    std::array<char, 512> said{};
    rd_kafka_NewTopic_t* wanted =
        rd_kafka_NewTopic_new(topic.c_str(), 1, 1, said.data(), said.size());
    MASH_CHECK(wanted != nullptr);
    rd_kafka_CreateTopics(admin, &wanted, 1, nullptr, answers);
    rd_kafka_NewTopic_destroy(wanted);
  });
}

void Broker::delete_topic(const std::string& topic) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(admin, &unwanted, 1, nullptr, answers);
    rd_kafka_DeleteTopic_destroy(unwanted);
  });
}

void Broker::forget_before(const std::string& topic, std::int64_t offset) {
  administer(options(), [&](rd_kafka_t* admin, rd_kafka_queue_t* answers) {
    auto* list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = offset;
    rd_kafka_DeleteRecords_t* unwanted = rd_kafka_DeleteRecords_new(list);
    rd_kafka_DeleteRecords(admin, &unwanted, 1, nullptr, answers);
    rd_kafka_DeleteRecords_destroy(unwanted);
    rd_kafka_topic_partition_list_destroy(list);
  });
}

std::int64_t Broker::end_of(const std::string& topic) const {
  const auto asking = client(options());
  std::int64_t begin = 0;
  std::int64_t end = 0;
  MASH_CHECK(rd_kafka_query_watermark_offsets(asking.get(), topic.c_str(), 0, &begin, &end,
                                              kAnswerMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
  return end;
}

void Broker::send(const std::string& topic, const std::string& type,
                  const std::string& value) const {
  const auto sending = client(options());
  MASH_CHECK(rd_kafka_producev(sending.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                               RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                               RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
                               RD_KAFKA_V_HEADER(feed::kafka::kTypeHeader, type.data(),
                                                 static_cast<ssize_t>(type.size())),
                               RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  MASH_CHECK(rd_kafka_flush(sending.get(), kAnswerMs) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

std::string Broker::all_bytes() const {
  std::ostringstream all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data"))
    if (entry.is_regular_file() && entry.file_size() > 0)
      all << std::ifstream(entry.path(), std::ios::binary).rdbuf();
  return all.str();
}

}  // namespace mash::testing
