#include "feed/relay.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "feed/local_feed.h"
#include "feed/messages.h"
#include "feed/relay_cursor.h"
#include "feed/topic_end.h"
#include "log/event_log.h"
#include "log/prover.h"
#include "merkle/checkpoint.h"

namespace mash::feed {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Records between two checkpoints, at most, where many wait: what a follower must hold before it
// may hand them out.
constexpr uint64_t kRecordsCoveredMax = 2'000;
constexpr char kMessageBytesMax[] = "4000000";  // the topics allow 4 MiB with all around it
constexpr milliseconds kPoll{5};
constexpr milliseconds kKeepEvery{1'000};
constexpr int kFlushMs = 2'000;
constexpr milliseconds kTopicPatience{3'000};  // for each answer of the brokers about its end

kafka::Settings producing() {
  return {{"enable.idempotence", "true"},
          {"acks", "all"},
          // What a topic's end shows holds for all before it (feed/topic_end.h).
          {"enable.gapless.guarantee", "true"},
          {"message.timeout.ms", "0"},  // the log keeps them; so does it, until they are taken
          {"linger.ms", "5"},
          {"batch.size", "1000000"},
          {"batch.num.messages", "10000"},
          {"message.max.bytes", kMessageBytesMax},
          {"queue.buffering.max.messages", "20000"},
          {"queue.buffering.max.kbytes", "32768"}};
}

// Gives a message to the producer, which copies it. `covers` comes back when it was delivered.
int produce(rd_kafka_t* producer, const TopicPartition& to, const Outgoing& message,
            uint64_t covers) {
  auto* headers = rd_kafka_headers_new(message.headers.size());
  for (const auto& [name, value] : message.headers)
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  std::array<rd_kafka_vu_t, 6> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = to.topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
  parts[1].u.i32 = to.partition;
  parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[2].u.i = RD_KAFKA_MSG_F_COPY;
  parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[3].u.mem = {.ptr = const_cast<char*>(message.value.data()), .size = message.value.size()};
  parts[4].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[4].u.headers = headers;
  parts[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[5].u.ptr = reinterpret_cast<void*>(covers);
  rd_kafka_error_t* error = rd_kafka_produceva(producer, parts.data(), parts.size());
  if (error == nullptr) return RD_KAFKA_RESP_ERR_NO_ERROR;  // the headers are the producer's now
  const int code = rd_kafka_error_code(error);
  rd_kafka_error_destroy(error);
  rd_kafka_headers_destroy(headers);
  return code;
}

}  // namespace

class Relay::Impl {
 public:
  explicit Impl(RelayParts parts)
      : parts_(std::move(parts)),
        tail_(parts_.log.tail([this](uint64_t) { wake(); })),
        thread_([this](const std::stop_token& stop) { run(stop); }) {}

  uint64_t behind() const {
    const uint64_t size = parts_.log.size();
    const uint64_t acknowledged = acknowledged_;
    return size > acknowledged ? size - acknowledged : 0;
  }
  uint64_t published() const { return published_; }
  Result<void> goes_on() const {
    const std::lock_guard lock(mutex_);
    return held_up_;
  }
  bool wait_until(uint64_t position, milliseconds patience) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [&] { return begun_ && acknowledged_ >= position; });
  }

 private:
  void wake() const {
    {
      const std::lock_guard lock(mutex_);
    }
    changed_.notify_all();
  }

  void run(const std::stop_token& stop);
  Result<void> begin();
  Result<uint64_t> where_it_stopped();
  Result<uint64_t> what_the_topic_shows();
  Result<void> publish(const std::stop_token& stop);
  Result<void> publish_until(uint64_t size, const std::stop_token& stop);
  Result<void> send(const Outgoing& message, uint64_t covers, const std::stop_token& stop);
  Result<void> check_producer();
  Result<void> acknowledging();
  uint64_t end_of_chunk(uint64_t size) const;
  Result<void> keep(bool at_once);
  void tell(const Result<void>& published);
  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* relay);

  const RelayParts parts_;
  // The thread's own.
  kafka::Client producer_;
  uint64_t next_ = 0;                        // the record to publish next
  int failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // what a message was given up for
  bool proves_itself_ = false;               // after a refusal, until the brokers take something
  uint64_t last_acknowledged_ = 0;
  steady_clock::time_point acknowledged_at_;
  uint64_t kept_ = 0;
  steady_clock::time_point kept_at_;
  Result<void> keeps_{};
  steady_clock::time_point last_checkpoint_at_;

