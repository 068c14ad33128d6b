#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "log/as_at.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "sharing/items/item.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// An item that its reader may read.
struct ReadableItem {
  std::vector<v1::ItemEvent> events;  // as at the time asked for, opened
  bool erased = false;
  Item::State then;  // as at the time asked for
  Item::State now;
  host::Look look;  // what the reader's right rests on, to be recorded before anything leaves
};

// Judges whether the caller may read what an item says, by what holds now: its owner, whom a
// decision in force releases it to (for the past: then and now), and auditors. The look rests on
// the item's stream and on those of its case.
//
// NOT_FOUND for whoever may not know of the case; NOT_DISCLOSED for an agency with a part in it,
// with whom to ask in the metadata: "owner", "ask"; ITEM_RECALLED, once it is called back, for
// everyone it was released to and for auditors.
Result<ReadableItem> readable_item(const log::EventLog& log, const std::string& item_id,
                                   const log::AsAt& at, const Actor& actor);

// Reads an item for the caller. Of an erased case it says so, and nothing else of what it said.
Result<host::Looks> read_item(const log::EventLog& log, const v1::ReadItemRequest& request,
                              const Context& context, v1::ReadItemResponse& response);

// Why an item was corrected or recalled, the last time, for who must acknowledge that; empty: it
// was not, or it is erased.
Result<std::string> reason_of_notice(const log::EventLog& log, const std::string& item_id);

}  // namespace mash::sharing
