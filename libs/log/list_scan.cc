#include "log/list_scan.h"

#include <utility>

#include "log/row_order.h"

namespace mash::log {
namespace {

constexpr std::size_t kPageRows = 1'000;

}  // namespace

ListScan::ListScan(const EventLog& log, std::string_view view, uint64_t as_at_size,
                   std::vector<Part> parts)
    : log_(&log), view_(view), as_at_size_(as_at_size), parts_(std::move(parts)) {}

Result<bool> ListScan::step(const Visit& visit) {
  if (parts_.empty()) return false;
  const auto page = log_->list({.view = view_,
                                .as_at_size = as_at_size_,
                                .after = after_,
                                .limit = kPageRows,
                                .order_from = parts_.back().order_from,
                                .order_below = parts_.back().order_below});
  if (!page) return tl::unexpected(page.error());
  for (const ListedRow& listed : page->rows)
    if (!visit(listed.columns)) return malformed_row();
  after_ = page->next;
  if (after_.empty()) parts_.pop_back();
  return !parts_.empty();
}

}  // namespace mash::log
