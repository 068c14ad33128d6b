#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/list_node.h"
#include "log/view.h"

namespace mash::log {

// What views write beside their lists' nodes, as docs/formats/views.md has it.

// A row's key in the list: sorts by order, then id, whatever bytes they hold. With an empty id it
// is the lowest key of that order.
std::string list_key(std::string_view order, std::string_view id);
// The id in such a key; nothing when it is malformed.
std::optional<std::string_view> id_in_list_key(std::string_view key);

// The current row of an id, in the rows' column family.
struct StoredRow {
  ViewRow row;
  uint64_t changed_at = 0;  // the position of the last event that changed it
};
std::string row_key(ListSlot slot, std::string_view id);
std::string encode_row(const StoredRow& stored);
std::optional<StoredRow> decode_row(std::string_view bytes);

// That a row left a place in the list, for another or for good, in the nodes' column family. Of the
// moves at or after a size the first one tells where the row stood as at that size. Ids may share
// their keys' prefix, kNodePrefixBytes long, which is no node's; an event moves one row, so they
// never share a key.
struct RowMove {
  std::string_view id;
  std::string_view from_order;
};
std::string move_key(ListSlot slot, std::string_view id, uint64_t position);
std::string encode_move(const RowMove& move);
std::optional<RowMove> decode_move(std::string_view bytes);

// What is known of a view as stored. Slot 0 is never a view's: its rows are these.
struct ViewMeta {
  uint32_t version = 0;   // of the definition it was built with
  ListSlot slot = 0;      // where its rows and nodes are
  uint64_t built_to = 0;  // it has seen the events below this position
  NodeId next_node = 0;

  friend bool operator==(const ViewMeta&, const ViewMeta&) = default;
};
inline constexpr ListSlot kMetaSlot = 0;
std::string encode_meta(const ViewMeta& meta);
std::optional<ViewMeta> decode_meta(std::string_view bytes);

// Where the next page begins. Text for URLs; made for one view, as at one size.
struct PageToken {
  uint32_t version = 0;  // of the view's definition
  uint64_t as_at_size = 0;
  std::string after;  // the last key looked at

  friend bool operator==(const PageToken&, const PageToken&) = default;
};
std::string encode_token(std::string_view view, const PageToken& token);
std::optional<PageToken> decode_token(std::string_view view, std::string_view text);

}  // namespace mash::log
