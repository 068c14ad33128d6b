#include "sharing/law/gather.h"

#include <utility>

#include "log/event_log.h"
#include "log/state.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

Item::State as_known_to(const Actor& maker, Item::State item) {
  if (item.owner == maker.agency) return item;
  Item::State known;
  known.case_id = std::move(item.case_id);
  known.owner = std::move(item.owner);
  return known;
}

Result<void> add_item(const std::string& item_id, const FactSources& sources,
                      DecisionFacts& facts) {
  if (item_id.empty() || facts.items.contains(item_id)) return {};
  auto item = sources.item(item_id);
  if (!item) return tl::unexpected(std::move(item.error()));
  if (facts.family.has_case(item->case_id))
    facts.items.emplace(item_id, as_known_to(facts.maker, std::move(*item)));
  return {};
}

Result<void> add_consent(const std::string& consent_id, const FactSources& sources,
                         DecisionFacts& facts) {
  if (consent_id.empty()) return {};
  auto consent = sources.consent(consent_id);
  if (!consent) return tl::unexpected(std::move(consent.error()));
  if (facts.family.has_case(consent->terms.case_id())) facts.consent = std::move(*consent);
  return {};
}

}  // namespace

FactSources sources_in(log::UnitOfWork& unit) {
  return {.item = [&unit](const std::string& id) { return unit.observe<Item>(item_stream(id)); },
          .consent =
              [&unit](const std::string& id) { return unit.observe<Consent>(consent_stream(id)); }};
}

FactSources sources_in(const log::EventLog& log, std::optional<uint64_t> as_at_size) {
  return {.item =
              [&log, as_at_size](const std::string& id) {
                return log::read_state<Item>(log, item_stream(id), as_at_size);
              },
          .consent =
              [&log, as_at_size](const std::string& id) {
                return log::read_state<Consent>(log, consent_stream(id), as_at_size);
              }};
}

Result<DecisionFacts> gather(const v1::DecisionTerms& terms, const cases::Family& family,
                             const Agencies& agencies, const Judged& judged,
                             const FactSources& sources) {
  DecisionFacts facts{.maker = judged.maker,
                      .agencies = agencies,
                      .family = family,
                      .items = {},
                      .consent = {},
                      .supersedes = judged.supersedes,
                      .now = judged.now};
  for (const v1::DecidedItem& item : terms.items())
    for (const std::string& item_id : {item.item_id(), item.sanitised_item_id()})
      if (auto added = add_item(item_id, sources, facts); !added)
        return tl::unexpected(std::move(added.error()));
  return add_consent(terms.consent().consent_id(), sources, facts).map([&] {
    return std::move(facts);
  });
}

}  // namespace mash::sharing
