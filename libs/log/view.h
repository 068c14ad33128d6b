#pragma once
#include <google/protobuf/message.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"

namespace mash::log {

// An event as a view sees it: its public part and where it stands. Views never see personal data.
struct ViewEvent {
  std::string_view stream;
  std::string_view case_id;
  uint64_t position = 0;
  uint64_t stream_version = 0;
  Time recorded_at{};
  const Actor& actor;
  const google::protobuf::Message& event;
};

// A row of a view: its place in the list and the columns a query needs, so that reading a page is
// one scan.
struct ViewRow {
  std::string order;    // rows are listed by (order, id), bytewise ascending; at most 64 bytes
  std::string columns;  // a serialized message of the view's own; at most 4 KiB
};

// The definition of a view: pure, like a decider. The log keeps one row per id, in the same write
// as the events, and can read the list as at any past position. Change `version` whenever the
// result of `evolve` changes: the log then rebuilds the view while it runs.
class View {
 public:
  virtual ~View() = default;
  virtual std::string_view name() const = 0;  // stable; [a-z-]+
  virtual uint32_t version() const = 0;       // from 1
  // The row this event changes; empty: none.
  virtual std::string row_id(const ViewEvent& event) const = 0;
  // The row after the event, or none when it leaves the list. `row` is the row before, if it was
  // there.
  virtual std::optional<ViewRow> evolve(std::optional<ViewRow> row,
                                        const ViewEvent& event) const = 0;
};

// What to read of a view.
struct ListQuery {
  std::string view;
  std::optional<uint64_t> as_at_size;  // the log's size to read as at; absent: now
  std::string after;                   // ListPage::next of the page before; empty: from the start
  size_t limit = 50;                   // rows wanted, 1 to 1,000
  size_t scan_limit = 10'000;          // rows looked at before the page ends early (next is set)
  std::string order_from{};            // first order wanted; empty: the first
  std::string order_below{};           // first order not wanted; empty: no end
  std::function<bool(std::string_view id, std::string_view columns)>
      filter{};  // rows wanted; empty: all
};

struct ListedRow {
  std::string id;
  std::string columns;
};

struct ListPage {
  std::vector<ListedRow> rows;
  std::string next;  // empty: that was the last page
  uint64_t as_at_size =
      0;  // the log's size it shows: pass it with `next` for pages that do not shift
};

}  // namespace mash::log
