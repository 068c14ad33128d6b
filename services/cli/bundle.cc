#include "cli/bundle.h"

#include <map>
#include <optional>
#include <utility>

#include "merkle/encoding.h"
#include "merkle/note.h"
#include "merkle/verify.h"

namespace mash::cli {
namespace {

constexpr std::string_view kHeader = "mash-bundle/v1";
constexpr std::string_view kCase = "case ";
constexpr std::string_view kKey = "key ";
constexpr std::string_view kRecords = "records ";
constexpr std::string_view kRecord = "record ";
constexpr std::string_view kCheckpoint = "checkpoint";

tl::unexpected<Error> wrong(std::string reason, std::string message) {
  return refuse(Code::kDataLoss, std::move(reason), std::move(message));
}

// Reads a bundle line by line and knows where it is.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<Bundle> read() {
    Bundle bundle;
    auto whole = read_head(bundle)
                     .and_then([&](uint64_t records) { return read_entries(records, bundle); })
                     .and_then([&] { return read_checkpoint(bundle); });
    if (!whole) return tl::unexpected(std::move(whole.error()));
    return bundle;
  }

 private:
  tl::unexpected<Error> malformed(const std::string& wanted) const {
    return wrong("BUNDLE_MALFORMED",
                 "Line " + std::to_string(line_number_) + " of the bundle is not " + wanted + ".");
  }

  void advance() {
    line_ = merkle::take_line(rest_);
    ++line_number_;
  }

  // What follows `prefix` on the next line.
  Result<std::string_view> value(std::string_view prefix) {
    advance();
    if (!line_ || !line_->starts_with(prefix))
      return malformed("'" + std::string(prefix) + "' and a value");
    return line_->substr(prefix.size());
  }

  Result<uint64_t> number(std::string_view prefix) {
    const auto text = value(prefix);
    if (!text) return tl::unexpected(text.error());
    const auto read = merkle::parse_decimal(*text);
    if (!read) return malformed("'" + std::string(prefix) + "' and a number");
    return *read;
  }

  // The number of records to come.
  Result<uint64_t> read_head(Bundle& bundle) {
    advance();
    if (line_ != kHeader) return malformed("'" + std::string(kHeader) + "'");
    const auto case_id = value(kCase);
    if (!case_id) return tl::unexpected(case_id.error());
    bundle.case_id = *case_id;
    while (rest_.starts_with(kKey)) {
      const auto text = value(kKey);
      auto key = merkle::VerifierKey::parse(*text);
      if (!key) return malformed("a public key that fits its own hash");
      bundle.keys.push_back(std::move(*key));
    }
    return number(kRecords);
  }

  Result<void> read_entries(uint64_t records, Bundle& bundle) {
    for (uint64_t i = 0; i < records; ++i) {
      auto entry = read_entry();
      if (!entry) return tl::unexpected(std::move(entry.error()));
      bundle.entries.push_back(std::move(*entry));
    }
    return {};
  }

  Result<Bundle::Entry> read_entry() {
    advance();
    if (line_ != "") return malformed("empty, before a record");
    const auto position = number(kRecord);
    if (!position) return tl::unexpected(position.error());
    advance();
    auto record = line_ ? merkle::base64_decode(*line_) : std::nullopt;
    if (!record || record->empty()) return malformed("a record in base64");
    Bundle::Entry entry{.position = *position, .record = std::move(*record), .hashes = {}};
    while (!rest_.empty() && !rest_.starts_with('\n')) {
      advance();
      const auto bytes = line_ ? merkle::base64_decode(*line_) : std::nullopt;
      const auto hash = merkle::hash_from_bytes(bytes.value_or(""));
      if (!hash) return malformed("a hash, 32 bytes in base64");
      entry.hashes.push_back(*hash);
    }
    return entry;
  }

  Result<void> read_checkpoint(Bundle& bundle) {
    advance();
    if (line_ != "")
      return malformed(
          "empty, before the checkpoint: are there more records than "
          "line 'records' says?");
    advance();
    if (line_ != kCheckpoint) return malformed("'" + std::string(kCheckpoint) + "'");
    bundle.checkpoint = rest_;
    return {};
  }

  std::string_view rest_;
  std::optional<std::string_view> line_;
  size_t line_number_ = 0;
};

std::string where(const Bundle::Entry& entry, size_t index) {
  return "Record " + std::to_string(index + 1) + " of the bundle (position " +
         std::to_string(entry.position) + ") ";
}

// A bundle says nothing that nobody vouches for: each key has signed, and nobody else has.
Result<merkle::Checkpoint> check_checkpoint(const Bundle& bundle) {
  const auto refused = [](const Error& error) {
    return wrong("CHECKPOINT_UNSIGNED",
                 "The checkpoint is not signed with the keys in the bundle: " + error.message);
  };
  const auto opened = merkle::open_checkpoint(bundle.checkpoint, bundle.keys);
  if (!opened) return refused(opened.error());
  const auto note = merkle::parse_note(bundle.checkpoint);
  const auto verified = merkle::open_note(bundle.checkpoint, bundle.keys);
  if (!note) return refused(note.error());
  if (!verified) return refused(verified.error());
  if (verified->signers.size() != note->signatures.size() ||
      verified->signers.size() != bundle.keys.size())
    return wrong("CHECKPOINT_UNSIGNED",
                 "The checkpoint has signatures that no key in the bundle can check, or the bundle "
                 "has keys that have signed nothing.");
  return *opened;
}

