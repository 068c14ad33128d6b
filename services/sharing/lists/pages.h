#pragma once
#include <cstdint>
#include <string>

#include "cases/cases_known.h"
#include "host/pages.h"
#include "log/row_order.h"
#include "mash/sharing/v1/sharing_rows.pb.h"

namespace mash::sharing {

using cases::CasesKnown;
using host::PageStart;
using log::malformed_row;

// Pages of the sharing log's lists, as host/pages.h has them.
template <class Request>
Result<PageStart> page_start(const log::EventLog& log, const Request& request,
                             uint32_t page_size_max) {
  return host::page_start<v1::SharingPageToken>(log, request, page_size_max);
}

template <class Request>
std::string page_token(const Request& request, const PageStart& next) {
  return host::page_token<v1::SharingPageToken>(request, next);
}

}  // namespace mash::sharing
