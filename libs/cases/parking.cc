#include "cases/parking.h"

#include <utility>

#include "core/timestamp.h"
#include "feed/parked_view.h"
#include "log/event_log.h"
#include "log/handle.h"

namespace mash::cases {
namespace {

constexpr std::size_t kMessageBytesMax = 1'000;  // a row of a view holds 4 KiB

bool is_about_this_machine(const std::string& reason) {
  for (const char* family : {"KEY_", "VAULT_", "STORE_", "HEAD_FILE_", "VIEW_"})
    if (reason.starts_with(family)) return true;
  return reason == "DISK_FULL";
}

Result<void> add(log::UnitOfWork& unit, const std::string& feed, const std::string& stream,
                 const feed::v1::FeedEvent& event) {
  return unit.add({.stream = feed::parked_stream(feed, stream)}, event);
}

}  // namespace

bool is_for_good(const Error& refused) {
  switch (refused.code) {
    case Code::kUnavailable:
    case Code::kResourceExhausted:
    case Code::kAborted:
    case Code::kDeadlineExceeded:
      return false;
    default:
      return !is_about_this_machine(refused.reason);
  }
}

Result<void> say(log::UnitOfWork& unit, const feed::v1::StreamParked& parked) {
  feed::v1::FeedEvent event;
  *event.mutable_parked() = parked;
  return add(unit, parked.feed(), parked.stream(), event);
}

Result<void> say(log::UnitOfWork& unit, const feed::v1::StreamResumed& resumed) {
  feed::v1::FeedEvent event;
  *event.mutable_resumed() = resumed;
  return add(unit, resumed.feed(), resumed.stream(), event);
}

void Parking::begin(uint64_t from) {
  from_ = from;
  known_ = false;
  parked_.clear();
  lost_.clear();
}

Result<void> Parking::know() {
  if (known_) return {};
  auto all = feed::parked_streams(own_log_, feed_);
  if (!all) return tl::unexpected(std::move(all.error()));
  for (feed::v1::StreamParked& parked : *all) {
    if (parked.position() < from_) {
      parked_.emplace(parked.stream(), std::move(parked));
      continue;
    }
    feed::v1::StreamResumed& resumed = lost_.emplace_back();
    resumed.set_feed(feed_);
    resumed.set_stream(parked.stream());
    resumed.set_from(parked.position());
    resumed.set_to(from_);
    *resumed.mutable_resumed_at() = parked.parked_at();
  }
  known_ = true;
  return {};
}

const feed::v1::StreamParked* Parking::find(const std::string& stream) const {
  const auto found = parked_.find(stream);
  return found == parked_.end() ? nullptr : &found->second;
}

const feed::v1::StreamParked& Parking::park(const log::Record& record, const Error& refused,
                                            Time now) {
  feed::v1::StreamParked parked;
  parked.set_feed(feed_);
  parked.set_stream(record.body.stream());
  parked.set_position(record.prefix.position);
  parked.set_type(record.body.type());
  parked.set_reason(refused.reason);
  parked.set_message(refused.message.substr(0, kMessageBytesMax));
  *parked.mutable_parked_at() = to_proto(now);
  return parked_.insert_or_assign(record.body.stream(), std::move(parked)).first->second;
}

feed::v1::StreamParked Parking::at(const log::Record& record,
                                   const std::optional<Error>& refused) const {
  feed::v1::StreamParked parked = parked_.at(record.body.stream());
  parked.set_position(record.prefix.position);
  parked.set_type(record.body.type());
  if (refused) {
    parked.set_reason(refused->reason);
    parked.set_message(refused->message.substr(0, kMessageBytesMax));
  }
  return parked;
}

void Parking::move(const log::Record& record, const std::optional<Error>& refused) {
  parked_.at(record.body.stream()) = at(record, refused);
}

}  // namespace mash::cases
