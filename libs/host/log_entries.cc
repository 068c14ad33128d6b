#include "host/log_entries.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "core/check.h"
#include "core/ids.h"
#include "host/roles.h"
#include "vault/key_ring.h"

namespace mash::host {
namespace {

constexpr std::size_t kPageRecordsMax = 64;
constexpr std::size_t kPageBytesMax = 256 << 10;

// An empty event of the type a record names; null: a type this program does not have.
std::unique_ptr<google::protobuf::Message> event_of(const std::string& type) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

void add_look(const log::Record& record, Looks& looks) {
  const std::string_view scope = log::key_scope(record.body.stream(), record.body.case_id());
  auto look = std::find_if(looks.begin(), looks.end(),
                           [&](const Look& each) { return each.stream_id == scope; });
  if (look == looks.end())
    look = looks.insert(looks.end(), {std::string(scope), record.body.case_id(), {}, 0});
  if (const auto id = Uuid::from_bytes(record.body.event_id())) look->ids.push_back(id->text());
}

}  // namespace

Result<Shown> shown_to(const Actor& actor, const std::string& purpose, bool with_sealed) {
  if (purpose.empty()) return with_sealed ? Shown::kSealed : Shown::kRecord;
  if (actor.role == name_of(Role::kAuditor) && !actor.practitioner.empty()) return Shown::kContent;
  return refuse(
      Code::kPermissionDenied, "CONTENT_NOT_ALLOWED",
      "Only an auditor sees content, with a purpose. Leave the purpose out to see records "
      "without it.");
}

void hold_keys(const log::EventLog& log, const std::vector<log::Record>& records) {
  std::vector<std::string> key_ids;
  for (const log::Record& record : records)
    if (record.sealed) key_ids.push_back(record.sealed->key_id());
  log.options().keys->hold(key_ids);
}

Result<Shown> shown_of(const log::Record& record, Shown shown, const Actor& actor,
                       const Admits& admits) {
  if (shown != Shown::kContent || !record.has_personal() || !admits) return shown;
  return admits(actor, record.body.stream(), record.body.case_id()).map([](bool admitted) {
    return admitted ? Shown::kContent : Shown::kRecord;
  });
}

Result<mash::log::v1::LogEntry> entry_of(const log::EventLog& log, log::Record record, Shown shown,
                                         Looks& looks) {
  mash::log::v1::LogEntry entry;
  if (const auto event = event_of(record.body.type())) {
    if (!event->ParseFromString(record.body.event()))
      return refuse(
          Code::kDataLoss, "RECORD_MALFORMED",
          "The event of record " + std::to_string(record.prefix.position) + " cannot be read.");
    if (shown == Shown::kContent && record.has_personal()) {
      const auto opened = log.open_personal(record, *event);
      if (!opened) return tl::unexpected(opened.error());
      entry.set_erased(!*opened);
      if (*opened) add_look(record, looks);
    }
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    const auto printed =
        google::protobuf::util::MessageToJsonString(*event, entry.mutable_event_json(), options);
    MASH_CHECK(printed.ok());  // every event has a JSON form
  }
  if (shown != Shown::kRecord && record.has_personal() && !record.sealed) entry.set_erased(true);
  if (record.sealed) *entry.mutable_sealed() = std::move(*record.sealed);
  entry.set_record(std::move(record.leaf));
  return entry;
}

RecordPager::RecordPager(const log::EventLog& log, log::ScanQuery query,
                         std::optional<uint64_t> end, uint64_t limit)
    : log_(log),
      query_(std::move(query)),
      end_(end),
      left_(limit == 0 ? std::numeric_limits<uint64_t>::max() : limit) {}

bool RecordPager::ended() const { return left_ == 0 || (at_end_ && end_); }

Result<std::vector<log::Record>> RecordPager::next() {
  std::vector<log::Record> page;
  if (ended()) return page;
  const uint64_t size = end_.value_or(log_.size());
  query_.as_at_size = size;
  std::size_t bytes = 0;
  bool page_full = false;
  auto scanned = log_.scan(query_, [&](log::Record&& record) {
    bytes += record.leaf.size() + (record.sealed ? record.sealed->ByteSizeLong() : 0);
    page.push_back(std::move(record));
    page_full = page.size() == std::min<uint64_t>(left_, kPageRecordsMax) || bytes >= kPageBytesMax;
    return !page_full;
  });
  if (!scanned) return tl::unexpected(std::move(scanned.error()));
  left_ -= page.size();
  at_end_ = !page_full;
  if (query_.backwards) {
    at_end_ = at_end_ || page.back().prefix.position == 0;
    if (!at_end_) query_.from = page.back().prefix.position - 1;
  } else {
    query_.from = page_full ? page.back().prefix.position + 1 : size;
  }
  return page;
}

}  // namespace mash::host
