#include "strategy/children/missing_reads.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "cases/cluster.h"
#include "core/caller.h"
#include "strategy/lists/pages.h"
#include "strategy/lists/views.h"

namespace mash::strategy {
namespace {

constexpr std::size_t kFlagsAtOnce = 500;  // read from the list

// Who is flagged as missing in the cases of a family.
Result<std::vector<std::string>> flagged_in(const log::EventLog& log, const cases::Family& family,
                                            std::optional<uint64_t> size) {
  std::vector<std::string> flagged;
  log::ListQuery query{
      .view = std::string(kMissingView), .as_at_size = size, .limit = kFlagsAtOnce};
  query.filter = [&](std::string_view, std::string_view columns) {
    v1::ChildRow row;
    return row.ParseFromArray(columns.data(), static_cast<int>(columns.size())) &&
           family.has_case(row.child().case_id());
  };
  do {
    const auto page = log.list(query);
    if (!page) return tl::unexpected(page.error());
    for (const log::ListedRow& listed : page->rows) {
      v1::ChildRow row;
      if (!row.ParseFromString(listed.columns)) return log::malformed_row();
      flagged.push_back(row.child().child_id());
    }
    query.as_at_size = page->as_at_size;
    query.after = page->next;
  } while (!query.after.empty());
  return flagged;
}

}  // namespace

Result<host::Looks> list_missing(const log::EventLog& log, const v1::ListMissingRequest& request,
                                 const Context& context, v1::ListMissingResponse& response) {
  const bool sees_plans = is_hub(context.actor) || is_auditor(context.actor);
  return list_page<v1::ChildRow>(
      log, request, context, {.view = kMissingView}, response,
      [](const v1::ChildRow&, Time) { return true; },
      [](const v1::ChildRow& row) { return row.child().case_id(); },
      [&](const v1::ChildRow& row, Time) {
        v1::ChildStatus& child = *response.add_children();
        child = row.child();
        if (!sees_plans) clear_plan(child);
      });
}

void clear_plan(v1::ChildStatus& child) {
  child.clear_plan_since();
  child.clear_plan_conference_id();
  child.clear_authorities_open();  // which also says that a plan runs
}

Result<std::vector<std::string>> missing_among(
    const log::EventLog& log, const cases::Family& family,
    const google::protobuf::RepeatedPtrField<std::string>& child_ids,
    std::optional<uint64_t> size) {
  const auto flagged = flagged_in(log, family, size);
  if (!flagged) return tl::unexpected(flagged.error());
  std::set<std::string> missing;  // who is, and whoever is held to be the same
  for (const std::string& id : *flagged) {
    auto cluster = cases::cluster_of(log, id, size);
    if (!cluster) return tl::unexpected(cluster.error());
    missing.merge(std::move(cluster->persons));
  }
  std::vector<std::string> among;
  std::ranges::copy_if(child_ids, std::back_inserter(among),
                       [&](const std::string& id) { return missing.contains(id); });
  return among;
}

}  // namespace mash::strategy
