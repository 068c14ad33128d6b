#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <vector>

#include "cases/family.h"
#include "core/result.h"
#include "log/handle.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// The work of commands on items, each for host::Desk::command: one atomic append.

// Puts items into the hub unasked: whoever has a part in the case. Context::fresh_ids: the items.
Result<void> offer_information(log::UnitOfWork& unit, const v1::OfferInformationRequest& request);

// Makes a version of an item that may go out. Context::fresh_ids: the version.
Result<void> provide_sanitised(log::UnitOfWork& unit, const v1::ProvideSanitisedRequest& request);

// Corrects an item: who got it is to acknowledge.
Result<void> correct_item(log::UnitOfWork& unit, const v1::CorrectItemRequest& request);

// Calls an item back, and every sanitised version of it: who got one is to acknowledge.
Result<void> recall_item(log::UnitOfWork& unit, const v1::RecallItemRequest& request);

// The sanitised versions of an item that a decision in force releases to somebody.
std::vector<std::string> disclosed_versions(const log::EventLog& log, const std::string& item_id);

// Where new items lie.
struct Holding {
  const cases::Family& family;
  std::string case_id;
  std::string request_id{};  // empty: offered
};

// The ids of so many new items: Context::fresh_ids, in order.
std::vector<std::string> fresh_items(const Context& context, int count);

// Holds each item under the next fresh id. What is wrong with any of them is told at once.
using Contents = google::protobuf::RepeatedPtrField<v1::ItemContent>;
Result<void> hold_items(log::UnitOfWork& unit, const Contents& contents, const Holding& holding);

}  // namespace mash::sharing
