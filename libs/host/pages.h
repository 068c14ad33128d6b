#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/checks.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "host/page_token.h"
#include "log/event_log.h"
#include "log/row_order.h"
#include "log/view.h"

namespace mash::host {

// Where a page begins: what its token says; without one at the beginning, as at the time asked for.
struct PageStart {
  std::optional<uint64_t> as_at_size;  // absent: now
  std::string after;                   // log::ListQuery::after
  std::string case_id;                 // of a list that goes through several; empty: the first
};

namespace internal {
// Of a request, told apart from every other by its bytes.
std::string query_of(std::string_view type, const std::string& request);

template <class Request>
std::string query_of(Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return query_of(Request::descriptor()->full_name(), request.SerializeAsString());
}

Result<PageStart> start_of(const std::string& page_token, const std::string& query,
                           uint64_t log_size);
std::string page_token(const std::string& query, const PageStart& next);
}  // namespace internal

// Refuses, as INVALID_REQUEST, a page that is too large, and a token that no page of this very list
// gave.
template <class Request>
Result<PageStart> page_start(const log::EventLog& log, const Request& request,
                             uint32_t page_size_max) {
  Checks checks;
  if (request.page_size() > page_size_max)
    checks.fault("page_size", "is more than " + std::to_string(page_size_max));
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!request.page_token().empty())
    return internal::start_of(request.page_token(), internal::query_of(request), log.size());
  if constexpr (requires { request.has_as_at(); })
    if (request.has_as_at())
      return from_proto(request.as_at())
          .and_then([&](Time time) { return log.size_at(time); })
          .map([](uint64_t size) {
            return PageStart{.as_at_size = size, .after = {}, .case_id = {}};
          });
  return PageStart{};
}

// The token of the page after; `next` has the size all of them are read as at.
template <class Request>
std::string page_token(const Request& request, const PageStart& next) {
  return internal::page_token(internal::query_of(request), next);
}

// Where the rows of a list lie in its view, and how many of them a page may be.
struct RowRange {
  std::string_view view;
  std::string from{};            // log::ListQuery::order_from
  std::string below{};           // log::ListQuery::order_below
  uint32_t page_size_max = 500;  // a row may be 4 KiB, an answer 4 MiB
};

// What became of the reading of a page.
struct PageRead {
  std::string next_page_token;  // empty: that was the last one
  uint64_t as_at_size = 0;      // the log's size that all pages show
};

// A page of a list whose rows are `Row`s: those that `wanted(row)`, a Result<bool>, picks go to
// `add(row)`, in their order. Where few are wanted a page is short, or empty, and the next goes on.
// Refuses as page_start() does, with what `wanted` refuses with, and with kDataLoss,
// VIEW_MALFORMED, where a row cannot be read.
template <class Row, class Request, class Wanted, class Add>
Result<PageRead> read_page(const log::EventLog& log, const Request& request, const RowRange& range,
                           Wanted wanted, Add add) {
  constexpr uint32_t kPageSize = 50;
  constexpr std::size_t kRowsLookedAtMax = 2'000;
  const auto start = page_start(log, request, range.page_size_max);
  if (!start) return tl::unexpected(start.error());
  log::ListQuery query{.view = std::string(range.view),
                       .as_at_size = start->as_at_size,
                       .after = start->after,
                       .limit = request.page_size() == 0 ? kPageSize : request.page_size(),
                       .scan_limit = kRowsLookedAtMax,
                       .order_from = range.from,
                       .order_below = range.below};
  Result<bool> is_wanted = true;  // the row looked at last
  query.filter = [&](std::string_view, std::string_view columns) {
    Row row;
    if (!is_wanted || !row.ParseFromArray(columns.data(), static_cast<int>(columns.size())))
      return false;
    is_wanted = wanted(std::as_const(row));
    return is_wanted.value_or(false);
  };
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  if (!is_wanted) return tl::unexpected(is_wanted.error());
  for (const log::ListedRow& listed : page->rows) {
    Row row;
    if (!row.ParseFromString(listed.columns)) return log::malformed_row();
    add(std::move(row));
  }
  PageRead read{.next_page_token = {}, .as_at_size = page->as_at_size};
  if (!page->next.empty())
    read.next_page_token =
        page_token(request, {.as_at_size = page->as_at_size, .after = page->next, .case_id = {}});
  return read;
}

}  // namespace mash::host
