#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "cases/cases_known.h"
#include "host/looks.h"
#include "host/pages.h"
#include "log/as_at.h"
#include "strategy/lists/rows.h"

namespace mash::strategy {

// A page of a list of `Row`: those of `range` that `wanted(row, at.time)` picks and whose case(row)
// the caller may know of. Each goes to `take(row, at.time)`. Nothing of it is personal.
template <class Row, class Request, class Response, class Wanted, class CaseOf, class Take>
Result<host::Looks> list_page(const log::EventLog& log, const Request& request,
                              const Context& context, const host::RowRange& range,
                              Response& response, Wanted wanted, CaseOf case_of, Take take) {
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  cases::CasesKnown cases(log, context.actor);
  return host::read_page<Row>(
             log, request, range,
             [&](const Row& row) -> Result<bool> {
               if (!wanted(row, at->time)) return false;
               return cases.admit(case_of(row));
             },
             [&](const Row& row) { take(row, at->time); })
      .map([&](host::PageRead&& page) {
        response.set_next_page_token(std::move(page.next_page_token));
        return host::Looks{};
      });
}

// Where the part of a list ends that `request` wants: what is over comes last.
template <class Request>
std::string end_of(const Request& request) {
  return std::string(request.open() ? kOrderOfOver : "");
}

}  // namespace mash::strategy
