#pragma once
#include "cli/form.h"

namespace mash::cli {

// What several commands about sharing take.
inline FormOption information_request_id() {
  return {"id", "information_request_id", "the information request's id", true};
}
inline FormOption item_id() { return {"id", "item_id", "the item's id", true}; }
inline FormOption decision_id() { return {"id", "decision_id", "the decision's id", true}; }
inline FormOption purpose_of_look() {
  return {"--purpose", "purpose", "why it is asked; it goes on the record", true};
}
inline FormOption as_at() { return {"--at", "as_at", "as it stood at this time"}; }

}  // namespace mash::cli