  std::atomic<uint64_t> acknowledged_ = 0;
  std::atomic<uint64_t> published_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Result<void> held_up_{};
  bool begun_ = false;
  std::unique_ptr<log::EventLog::Tail> tail_;
  std::jthread thread_;  // last: it goes first
};

// Served by this thread's own polls. In order: the producer is idempotent.
void Relay::Impl::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* relay) {
  auto& self = *static_cast<Impl*>(relay);
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (self.failed_ == RD_KAFKA_RESP_ERR_NO_ERROR) self.failed_ = message->err;
    return;
  }
  self.proves_itself_ = false;
  const auto covers = reinterpret_cast<std::uintptr_t>(message->_private);
  if (self.failed_ != RD_KAFKA_RESP_ERR_NO_ERROR || covers <= self.acknowledged_) return;
  self.published_ += covers - self.acknowledged_;
  self.acknowledged_ = covers;
  self.wake();
}

void Relay::Impl::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto published = publish(stop);
    if (published) {
      if (!proves_itself_) tell(acknowledging().and_then([this] { return keep(false); }));
      continue;
    }
    tell(published);
    proves_itself_ = true;
    producer_.reset();  // with what it held: that lies in the log
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, parts_.retry_after, [] { return false; });
  }
  if (producer_) rd_kafka_flush(producer_.get(), kFlushMs);
  (void)keep(true);
  producer_.reset();
}

Result<uint64_t> Relay::Impl::where_it_stopped() {
  auto kept = read_relay_cursor(parts_.cursor_file, parts_.log.name());
  if (kept && (kept->epoch > parts_.log.head().epoch || kept->position > parts_.log.size()))
    kept = refuse(Code::kDataLoss, "RELAY_CURSOR_MALFORMED",
                  "More was published than the log has: its topic is asked.");
  if (kept && kept->epoch != 0) return go_on_from(parts_.log, *kept);
  if (!kept) {
    tell(tl::unexpected(kept.error()));
    put_relay_cursor_aside(parts_.cursor_file);
  }
  return what_the_topic_shows();
}

// Where nothing is known of it, all is published again: the followers leave out what they have.
Result<uint64_t> Relay::Impl::what_the_topic_shows() {
  if (parts_.log.size() == 0) return 0;
  auto shown = ask_topic_end(parts_.log, parts_.kafka, parts_.to, kTopicPatience);
  // One that writes to a topic need not be allowed to read it.
  const bool is_asked_in_vain = !shown && shown.error().code == Code::kUnavailable &&
                                shown.error().reason != "KAFKA_NOT_ALLOWED";
  if (is_asked_in_vain) return shown;
  if (parts_.on_place_found) parts_.on_place_found(shown);
  return shown.value_or(0);
}

// A producer that begins where the brokers had acknowledged all before.
Result<void> Relay::Impl::begin() {
  const auto from = begun_ ? acknowledged_.load() : where_it_stopped();
  if (!from) return tl::unexpected(from.error());
  auto producer = kafka::make_producer(parts_.kafka, producing(), delivered, this);
  if (!producer) return tl::unexpected(std::move(producer.error()));
  producer_ = std::move(*producer);
  failed_ = RD_KAFKA_RESP_ERR_NO_ERROR;
  next_ = *from;
  {
    const std::lock_guard lock(mutex_);
    acknowledged_ = *from;
    begun_ = true;
  }
  last_acknowledged_ = *from;
  acknowledged_at_ = steady_clock::now();
  last_checkpoint_at_ = {};
  return {};
}

Result<void> Relay::Impl::publish(const std::stop_token& stop) {
  if (!producer_)
    if (auto begun = begin(); !begun) return begun;
  const uint64_t size = parts_.log.size();
  // One at a time: while the brokers are away they would only pile up.
  const bool beats = steady_clock::now() - last_checkpoint_at_ >= parts_.heartbeat &&
                     rd_kafka_outq_len(producer_.get()) == 0;
  if (next_ < size || beats)
    if (auto done = publish_until(end_of_chunk(size), stop); !done) return done;
  rd_kafka_poll(producer_.get(), 0);
  if (auto sound = check_producer(); !sound) return sound;
  if (next_ < parts_.log.size()) return {};
  // Acknowledgements are waited for in the producer, records in the log.
  if (acknowledged_ < next_) {
    rd_kafka_poll(producer_.get(), static_cast<int>(kPoll.count()));
    return check_producer();
  }
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, parts_.heartbeat, [this] { return next_ < parts_.log.size(); });
  return {};
}

