#include "feed/kafka_feed.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

#include "feed/covered_records.h"
#include "feed/messages.h"
#include "feed/signed_head.h"
#include "feed/topic_reader.h"
#include "merkle/verify.h"

namespace mash::feed {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint64_t kOriginRecordsMax = 1'000;  // asked of the owner at once
constexpr milliseconds kLookAround{100};       // while waiting for a message

tl::unexpected<Error> data_loss(const char* reason, const char* message) {
  return refuse(Code::kDataLoss, reason, message);
}

}  // namespace

class KafkaFeed::Impl {
 public:
  explicit Impl(KafkaFeedParts parts) : parts_(std::move(parts)) {}

  const KafkaFeedParts& parts() const { return parts_; }
  Result<uint64_t> go_on_from(const log::Cursor& stored);
  Result<Batch> next(milliseconds patience);
  log::Cursor cursor_at(uint64_t position) const { return records_.cursor_at(position); }
  uint64_t size() const { return size_; }
  Result<uint64_t> ask_size(milliseconds patience);
  void interrupt() { interrupted_ = true; }

 private:
  Result<SignedHead> ask_head(milliseconds patience);
  Result<void> learn_key();
  Result<uint64_t> first_of_epoch_after(uint64_t epoch, uint64_t below);
  Result<void> hash_anew(uint64_t below);
  Result<std::vector<log::Record>> read_origin(uint64_t from, uint64_t limit);
  Result<void> hold_to(const SignedHead& head, uint64_t size, const merkle::Hash& root);
  Result<void> find_place(const TopicReader::Bounds& bounds);
  Result<void> begin_reading(const std::optional<TopicPlace>& place);
  Result<void> check_place(const TopicPlace& place);
  Result<void> check_what_was_followed();
  Result<Batch> catch_up();
  Result<std::optional<Batch>> take(const TopicMessage& message);
  Result<std::optional<Batch>> take_checkpoint(const TopicMessage& message);
  Result<std::optional<Batch>> take_record(const TopicMessage& message);
  Result<std::optional<Batch>> from_origin_up_to(uint64_t size);
  Result<void> out_of_range();
  tl::unexpected<Error> ahead_of_broker();
  tl::unexpected<Error> silent();
  tl::unexpected<Error> epoch_changed();
  void learn_size(uint64_t size) { size_ = std::max<uint64_t>(size_, size); }

  const KafkaFeedParts parts_;
  std::optional<merkle::VerifierKey> key_;
  std::optional<TopicReader> reader_;
  CoveredRecords records_;
  bool standing_ = false;        // where reader and records go on is known
  bool find_anew_ = false;       // told to go on after the broker had lost what was read
  uint64_t handed_out_ = 0;      // all records below
  bool whole_ = true;            // the last of those was the last of its append
  uint64_t catching_up_to_ = 0;  // the owner is asked for all below; 0: nothing
  std::optional<SignedHead> origin_head_;
  uint64_t owner_epoch_ = 0;  // the newest that the owner has signed in, as far as is known
  steady_clock::time_point heard_at_;
  std::atomic<uint64_t> size_ = 0;
  std::atomic<bool> interrupted_ = false;
};

Result<SignedHead> KafkaFeed::Impl::ask_head(milliseconds patience) {
  return learn_key()
      .and_then([&] { return parts_.origin->checkpoint(patience); })
      .and_then([&](const std::string& note) { return open_head(note, parts_.log, *key_); })
      .map([&](const SignedHead& head) {
        learn_size(head.size);
        owner_epoch_ = std::max(owner_epoch_, head.epoch);
        return head;
      });
}

Result<void> KafkaFeed::Impl::learn_key() {
  if (key_) return {};
  return parts_.origin->verifier(parts_.origin_patience).map([&](merkle::VerifierKey key) {
    key_ = std::move(key);
  });
}

// From any thread, and apart from what the following one does.
Result<uint64_t> KafkaFeed::Impl::ask_size(milliseconds patience) {
  if (patience <= milliseconds(0))
    return refuse(Code::kUnavailable, "ORIGIN_UNAVAILABLE", "The log's owner is not asked.");
  return parts_.origin->checkpoint(patience).and_then(
      [&](const std::string& note) { return size_of_checkpoint(note); });
}

