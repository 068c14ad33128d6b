#include "sharing/items/item_reads.h"

#include <map>
#include <utility>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// An item's stream as at a size of the log.
struct Stream {
  log::StreamHistory history;
  Item::State state;
};

Result<Stream> read_stream(const log::EventLog& log, const std::string& item_id, uint64_t size,
                           bool with_sealed) {
  auto history = log.read_stream(item_stream(item_id), 1, size, with_sealed);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ItemEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  return Stream{.history = std::move(*history), .state = fold<Item>(*events)};
}

tl::unexpected<Error> not_disclosed(const Item::State& item) {
  return tl::unexpected(Error{.code = Code::kFailedPrecondition,
                              .reason = "NOT_DISCLOSED",
                              .message = "It is held, and not disclosed to you: ask its owner.",
                              .metadata = {{"owner", item.owner}, {"ask", item.held_by}}});
}

tl::unexpected<Error> called_back() {
  return refuse(Code::kFailedPrecondition, "ITEM_RECALLED",
                "The item was called back: nobody is to rely on it.");
}

bool is_released_to(const Item::State& item, const Actor& actor) {
  const Item::Grant* grant = item.grant_for(actor);
  return grant != nullptr && grant->disclosed;
}

// Whether the caller may read what the item says: by what holds now, and a recipient of the past
// only what it could have read then.
Result<void> may_read(const Item::State& now, const Item::State& then, const Actor& actor) {
  if (actor.agency == now.owner) return {};
  if (!is_auditor(actor) && !is_released_to(now, actor)) return not_disclosed(now);
  if (now.recalled) return called_back();
  if (!is_auditor(actor) && !is_released_to(then, actor)) return not_disclosed(now);
  return {};
}

// The look at an item, and the streams that the right to it rests on as they stood at `now`.
Result<host::Look> look_at(const log::EventLog& log, const std::string& item_id, const Stream& now,
                           const cases::Family& family, const Actor& actor) {
  host::Look look{.stream_id = now.state.case_id, .case_id = now.state.case_id, .ids = {item_id}};
  if (actor.agency != now.state.owner && !is_auditor(actor)) {
    const Item::Grant& grant = *now.state.grant_for(actor);
    look.decision_id = grant.decision_id;
    look.decision_version = grant.decision_version;
  }
  look.expectations.push_back({.stream = item_stream(item_id),
                               .version = now.history.version,
                               .read_size = now.history.read_size});
  return cases::rest_on(log, family, now.history.read_size, look).map([&] {
    return std::move(look);
  });
}

// Whom a correction or recall had to reach, and what they did about it: for the owner.
void fill_recalls(const ReadableItem& read, v1::Item& item) {
  std::map<std::string, std::string> actions;
  for (const v1::ItemEvent& event : read.events)
    if (event.has_recall_acknowledged())
      actions[event.recall_acknowledged().agency()] = event.recall_acknowledged().action();
  for (const auto& [agency, recall] : read.then.recalls) {
    v1::RecallNotice& notice = *item.add_recalls();
    notice.set_agency(agency);
    to_proto(recall.told_at, notice.mutable_told_at());
    if (!recall.acknowledged_at) continue;
    to_proto(*recall.acknowledged_at, notice.mutable_acknowledged_at());
    notice.set_acknowledged_by(recall.acknowledged_by);
    notice.set_action(actions[agency]);
  }
}

v1::Item item_of(const std::string& item_id, const ReadableItem& read, const Actor& actor) {
  v1::Item item;
  item.set_item_id(item_id);
  item.set_case_id(read.then.case_id);
  item.set_owner(read.then.owner);
  item.set_data_kind(read.then.data_kind);
  to_proto(read.then.held_at, item.mutable_held_since());
  item.set_request_id(read.then.request_id);
  item.set_corrected(read.then.corrected);
  item.set_recalled(read.then.recalled);
  item.set_ask(read.then.held_by);
  item.set_erased(read.erased);
  if (actor.agency == read.then.owner) item.set_source_item_id(read.then.source_item_id);
  if (read.erased) return item;
  for (const v1::ItemEvent& event : read.events) {
    if (event.has_held()) *item.mutable_content() = event.held().content();
    if (event.has_corrected()) *item.mutable_content() = event.corrected().content();
    if (event.has_file_attached()) *item.add_files() = event.file_attached().file();
  }
  if (actor.agency == read.then.owner || is_auditor(actor)) fill_recalls(read, item);
  return item;
}

// Why it was corrected or recalled, the last time.
std::string reason_in(const std::vector<v1::ItemEvent>& events) {
  std::string reason;
  for (const v1::ItemEvent& event : events) {
    if (event.has_corrected()) reason = event.corrected().reason();
    if (event.has_recalled()) reason = event.recalled().reason();
  }
  return reason;
}

}  // namespace

Result<std::string> reason_of_notice(const log::EventLog& log, const std::string& item_id) {
  const auto history = log.read_stream(item_stream(item_id), 1, {}, true);
  if (!history) return tl::unexpected(history.error());
  return log::opened_events<v1::ItemEvent>(log, history->records)
      .map([](const log::OpenedEvents<v1::ItemEvent>& opened) { return reason_in(opened.events); });
}

Result<ReadableItem> readable_item(const log::EventLog& log, const std::string& item_id,
                                   const log::AsAt& at, const Actor& actor) {
  const uint64_t size = log.size();  // what "now" is, for all that is judged here
  auto now = read_stream(log, item_id, size, true);
  if (!now) return tl::unexpected(now.error());
  if (!now->state.exists()) return no_such("item");
  const auto family = cases::family_of(log, now->state.case_id, size);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, actor, "item"); !may) return tl::unexpected(may.error());
  const auto then = at.size ? read_stream(log, item_id, *at.size, true) : now;
  if (!then) return tl::unexpected(then.error());
  if (!then->state.exists()) return no_such("item");
  if (auto may = may_read(now->state, then->state, actor); !may) return tl::unexpected(may.error());

  auto opened = log::opened_events<v1::ItemEvent>(log, then->history.records);
  if (!opened) return tl::unexpected(opened.error());
  auto look = look_at(log, item_id, *now, *family, actor);
  if (!look) return tl::unexpected(look.error());
  look->as_at_size = at.size.value_or(0);
  return ReadableItem{.events = std::move(opened->events),
                      .erased = opened->erased,
                      .then = then->state,
                      .now = std::move(now->state),
                      .look = std::move(*look)};
}

Result<host::Looks> read_item(const log::EventLog& log, const v1::ReadItemRequest& request,
                              const Context& context, v1::ReadItemResponse& response) {
  response.Clear();  // a second judgement shows nothing of the first
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  auto read = readable_item(log, request.item_id(), *at, context.actor);
  if (!read) return tl::unexpected(read.error());
  *response.mutable_item() = item_of(request.item_id(), *read, context.actor);
  response.set_decision_id(read->look.decision_id);
  response.set_decision_version(read->look.decision_version);
  response.set_acknowledge(read->now.awaits(context.actor.agency));
  response.set_notice_reason(reason_in(read->events));
  return host::Looks{std::move(read->look)};
}

}  // namespace mash::sharing