// Where a checkpoint is to stand: at the end, or, where many wait, where an append ends: what was
// appended together shares its correlation.
uint64_t Relay::Impl::end_of_chunk(uint64_t size) const {
  uint64_t end = std::min(size, next_ + kRecordsCoveredMax);
  std::string before;
  for (; end < size; ++end) {
    const auto record = parts_.log.read(end);
    if (!record) return size;  // reading it again says what is wrong
    const std::string& correlation = record->body.correlation_id();
    if (!before.empty() && correlation != before) return end;
    before = correlation;
  }
  return end;
}

Result<void> Relay::Impl::publish_until(uint64_t size, const std::stop_token& stop) {
  // Signed first: nothing goes out that is not covered.
  const auto note = size == parts_.log.size() ? parts_.log.prover().checkpoint()
                                              : parts_.log.prover().checkpoint_at(size);
  if (!note) return tl::unexpected(note.error());
  const auto covered = size_of_checkpoint(*note);
  if (!covered) return tl::unexpected(covered.error());
  for (; next_ < *covered; ++next_) {
    const auto record = parts_.log.read(next_, /*with_sealed=*/true);
    if (!record) return tl::unexpected(record.error());
    if (auto sent = send(outgoing(*record, parts_.log.name()), next_ + 1, stop); !sent) return sent;
    if (stop.stop_requested()) return {};
  }
  last_checkpoint_at_ = steady_clock::now();
  return send(outgoing_checkpoint(*note, parts_.log.name(), parts_.log.head().epoch, *covered),
              *covered, stop);
}

Result<void> Relay::Impl::send(const Outgoing& message, uint64_t covers,
                               const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const int error = produce(producer_.get(), parts_.to, message, covers);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      rd_kafka_poll(producer_.get(), 0);
      return check_producer();
    }
    // Too large for the topics: followers get it from the log itself, since the checkpoint after it
    // says that it is there.
    if (error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) return {};
    if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL)
      return kafka::refused(error, "A record cannot be published");
    rd_kafka_poll(producer_.get(), static_cast<int>(kPoll.count()));
    if (auto sound = check_producer(); !sound) return sound;
    if (!proves_itself_) tell(acknowledging().and_then([this] { return keep(false); }));
  }
  return {};
}

// A message that was given up, or a producer that can go on no more: then a new one begins after
// what was acknowledged.
Result<void> Relay::Impl::check_producer() {
  if (auto let_in = producer_.take_login(); !let_in) return let_in;
  if (failed_ != RD_KAFKA_RESP_ERR_NO_ERROR)
    return kafka::refused(failed_, "Records cannot be published");
  std::array<char, 512> said{};
  const int fatal = rd_kafka_fatal_error(producer_.get(), said.data(), said.size());
  if (fatal == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return kafka::refused(fatal, std::string("Records cannot be published, ") + said.data());
}

// Refused while the brokers owe acknowledgements for long: what is under way stays so.
Result<void> Relay::Impl::acknowledging() {
  const auto now = steady_clock::now();
  if (acknowledged_ >= next_ || acknowledged_ != last_acknowledged_) {
    last_acknowledged_ = acknowledged_;
    acknowledged_at_ = now;
  }
  if (now - acknowledged_at_ < parts_.away_after) return {};
  return refuse(Code::kUnavailable, "KAFKA_UNAVAILABLE",
                "The brokers have acknowledged nothing for some seconds.");
}

// Now and then, so that a restart repeats little.
Result<void> Relay::Impl::keep(bool at_once) {
  const auto now = steady_clock::now();
  if (!begun_ || acknowledged_ == kept_ || (!at_once && now - kept_at_ < kKeepEvery)) return keeps_;
  const log::Cursor cursor{.epoch = parts_.log.head().epoch, .position = acknowledged_};
  keeps_ = write_relay_cursor(parts_.cursor_file, parts_.log.name(), cursor);
  if (keeps_) kept_ = cursor.position;
  kept_at_ = now;
  return keeps_;
}

void Relay::Impl::tell(const Result<void>& published) {
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    news = held_up_.has_value() != published.has_value() ||
           (!published && held_up_.error().reason != published.error().reason);
    held_up_ = published;
  }
  if (news && parts_.on_held_up) parts_.on_held_up(published);
}

Relay::Relay(RelayParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Relay::~Relay() = default;

uint64_t Relay::behind() const { return impl_->behind(); }
uint64_t Relay::published() const { return impl_->published(); }
bool Relay::is_held_up() const { return !impl_->goes_on(); }
Result<void> Relay::goes_on() const { return impl_->goes_on(); }
bool Relay::wait_until(uint64_t position, milliseconds patience) const {
  return impl_->wait_until(position, patience);
}

}  // namespace mash::feed