Result<std::vector<log::Record>> KafkaFeed::Impl::read_origin(uint64_t from, uint64_t limit) {
  auto messages = parts_.origin->read(from, limit);
  if (!messages) return tl::unexpected(std::move(messages.error()));
  std::vector<log::Record> records;
  for (const v1::TopicRecord& message : *messages) {
    auto record = record_of(message);
    if (!record) return tl::unexpected(std::move(record.error()));
    if (record->prefix.position != from + records.size())
      return data_loss("RECORDS_MISSING", "The log's owner left records out.");
    records.push_back(std::move(*record));
  }
  return records;
}

// That the tree of the records so far is the beginning of the one that is signed.
Result<void> KafkaFeed::Impl::hold_to(const SignedHead& head, uint64_t size,
                                      const merkle::Hash& root) {
  std::vector<merkle::Hash> proof;
  if (size != head.size && size != 0) {
    auto asked = parts_.origin->consistency_proof(size, head.size);
    if (!asked) return tl::unexpected(std::move(asked.error()));
    proof = std::move(*asked);
  }
  if (merkle::verify_consistency(size, head.size, proof, root, head.root)) return {};
  return data_loss("ROOT_MISMATCH", "The owner's records do not give the root that it has signed.");
}

// The position of the first record below `below` that a later epoch wrote; else `below`.
Result<uint64_t> KafkaFeed::Impl::first_of_epoch_after(uint64_t epoch, uint64_t below) {
  uint64_t from = 0;
  uint64_t to = below;
  while (from < to) {
    const uint64_t middle = from + (to - from) / 2;
    const auto record = read_origin(middle, 1);
    if (!record) return tl::unexpected(record.error());
    if (record->empty() || record->front().prefix.epoch > epoch)
      to = middle;
    else
      from = middle + 1;
  }
  return from;
}

// The tree of all records below a position, from the owner: where what was kept does not have it.
Result<void> KafkaFeed::Impl::hash_anew(uint64_t below) {
  TreeFrontier tree;
  const auto head = ask_head(parts_.origin_patience);
  if (!head) return tl::unexpected(head.error());
  while (tree.size() < below) {
    const auto records = read_origin(tree.size(), std::min(kOriginRecordsMax, below - tree.size()));
    if (!records) return tl::unexpected(records.error());
    if (records->empty()) return data_loss("RECORDS_MISSING", "The log's owner left records out.");
    for (const log::Record& record : *records) tree.append(merkle::leaf_hash(record.leaf));
  }
  if (auto held = hold_to(*head, tree.size(), tree.root()); !held) return held;
  records_.begin(std::move(tree), below, head->epoch);
  return {};
}

Result<uint64_t> KafkaFeed::Impl::go_on_from(const log::Cursor& stored) {
  if (standing_ && handed_out_ == stored.position && records_.epoch() == stored.epoch)
    return handed_out_;  // it has gone on listening
  standing_ = false;
  catching_up_to_ = 0;
  if (auto known = learn_key(); !known) return tl::unexpected(known.error());
  uint64_t from = stored.position;
  v1::FeedState state;
  if (!state.ParseFromString(stored.state))
    return data_loss("CURSOR_MALFORMED", "What was kept of a feed cannot be read.");
  std::optional<TopicPlace> place;
  if (state.has_offset() && !find_anew_) place.emplace().offset = state.offset();
  if (place && state.has_before_ms()) place->before_ms = state.before_ms();
  const auto head = ask_head(parts_.origin_patience);  // away, it may not have changed
  const bool went_back = head && stored.epoch != 0 && head->epoch > stored.epoch;
  if (went_back) {
    const auto first = first_of_epoch_after(stored.epoch, std::min(from, head->size));
    if (!first) return first;
    from = *first;
    size_ = head->size;  // it may be shorter now
  }
  if (state.position() <= from && (state.position() > 0 || from == 0)) {
    std::vector<merkle::Hash> subtrees;
    for (const std::string& bytes : state.subtrees()) {
      const auto hash = merkle::hash_from_bytes(bytes);
      if (!hash) return tl::unexpected(hash.error());
      subtrees.push_back(*hash);
    }
    auto tree = TreeFrontier::of(state.position(), std::move(subtrees));
    if (!tree) return tl::unexpected(std::move(tree.error()));
    records_.begin(std::move(*tree), from, went_back ? head->epoch : stored.epoch);
  } else if (auto hashed = hash_anew(from); !hashed) {
    return tl::unexpected(hashed.error());
  }
  if (auto reading = begin_reading(place); !reading) return tl::unexpected(reading.error());
  records_.remember(reader_->place());
  learn_size(from);
  handed_out_ = from;
  whole_ = true;
  find_anew_ = false;
  standing_ = true;
  return from;
}

