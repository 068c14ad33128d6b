#include "sharing/access/disclosed.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "host/pages.h"
#include "log/event_log.h"
#include "sharing/access/search.h"
#include "sharing/items/item_reads.h"
#include "sharing/lists/rows.h"

namespace mash::sharing {
namespace {

constexpr uint32_t kPageSize = 50;
constexpr uint32_t kPageSizeMax = 1'000;

// The decision that gave it to the caller: one in force, else the newest there was.
const v1::ItemRowDecision* given_by(const v1::ItemRow& row, const Actor& actor) {
  if (const auto* given = given_to(row, actor)) return given;
  const v1::ItemRowDecision* last = nullptr;
  for (const v1::ItemRowDecision& decision : row.decisions())
    if (decision.disclosed() && names(decision, actor)) last = &decision;
  return last;
}

// What it has been given, and what it had been given and has to acknowledge; else nothing.
Result<size_t> tell(const log::EventLog& log, const FoundItem& found, const Actor& actor,
                    bool to_acknowledge, v1::ListDisclosedResponse& response) {
  const v1::ItemRow& row = found.row;
  const v1::ItemRowRecall* recall = recall_of(row, actor.agency);
  const bool waits = recall != nullptr && recall->acknowledged_us() == 0;
  const v1::ItemRowDecision* decision = given_by(row, actor);
  if (decision == nullptr || (!waits && (to_acknowledge || decision->until_us() != 0))) return 0;
  v1::DisclosedItem& disclosed = *response.add_items();
  v1::Item& item = *disclosed.mutable_item();
  item.set_item_id(std::string(found.item_id));
  item.set_case_id(found.case_id);
  item.set_owner(row.owner());
  item.set_data_kind(row.data_kind());
  *item.mutable_held_since() = row.held_since();
  item.set_corrected(row.corrected());
  item.set_recalled(row.recalled());
  item.set_ask(row.ask());
  for (std::string& id : unpacked(decision->decision_id()))
    disclosed.set_decision_id(std::move(id));
  to_proto(Time(std::chrono::microseconds(decision->since_us())), disclosed.mutable_disclosed_at());
  disclosed.set_acknowledge(waits);
  if (!waits) return disclosed.ByteSizeLong();
  return reason_of_notice(log, item.item_id()).map([&](std::string reason) {
    disclosed.set_notice_reason(std::move(reason));
    return disclosed.ByteSizeLong();
  });
}

}  // namespace

Result<host::Looks> list_disclosed(const log::EventLog& log,
                                   const v1::ListDisclosedRequest& request, const Context& context,
                                   v1::ListDisclosedResponse& response) {
  const auto start = host::page_start(log, request, kPageSizeMax);
  if (!start) return tl::unexpected(start.error());
  auto scope = scope_of(log, {request.case_id(), request.person_id(), request.purpose()},
                        start->as_at_size, context.actor);
  if (!scope) return tl::unexpected(scope.error());
  const WalkLimits limits{.items_max = request.page_size() == 0 ? kPageSize : request.page_size()};
  const auto next = walk(log, *scope, *start, limits, [&](const FoundItem& item) {
    return tell(log, item, context.actor, request.to_acknowledge(), response);
  });
  if (!next) return tl::unexpected(next.error());
  if (*next) response.set_next_page_token(host::page_token(request, **next));
  for (const v1::DisclosedItem& disclosed : response.items())
    scope->look.ids.push_back(disclosed.item().item_id());
  return host::Looks{std::move(scope->look)};
}

}  // namespace mash::sharing
