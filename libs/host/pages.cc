#include "host/pages.h"

#include "mash/common/v1/page_token.pb.h"
#include "merkle/hash.h"

namespace mash::host::internal {

std::string query_of(std::string_view type, const std::string& request) {
  const merkle::Hash hash = merkle::sha256({type, request});
  return {hash.begin(), hash.end()};
}

Result<PageStart> start_of(const std::string& page_token, const std::string& query,
                           uint64_t log_size) {
  common::v1::PageToken token;
  if (auto read = from_page_token(page_token, token); !read) return tl::unexpected(read.error());
  if (token.query() != query || token.as_at_size() > log_size) return bad_page_token();
  return PageStart{
      .as_at_size = token.as_at_size(), .after = token.after(), .case_id = token.case_id()};
}

std::string page_token(const std::string& query, const PageStart& next) {
  common::v1::PageToken token;
  token.set_query(query);
  token.set_after(next.after);
  token.set_as_at_size(next.as_at_size.value_or(0));
  token.set_case_id(next.case_id);
  return to_page_token(token);
}

}  // namespace mash::host::internal