Result<void> KafkaFeed::Impl::begin_reading(const std::optional<TopicPlace>& place) {
  reader_.reset();
  auto reader = TopicReader::open(parts_.kafka, parts_.from);
  if (!reader) return tl::unexpected(std::move(reader.error()));
  reader_ = std::move(*reader);
  heard_at_ = steady_clock::now();
  const auto bounds = reader_->bounds(parts_.origin_patience);  // says also why it cannot be read
  if (!bounds) return tl::unexpected(bounds.error());
  if (!place) return find_place(*bounds);
  if (auto stands = check_place(*place); !stands) return stands;
  return reader_->go_to(*place);
}

// Whether the message before a place is the one that was read there. One that retention took says
// nothing. A topic may be longer than that place and still have lost what stood there: whoever
// publishes goes on at its end.
Result<void> KafkaFeed::Impl::check_place(const TopicPlace& place) {
  const auto bounds = reader_->bounds(parts_.origin_patience);
  if (!bounds) return tl::unexpected(bounds.error());
  if (place.offset > bounds->end) return ahead_of_broker();
  if (!place.before_ms || place.offset <= bounds->begin) return {};
  if (auto gone = reader_->go_to(place.offset - 1); !gone) return gone;
  const auto before = reader_->read(parts_.origin_patience);
  if (!before && before.error().reason == "OFFSET_OUT_OF_RANGE") return {};  // retention, just now
  if (!before) return tl::unexpected(before.error());
  if (!*before)
    return refuse(Code::kUnavailable, "KAFKA_UNAVAILABLE",
                  "The brokers do not give what they have.");
  if ((*before)->offset == place.offset - 1 && (*before)->sent_ms != place.before_ms)
    return ahead_of_broker();
  return {};
}

// Where the topic leaves records out: not because those that were followed are gone.
Result<void> KafkaFeed::Impl::check_what_was_followed() {
  const TopicPlace* followed = records_.remembered();
  if (followed == nullptr) return {};
  const TopicPlace next = reader_->place();
  if (auto stands = check_place(*followed); !stands) {
    standing_ = false;
    return stands;
  }
  return reader_->go_to(next);
}

// Positions go up with offsets, but for what was published twice: halves what lies between. Near is
// enough, since what comes too early is left out, and what is missing is asked of the owner.
Result<void> KafkaFeed::Impl::find_place(const TopicReader::Bounds& bounds) {
  int64_t from = bounds.begin;
  int64_t to = records_.next() == 0 ? from : bounds.end;
  while (from < to) {
    const int64_t middle = from + (to - from) / 2;
    if (auto gone = reader_->go_to(middle); !gone) return gone;
    const auto message = reader_->read(parts_.origin_patience);
    const bool retention_took_it = !message && message.error().reason == "OFFSET_OUT_OF_RANGE";
    if (!message && !retention_took_it) return tl::unexpected(message.error());
    if (!retention_took_it && (!*message || (*message)->position.value_or(0) >= records_.next()))
      to = middle;
    else
      from = middle + 1;
  }
  return reader_->go_to(from);
}

