#include "cases/parking.h"

#include <utility>

#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/ids.h"
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

// Says the same where it is known who may see a case or a person. What of theirs cannot be read
// here lets nobody see them already.
template <class Known, class Fill>
Result<void> mark(log::UnitOfWork& unit, const log::Target& target, const Fill& fill) {
  if (const auto known = unit.observe<Known>(target.stream); !known)
    return is_for_good(known.error()) ? Result<void>() : tl::unexpected(known.error());
  typename Known::Event event;
  fill(event);
  return unit.decide<Known>(target, event);
}

template <class Fill>
Result<void> mark(log::UnitOfWork& unit, const std::string& feed, const std::string& stream,
                  const Fill& fill) {
  if (!feed.ends_with("/referral")) return {};
  const std::string id = id_in(stream);
  if (stream == case_stream(id)) return mark<KnownCase>(unit, {stream, id}, fill);
  if (stream == person_stream(id)) return mark<KnownPerson>(unit, {stream}, fill);
  return {};
}

}  // namespace

bool is_for_good(const Error& refused) {
  if (refused.reason == "CASE_PARKED") return true;
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
  return add(unit, parked.feed(), parked.stream(), event).and_then([&] {
    return mark(unit, parked.feed(), parked.stream(), [&](auto& known) {
      known.mutable_parked()->set_position(parked.position());
      *known.mutable_parked()->mutable_parked_at() = parked.parked_at();
    });
  });
}

Result<void> say(log::UnitOfWork& unit, const feed::v1::StreamResumed& resumed) {
  feed::v1::FeedEvent event;
  *event.mutable_resumed() = resumed;
  return add(unit, resumed.feed(), resumed.stream(), event).and_then([&] {
    return mark(unit, resumed.feed(), resumed.stream(), [&](auto& known) {
      *known.mutable_resumed()->mutable_resumed_at() = resumed.resumed_at();
    });
  });
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

std::vector<std::string> Parking::streams_waiting_for(const std::string& reason) const {
  std::vector<std::string> streams;
  for (const auto& [stream, parked] : parked_)
    if (parked.reason() == reason) streams.push_back(stream);
  return streams;
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
