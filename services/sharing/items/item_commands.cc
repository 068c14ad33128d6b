#include "sharing/items/item_commands.h"

#include <iterator>
#include <utility>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "log/state.h"
#include "sharing/items/item.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// An item that the caller may know of: what it is, and the family of its case.
struct KnownItem {
  Item::State state;
  cases::Family family;
};

Result<KnownItem> known_item(log::UnitOfWork& unit, const std::string& item_id) {
  auto state = unit.observe<Item>(item_stream(item_id));
  if (!state) return tl::unexpected(state.error());
  return cases::family_for_caller(unit, state->case_id, "item").map([&](cases::Family family) {
    return KnownItem{std::move(*state), std::move(family)};
  });
}

Result<void> check_count(const Contents& items) {
  Checks checks;
  if (items.empty()) checks.fault("items", "are missing: what is held");
  if (items.size() > kItemsMax) checks.fault("items", "are more than " + std::to_string(kItemsMax));
  return checks.verdict();
}

}  // namespace

std::vector<std::string> fresh_items(const Context& context, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(fresh_id(context, static_cast<std::size_t>(i)));
  return ids;
}

Result<void> hold_items(log::UnitOfWork& unit, const Contents& contents, const Holding& holding) {
  std::optional<Error> wrong;
  for (int i = 0; i < contents.size(); ++i) {
    const log::Target item{item_stream(fresh_id(unit.context(), static_cast<std::size_t>(i))),
                           holding.case_id};
    auto held = unit.decide<Item>(item, Item::Hold{.content = contents[i],
                                                   .family = holding.family,
                                                   .case_id = holding.case_id,
                                                   .request_id = holding.request_id,
                                                   .field = "items[" + std::to_string(i) + "]"});
    if (held) continue;
    if (held.error().faults.empty()) return held;
    if (wrong)
      std::ranges::move(held.error().faults, std::back_inserter(wrong->faults));
    else
      wrong = std::move(held.error());
  }
  if (wrong) return tl::unexpected(std::move(*wrong));
  return {};
}

Result<void> offer_information(log::UnitOfWork& unit, const v1::OfferInformationRequest& request) {
  const auto family = cases::family_for_caller(unit, request.case_id());
  if (!family) return tl::unexpected(family.error());
  return check_count(request.items()).and_then([&] {
    return hold_items(unit, request.items(), {.family = *family, .case_id = request.case_id()});
  });
}

Result<void> provide_sanitised(log::UnitOfWork& unit, const v1::ProvideSanitisedRequest& request) {
  const auto source = known_item(unit, request.source_item_id());
  if (!source) return tl::unexpected(source.error());
  const std::string& case_id = source->state.case_id;
  const std::string& version_id = fresh_id(unit.context());
  return unit
      .decide<Item>({item_stream(version_id), case_id},
                    Item::Hold{.content = request.content(),
                               .family = source->family,
                               .case_id = case_id,
                               .source_item_id = request.source_item_id(),
                               .source = &source->state})
      .and_then([&] {
        return unit.decide<Item>({item_stream(request.source_item_id())},
                                 Item::Sanitise{.item_id = version_id});
      });
}

Result<void> correct_item(log::UnitOfWork& unit, const v1::CorrectItemRequest& request) {
  const auto item = known_item(unit, request.item_id());
  if (!item) return tl::unexpected(item.error());
  return unit.decide<Item>({item_stream(request.item_id())},
                           Item::Correct{.request = request, .family = item->family});
}

std::vector<std::string> disclosed_versions(const log::EventLog& log, const std::string& item_id) {
  std::vector<std::string> disclosed;
  const auto item = log::read_state<Item>(log, item_stream(item_id));
  if (!item) return disclosed;
  for (const std::string& id : item->versions) {
    const auto version = log::read_state<Item>(log, item_stream(id));
    if (version && version->is_released() && !version->recalled) disclosed.push_back(id);
  }
  return disclosed;
}

Result<void> recall_item(log::UnitOfWork& unit, const v1::RecallItemRequest& request) {
  const auto item = known_item(unit, request.item_id());
  if (!item) return tl::unexpected(item.error());
  auto recalled = unit.decide<Item>({item_stream(request.item_id())}, request);
  for (const std::string& version : item->state.versions)
    if (recalled) recalled = unit.decide<Item>({item_stream(version)}, request);
  return recalled;
}

}  // namespace mash::sharing
