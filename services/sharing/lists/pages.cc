#include "sharing/lists/pages.h"

#include "cases/case_guard.h"
#include "mash/sharing/v1/sharing_rows.pb.h"
#include "merkle/hash.h"

namespace mash::sharing {
namespace internal {

std::string query_of(std::string_view type, const std::string& request) {
  const merkle::Hash hash = merkle::sha256({type, request});
  return {hash.begin(), hash.end()};
}

Result<PageStart> page_start(const log::EventLog& log, const std::string& text,
                             const std::string& query) {
  v1::SharingPageToken token;
  if (auto read = host::from_page_token(text, token); !read) return tl::unexpected(read.error());
  if (token.query() != query || token.as_at_size() > log.size()) return host::bad_page_token();
  return PageStart{
      .as_at_size = token.as_at_size(), .after = token.after(), .case_id = token.case_id()};
}

std::string page_token(const std::string& query, const PageStart& next) {
  v1::SharingPageToken token;
  token.set_query(query);
  token.set_after(next.after);
  token.set_as_at_size(next.as_at_size.value_or(0));
  token.set_case_id(next.case_id);
  return host::to_page_token(token);
}

}  // namespace internal

Result<bool> CasesKnown::admit(const std::string& case_id) {
  if (const auto known = answers_.find(case_id); known != answers_.end()) return known->second;
  return cases::family_of(log_, case_id).map([&](const cases::Family& family) {
    return answers_[case_id] = cases::may_know(family, actor_).has_value();
  });
}

tl::unexpected<Error> malformed_row() {
  return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
}

}  // namespace mash::sharing