Result<Batch> KafkaFeed::Impl::next(milliseconds patience) {
  if (catching_up_to_ > records_.covered().size()) return catch_up();
  const auto until = steady_clock::now() + patience;
  while (!interrupted_.exchange(false)) {
    const auto now = steady_clock::now();
    const auto left = std::chrono::duration_cast<milliseconds>(until - now);
    const auto message = reader_->read(std::clamp(left, milliseconds(0), kLookAround));
    if (!message && message.error().reason == "OFFSET_OUT_OF_RANGE") {
      if (auto gone = out_of_range(); !gone) return tl::unexpected(gone.error());
      continue;
    }
    if (!message) {
      standing_ = false;  // whether it can be read again, beginning anew finds
      return tl::unexpected(message.error());
    }
    if (*message) {
      heard_at_ = now;
      auto batch = take(**message);
      if (!batch) return tl::unexpected(std::move(batch.error()));
      if (*batch) return std::move(**batch);
    } else if (now - heard_at_ > parts_.silent_max) {
      return silent();
    }
    if (left <= milliseconds(0)) break;
  }
  return Batch{.records = {}, .complete = whole_};
}

// What is wrong with the brokers is said first.
tl::unexpected<Error> KafkaFeed::Impl::silent() {
  if (auto there = reader_->is_there(parts_.origin_patience); !there) {
    standing_ = false;
    return tl::unexpected(std::move(there.error()));
  }
  return refuse(Code::kUnavailable, "FEED_SILENT",
                "Nothing is heard of the log, not even that nothing is new.");
}

Result<std::optional<Batch>> KafkaFeed::Impl::take(const TopicMessage& message) {
  return message.type == kafka::kCheckpointType ? take_checkpoint(message) : take_record(message);
}

// One that cannot be read, or that nobody signed, says nothing: the next one does.
Result<std::optional<Batch>> KafkaFeed::Impl::take_checkpoint(const TopicMessage& message) {
  const auto head = open_head(message.value, parts_.log, *key_);
  if (!head) return std::nullopt;
  if (head->epoch < std::max(records_.epoch(), owner_epoch_)) return std::nullopt;  // of before
  learn_size(head->size);
  if (head->size < records_.covered().size() && records_.epoch() != 0 &&
      head->epoch > records_.epoch())
    return epoch_changed();
  if (head->size <= records_.covered().size() && head->size < records_.next()) return std::nullopt;
  // More than came; or less, where what came was lost there since.
  if (head->size > records_.next())
    if (auto stands = check_what_was_followed(); !stands) return tl::unexpected(stands.error());
  if (head->size != records_.next()) return from_origin_up_to(head->size);
  auto records = records_.cover(head->root, head->epoch);
  if (!records) return from_origin_up_to(head->size);
  records_.remember(reader_->place());
  handed_out_ = std::max(handed_out_, head->size);
  whole_ = true;  // the owner signs where appends end
  if (records->empty()) return std::nullopt;
  return Batch{.records = std::move(*records), .complete = true};
}

// One that cannot be read is missing, which the next one, or a checkpoint, shows.
Result<std::optional<Batch>> KafkaFeed::Impl::take_record(const TopicMessage& message) {
  v1::TopicRecord value;
  if (!value.ParseFromString(message.value)) return std::nullopt;
  auto record = record_of(value);
  if (!record) return std::nullopt;
  const uint64_t position = record->prefix.position;
  if (record->prefix.epoch > records_.epoch() && position < records_.covered().size() &&
      records_.epoch() != 0) {
    // Whoever may write to the topic can say so: only the owner's word counts.
    const auto head = ask_head(parts_.origin_patience);
    if (!head) return tl::unexpected(head.error());
    if (head->epoch > records_.epoch()) return epoch_changed();
  }
  if (position < records_.next()) return std::nullopt;  // it came before
  if (position > records_.next())
    if (auto stands = check_what_was_followed(); !stands) return tl::unexpected(stands.error());
  if (position > records_.next() || records_.is_full()) return from_origin_up_to(position);
  records_.take(std::move(*record));
  return std::nullopt;
}

Result<std::optional<Batch>> KafkaFeed::Impl::from_origin_up_to(uint64_t size) {
  records_.drop();
  catching_up_to_ = size;
  origin_head_.reset();
  return catch_up().map([](Batch batch) { return std::optional<Batch>(std::move(batch)); });
}

