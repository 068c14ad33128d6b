#include "kafka/origin_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/check.h"
#include "log/bytes.h"

namespace mash::testing {
namespace {

using Answers = std::vector<std::string>;

// A question, and how each is sent: its kind, two numbers, the stream.
enum class Kind : char { kRead = 'r', kStream = 's', kProof = 'p', kCheckpoint = 'c', kKey = 'k' };
struct Question {
  Kind kind = Kind::kRead;
  uint64_t from = 0;
  uint64_t to = 0;
  std::string stream{};
};
constexpr std::size_t kQuestionBytes = 17;
constexpr char kAnswered = 'y';

std::string bytes_of(const Question& question) {
  std::string bytes(1, static_cast<char>(question.kind));
  log::append_u64(bytes, question.from);
  log::append_u64(bytes, question.to);
  return bytes + question.stream;
}

Question question_of(std::string_view bytes) {
  MASH_CHECK(bytes.size() >= kQuestionBytes);
  return {.kind = static_cast<Kind>(bytes[0]),
          .from = log::get_u64(bytes.data() + 1),
          .to = log::get_u64(bytes.data() + 9),
          .stream = std::string(bytes.substr(kQuestionBytes))};
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return ::shutdown(socket, SHUT_WR) == 0;
}

std::string receive_all(int socket) {
  std::string bytes;
  std::array<char, 65'536> part{};
  for (ssize_t got = 0; (got = ::recv(socket, part.data(), part.size(), 0)) > 0;)
    bytes.append(part.data(), static_cast<std::size_t>(got));
  return bytes;
}

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  MASH_CHECK(path.string().size() < sizeof address.sun_path);
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

Answers texts(const std::vector<feed::v1::TopicRecord>& records) {
  Answers all;
  for (const auto& record : records) all.push_back(record.SerializeAsString());
  return all;
}

Result<Answers> answer(feed::Origin& origin, const Question& question) {
  switch (question.kind) {
    case Kind::kRead:
      return origin.read(question.from, question.to).map(texts);
    case Kind::kStream:
      return origin.read_stream(question.stream, question.from, question.to).map(texts);
    case Kind::kProof:
      return origin.consistency_proof(question.from, question.to).map([](const auto& hashes) {
        Answers all;
        for (const merkle::Hash& hash : hashes) all.emplace_back(merkle::bytes_of(hash));
        return all;
      });
    case Kind::kCheckpoint:
      return origin.checkpoint({}).map([](const std::string& note) { return Answers{note}; });
    case Kind::kKey:
      return origin.verifier({}).map([](const auto& key) { return Answers{key.str()}; });
  }
  MASH_CHECK(false);
}

class SocketOrigin final : public feed::Origin {
 public:
  explicit SocketOrigin(const std::filesystem::path& path) : address_(address_of(path)) {}

  Result<std::vector<feed::v1::TopicRecord>> read(uint64_t from, uint64_t limit) override {
    return ask({.kind = Kind::kRead, .from = from, .to = limit}).map(records);
  }
  Result<std::vector<feed::v1::TopicRecord>> read_stream(std::string_view stream, uint64_t from,
                                                         uint64_t below) override {
    return ask({.kind = Kind::kStream, .from = from, .to = below, .stream = std::string(stream)})
        .map(records);
  }
  Result<std::vector<merkle::Hash>> consistency_proof(uint64_t from, uint64_t to) override {
    return ask({.kind = Kind::kProof, .from = from, .to = to}).map([](const Answers& answers) {
      std::vector<merkle::Hash> hashes;
      for (const auto& bytes : answers) hashes.push_back(merkle::hash_from_bytes(bytes).value());
      return hashes;
    });
  }
  Result<std::string> checkpoint(std::chrono::milliseconds) override {
    return ask({.kind = Kind::kCheckpoint}).map([](const Answers& all) { return all.at(0); });
  }
  Result<merkle::VerifierKey> verifier(std::chrono::milliseconds) override {
    return ask({.kind = Kind::kKey}).and_then([](const Answers& all) {
      return merkle::VerifierKey::parse(all.at(0));
    });
  }

 private:
  static std::vector<feed::v1::TopicRecord> records(const Answers& answers) {
    std::vector<feed::v1::TopicRecord> all;
    for (const auto& bytes : answers) MASH_CHECK(all.emplace_back().ParseFromString(bytes));
    return all;
  }

  Result<Answers> ask(const Question& question) const {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::string bytes;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0 &&
        send_all(socket, bytes_of(question)))
      bytes = receive_all(socket);
    ::close(socket);
    if (!bytes.starts_with(kAnswered))
      return refuse(Code::kUnavailable, "ORIGIN_UNAVAILABLE", "The log's owner does not answer.");
    Answers all;
    log::ByteReader reader(std::string_view(bytes).substr(1));
    while (reader.ok() && !reader.at_end()) all.emplace_back(reader.string());
    MASH_CHECK(reader.ok());
    return all;
  }

  const sockaddr_un address_;
};

}  // namespace

OriginSocket::OriginSocket(feed::Origin& origin, const std::filesystem::path& path)
    : origin_(origin), listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_un address = address_of(path);
  MASH_CHECK(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  MASH_CHECK(::listen(listening_, 16) == 0);
  thread_ = std::jthread([this] { serve(); });
}

OriginSocket::~OriginSocket() {
  ::shutdown(listening_, SHUT_RDWR);  // which ends the thread's waiting
  thread_.join();
  ::close(listening_);
}

void OriginSocket::serve() {
  for (int asking = 0; (asking = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const std::string question = receive_all(asking);
    if (question.size() >= kQuestionBytes) {  // whoever asks may be killed on the way
      if (const auto answers = answer(origin_, question_of(question))) {
        std::string bytes(1, kAnswered);
        for (const std::string& each : *answers) log::append_string(bytes, each);
        send_all(asking, bytes);
      }
    }
    ::close(asking);
  }
}

std::shared_ptr<feed::Origin> origin_at(const std::filesystem::path& path) {
  return std::make_shared<SocketOrigin>(path);
}

}  // namespace mash::testing
