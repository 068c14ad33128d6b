#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "core/ids.h"
#include "core/result.h"
#include "log/record.h"

namespace mash::log {

class PendingBlob;

// Sealed bytes that an event brings with it (log/blob.h): held while it is on its way, so that what
// it cites stays.
using Blobs = std::vector<std::shared_ptr<const PendingBlob>>;

// Names a caller's request so that sending it again has one effect and one answer. The scope is
// (agency, system, method, request_id); the digest is keyed, since a request holds personal data.
struct RequestKey {
  std::array<uint8_t, 24> scope{};
  std::array<uint8_t, 32> digest{};
};

// One event ready for the writer: everything is computed but what only the writer knows.
struct PreparedEvent {
  std::string stream;
  std::string case_id;
  std::string leaf;    // encode_body(): room for the prefix, then the body
  std::string sealed;  // a serialized v1::SealedPart; empty when nothing is personal
  Uuid event_id;
  std::shared_ptr<const google::protobuf::Message> event;  // its public part, for the views
  Actor actor;
  Blobs blobs{};
};

// A stream that an append writes to or rests on.
struct StreamExpectation {
  std::string stream;
  uint64_t version = 0;    // what the caller read: 0 for a stream that does not exist yet
  uint64_t read_size = 0;  // the log's size when it read that
  bool required = true;    // false: any version will do (append-only streams such as looks)
};

// How far a feed has been applied.
struct Cursor {
  uint64_t epoch = 0;     // of the log followed; 0: never followed
  uint64_t position = 0;  // the next to follow: all below have been
  std::string state{};    // what the feed itself must know to go on there (feed/feed.h)

  friend bool operator==(const Cursor&, const Cursor&) = default;
};

// A feed is applied further, in the same write as the events that follow from it.
struct CursorMove {
  std::string feed;   // the name of the log followed: "mash/E10000013/referral"
  uint64_t from = 0;  // where it stands, or the append is refused
  Cursor to;          // may lie before, where the other log lost what had been followed
};

// An append is atomic over all its streams: all its events are written, or none.
struct Append {
  std::vector<PreparedEvent> events;            // in order; a stream's events get its next versions
  std::vector<StreamExpectation> expectations;  // one for each stream written to or only read
  std::optional<RequestKey> request;
  uint64_t request_checked_size = 0;  // the log's size when the caller found the request unknown
  std::string subject;                // the stream whose version the receipt carries
  std::optional<CursorMove> cursor;   // with it, there may be no events
  bool is_look = false;               // taken for longer while the disk gets full (disk_room.h)
};

// Where one event of an append went.
struct AppendedEvent {
  std::string event_id;  // UUIDv7 as text
  std::string stream;
  std::string case_id;
  uint64_t position = 0;
  uint64_t stream_version = 0;
};

// What an append did, or had done before when its request was known.
struct Appended {
  uint64_t epoch = 0;
  uint64_t position =
      0;  // the last event's; when nothing was appended, the last position the decision saw
  uint64_t version = 0;  // of the subject stream
  std::vector<AppendedEvent> events;
  Time recorded_at{};     // the last event's
  bool repeated = false;  // the answer to a request that had been taken before
};

// Called exactly once, from the log's completion thread; must not block.
using Completion = std::function<void(Result<Appended>)>;

}  // namespace mash::log
