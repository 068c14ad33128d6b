#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "cases/cases_known.h"
#include "host/looks.h"
#include "host/pages.h"
#include "log/as_at.h"
#include "log/row_order.h"
#include "mash/strategy/v1/strategy_rows.pb.h"
#include "strategy/lists/rows.h"

namespace mash::strategy {

inline constexpr uint32_t kPageSize = 50;
inline constexpr uint32_t kPageSizeMax = 500;  // a row may be 4 KiB, an answer 4 MiB
// Rows looked at for one page: where few are wanted a page is short, or empty, and the next goes
// on.
inline constexpr std::size_t kPageScanMax = 2'000;

// A page of a list of `Row`: those that `wanted(row, at.time)` picks and whose case(row) the caller
// may know of, of those from `order_from` to below `order_below`. Each goes to `take(row,
// at.time)`. Nothing of it is personal.
template <class Row, class Request, class Response, class Wanted, class CaseOf, class Take>
Result<host::Looks> list_page(const log::EventLog& log, const Request& request,
                              const Context& context, std::string_view view,
                              std::string_view order_below, Response& response, Wanted wanted,
                              CaseOf case_of, Take take, const std::string& order_from = {}) {
  const auto start = host::page_start<v1::StrategyPageToken>(log, request, kPageSizeMax);
  if (!start) return tl::unexpected(start.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  cases::CasesKnown cases(log, context.actor);
  Result<bool> admitted = true;  // of the row looked at last
  log::ListQuery query{.view = std::string(view),
                       .as_at_size = start->as_at_size,
                       .after = start->after,
                       .limit = request.page_size() == 0 ? kPageSize : request.page_size(),
                       .scan_limit = kPageScanMax,
                       .order_from = order_from,
                       .order_below = std::string(order_below)};
  query.filter = [&](std::string_view, std::string_view columns) {
    Row row;
    if (!admitted || !row.ParseFromArray(columns.data(), static_cast<int>(columns.size())) ||
        !wanted(row, at->time))
      return false;
    admitted = cases.admit(case_of(row));
    return admitted.value_or(false);
  };
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  if (!admitted) return tl::unexpected(admitted.error());
  for (const log::ListedRow& listed : page->rows) {
    Row row;
    if (!row.ParseFromString(listed.columns)) return log::malformed_row();
    take(row, at->time);
  }
  if (!page->next.empty())
    response.set_next_page_token(host::page_token<v1::StrategyPageToken>(
        request, {.as_at_size = page->as_at_size, .after = page->next, .case_id = {}}));
  return host::Looks{};
}

}  // namespace mash::strategy