// Follows the records in order and holds each to those before it.
class Follower {
 public:
  Follower(const Bundle& bundle, const merkle::Checkpoint& checkpoint, merkle::Origin origin)
      : bundle_(bundle), checkpoint_(checkpoint), origin_(std::move(origin)) {}

  Result<log::Record> check(size_t index) {
    const Bundle::Entry& entry = bundle_.entries[index];
    const std::string at = where(entry, index);
    if (entry.position >= checkpoint_.size)
      return wrong("RECORD_NOT_PROVEN", at + "lies beyond the checkpoint.");
    const auto proven = merkle::verify_inclusion(merkle::leaf_hash(entry.record), entry.position,
                                                 checkpoint_.size, entry.hashes, checkpoint_.root);
    if (!proven)
      return wrong("RECORD_NOT_PROVEN",
                   at + "is not what the log held there: its proof does not lead to the signed "
                        "checkpoint.");
    auto record = log::decode_record(entry.record, true);
    if (!record) return wrong("RECORD_MALFORMED", at + "cannot be read: " + record.error().message);
    if (auto placed = check_place(*record, entry, at); !placed)
      return tl::unexpected(std::move(placed.error()));
    if (auto belongs = check_belonging(*record, at); !belongs)
      return tl::unexpected(std::move(belongs.error()));
    last_ = record->prefix;
    return record;
  }

 private:
  Result<void> check_place(const log::Record& record, const Bundle::Entry& entry,
                           const std::string& at) const {
    const log::RecordPrefix& prefix = record.prefix;
    if (prefix.position != entry.position)
      return wrong("RECORD_MISPLACED",
                   at + "says that its position is " + std::to_string(prefix.position) + ".");
    if (prefix.epoch > origin_.epoch)
      return wrong("RECORD_MISPLACED", at + "is of a later epoch than the checkpoint.");
    if (last_ && prefix.position <= last_->position)
      return wrong("RECORD_MISPLACED", at + "does not come after the one before it.");
    if (last_ && (prefix.recorded_at < last_->recorded_at || prefix.epoch < last_->epoch))
      return wrong("RECORD_MISPLACED", at + "goes back in time.");
    return {};
  }

  Result<void> check_belonging(const log::Record& record, const std::string& at) {
    if (record.body.case_id() != bundle_.case_id)
      return wrong("RECORD_OF_ANOTHER_CASE", at + "is not of case " + bundle_.case_id + ".");
    if (record.body.area() != origin_.area)
      return wrong("RECORD_OF_ANOTHER_LOG",
                   at + "is not of area " + origin_.area + ", whose log signed the checkpoint.");
    uint64_t& version = versions_[record.body.stream()];
    if (record.prefix.stream_version != version + 1)
      return wrong("RECORD_MISSING", at + "is version " +
                                         std::to_string(record.prefix.stream_version) + " of " +
                                         record.body.stream() + ", but version " +
                                         std::to_string(version + 1) + " is not in the bundle.");
    ++version;
    return {};
  }

  const Bundle& bundle_;
  const merkle::Checkpoint& checkpoint_;
  const merkle::Origin origin_;
  std::optional<log::RecordPrefix> last_;
  std::map<std::string, uint64_t> versions_;  // of each stream, so far
};

}  // namespace

std::string Bundle::str() const {
  std::string out(kHeader);
  out.append("\n").append(kCase).append(case_id).append("\n");
  for (const merkle::VerifierKey& key : keys) out.append(kKey).append(key.str()).append("\n");
  out.append(kRecords).append(std::to_string(entries.size())).append("\n");
  for (const Entry& entry : entries) {
    out.append("\n").append(kRecord).append(std::to_string(entry.position)).append("\n");
    out.append(merkle::base64_encode(entry.record)).append("\n");
    for (const merkle::Hash& hash : entry.hashes)
      out.append(merkle::base64_encode(merkle::bytes_of(hash))).append("\n");
  }
  return out.append("\n").append(kCheckpoint).append("\n").append(checkpoint);
}

Result<Bundle> Bundle::parse(std::string_view text) {
  if (text.size() > kBundleBytesMax)
    return wrong("BUNDLE_MALFORMED", "The file is larger than a bundle can be.");
  auto bundle = Reader(text).read();
  if (bundle && bundle->str() != text)
    return wrong("BUNDLE_MALFORMED", "The bundle is not in the one form that bundles have.");
  return bundle;
}

Result<ProvenCase> verify_bundle(const Bundle& bundle) {
  auto checkpoint = check_checkpoint(bundle);
  if (!checkpoint) return tl::unexpected(std::move(checkpoint.error()));
  auto origin = merkle::Origin::parse(checkpoint->origin);
  if (!origin)
    return wrong("CHECKPOINT_UNSIGNED", "The checkpoint's origin is not that of a hub's log.");
  if (bundle.entries.empty()) return wrong("RECORD_MISSING", "The bundle has no records.");
  Follower follower(bundle, *checkpoint, std::move(*origin));
  std::vector<log::Record> records;
  for (size_t i = 0; i < bundle.entries.size(); ++i) {
    auto record = follower.check(i);
    if (!record) return tl::unexpected(std::move(record.error()));
    records.push_back(std::move(*record));
  }
  return ProvenCase{bundle.case_id, std::move(*checkpoint), std::move(records)};
}

}  // namespace mash::cli
