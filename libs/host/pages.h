#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/checks.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "host/page_token.h"
#include "log/event_log.h"

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
}  // namespace internal

// `Token` is a service's own message with `query`, `after`, `as_at_size` and `case_id`. Refuses, as
// INVALID_REQUEST, a page that is too large, and a token that no page of this very list gave.
template <class Token, class Request>
Result<PageStart> page_start(const log::EventLog& log, const Request& request,
                             uint32_t page_size_max) {
  Checks checks;
  if (request.page_size() > page_size_max)
    checks.fault("page_size", "is more than " + std::to_string(page_size_max));
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!request.page_token().empty()) {
    Token token;
    if (auto read = from_page_token(request.page_token(), token); !read)
      return tl::unexpected(read.error());
    if (token.query() != internal::query_of(request) || token.as_at_size() > log.size())
      return bad_page_token();
    return PageStart{
        .as_at_size = token.as_at_size(), .after = token.after(), .case_id = token.case_id()};
  }
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
template <class Token, class Request>
std::string page_token(const Request& request, const PageStart& next) {
  Token token;
  token.set_query(internal::query_of(request));
  token.set_after(next.after);
  token.set_as_at_size(next.as_at_size.value_or(0));
  token.set_case_id(next.case_id);
  return to_page_token(token);
}

}  // namespace mash::host