// The next records from the owner, held to what it has signed.
Result<Batch> KafkaFeed::Impl::catch_up() {
  const uint64_t from = records_.covered().size();
  if (!origin_head_ || origin_head_->size <= from) {
    const auto head = ask_head(parts_.origin_patience);
    if (!head) return tl::unexpected(head.error());
    if (records_.epoch() != 0 && head->epoch > records_.epoch()) return epoch_changed();
    origin_head_ = *head;
  }
  if (origin_head_->size <= from) {  // what the topic says is more than there is
    catching_up_to_ = 0;
    return Batch{.records = {}, .complete = whole_};
  }
  auto read = read_origin(from, std::min(kOriginRecordsMax, origin_head_->size - from));
  if (!read) return tl::unexpected(std::move(read.error()));
  if (read->empty()) return data_loss("RECORDS_MISSING", "The log's owner left records out.");
  TreeFrontier tree = records_.covered();
  for (log::Record& record : *read) {
    tree.append(merkle::leaf_hash(record.leaf));
    records_.take(std::move(record));
  }
  if (auto held = hold_to(*origin_head_, tree.size(), tree.root()); !held) {
    records_.drop();
    return tl::unexpected(held.error());
  }
  auto records = records_.cover(tree.root(), origin_head_->epoch);
  if (!records) return tl::unexpected(std::move(records.error()));
  records_.remember(reader_->place());
  handed_out_ = std::max(handed_out_, tree.size());
  heard_at_ = steady_clock::now();
  whole_ = tree.size() == origin_head_->size;
  return Batch{.records = std::move(*records), .complete = whole_};
}

// Where it goes on is found when it begins anew.
tl::unexpected<Error> KafkaFeed::Impl::epoch_changed() {
  standing_ = false;
  return refuse(Code::kAborted, "EPOCH_CHANGED",
                "The log opened a new epoch: it is followed from the first record that changed.");
}

Result<void> KafkaFeed::Impl::out_of_range() {
  const auto bounds = reader_->bounds(parts_.origin_patience);
  if (!bounds) {
    standing_ = false;  // librdkafka reads no more of a partition that it found out of range
    return tl::unexpected(bounds.error());
  }
  if (reader_->next() <= bounds->end) return reader_->go_to(bounds->begin);  // retention took it
  return ahead_of_broker();
}

tl::unexpected<Error> KafkaFeed::Impl::ahead_of_broker() {
  standing_ = false;
  find_anew_ = true;
  return data_loss("FEED_AHEAD_OF_BROKER",
                   "The brokers have lost records that were followed, or the topic was made anew.");
}

KafkaFeed::KafkaFeed(KafkaFeedParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
KafkaFeed::~KafkaFeed() = default;

const std::string& KafkaFeed::log() const { return impl_->parts().log; }
Result<uint64_t> KafkaFeed::go_on_from(const log::Cursor& stored) {
  return impl_->go_on_from(stored);
}
Result<Batch> KafkaFeed::next(milliseconds patience) { return impl_->next(patience); }
log::Cursor KafkaFeed::cursor_at(uint64_t position) const { return impl_->cursor_at(position); }
Result<std::vector<log::Record>> KafkaFeed::read_stream(std::string_view stream, uint64_t from,
                                                        uint64_t below) const {
  auto messages = impl_->parts().origin->read_stream(stream, from, below);
  if (!messages) return tl::unexpected(std::move(messages.error()));
  std::vector<log::Record> records;
  for (const v1::TopicRecord& message : *messages) {
    auto record = record_of(message);
    if (!record) return tl::unexpected(std::move(record.error()));
    records.push_back(std::move(*record));
  }
  return records;
}
uint64_t KafkaFeed::size() const { return impl_->size(); }
Result<uint64_t> KafkaFeed::ask_size(milliseconds patience) const {
  return impl_->ask_size(patience);
}
void KafkaFeed::interrupt() { impl_->interrupt(); }

}  // namespace mash::feed
