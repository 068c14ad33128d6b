#include "strategy/lists/case_streams.h"

#include "log/event_log.h"
#include "log/row_order.h"
#include "strategy/lists/views.h"

namespace mash::strategy {
namespace {

constexpr std::size_t kPageRows = 1'000;

}  // namespace

Result<std::vector<CaseStream>> streams_of(const log::EventLog& log,
                                           const std::vector<std::string>& case_ids,
                                           std::optional<uint64_t> as_at_size) {
  std::vector<CaseStream> streams;
  for (const std::string& case_id : case_ids) {
    log::ListQuery query{.view = std::string(kCaseStrategyView),
                         .as_at_size = as_at_size,
                         .limit = kPageRows,
                         .order_from = log::packed(case_id),
                         .order_below = log::rows_below(case_id)};
    do {
      const auto page = log.list(query);
      if (!page) return tl::unexpected(page.error());
      for (const log::ListedRow& row : page->rows)
        streams.push_back({.stream = row.id, .case_id = case_id});
      query.as_at_size = page->as_at_size;
      query.after = page->next;
    } while (!query.after.empty());
  }
  return streams;
}

}  // namespace mash::strategy
