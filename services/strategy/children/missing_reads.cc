#include "strategy/children/missing_reads.h"

#include "strategy/lists/pages.h"
#include "strategy/lists/views.h"
#include "strategy/read_stream.h"
#include "strategy/streams.h"

namespace mash::strategy {

Result<host::Looks> list_missing(const log::EventLog& log, const v1::ListMissingRequest& request,
                                 const Context& context, v1::ListMissingResponse& response) {
  return list_page<v1::ChildRow>(
      log, request, context, kMissingView, "", response,
      [](const v1::ChildRow&, Time) { return true; },
      [](const v1::ChildRow& row) { return row.child().case_id(); },
      [&](const v1::ChildRow& row, Time) { *response.add_children() = row.child(); });
}

Result<std::vector<std::string>> missing_among(
    const log::EventLog& log, const cases::Family& family,
    const google::protobuf::RepeatedPtrField<std::string>& child_ids,
    std::optional<uint64_t> size) {
  std::vector<std::string> missing;
  for (const std::string& child_id : child_ids) {
    for (const std::string& case_id : family.cases) {
      const auto known =
          read_stream<v1::ChildEvent>(log, child_stream(case_id, child_id), size, false);
      if (!known) return tl::unexpected(known.error());
      v1::ChildStatus child;
      for (const v1::ChildEvent& event : known->events) evolve_child(child, event);
      if (!child.has_missing_since()) continue;
      missing.push_back(child_id);
      break;
    }
  }
  return missing;
}

}  // namespace mash::strategy
