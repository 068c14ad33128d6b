#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/checks.h"
#include "core/context.h"
#include "core/result.h"
#include "core/timestamp.h"
#include "host/page_token.h"
#include "log/event_log.h"

namespace mash::sharing {

// Where a page begins: what its token says; without one at the beginning, as at the time asked for.
struct PageStart {
  std::optional<uint64_t> as_at_size;  // absent: now
  std::string after;                   // log::ListQuery::after
  std::string case_id;                 // of a list that goes through several; empty: the first
};

namespace internal {
// Of a request, told apart from every other by its bytes.
std::string query_of(std::string_view type, const std::string& request);
Result<PageStart> page_start(const log::EventLog& log, const std::string& token,
                             const std::string& query);
std::string page_token(const std::string& query, const PageStart& next);

template <class Request>
std::string query_of(Request request) {
  request.clear_page_size();
  request.clear_page_token();
  return query_of(Request::descriptor()->full_name(), request.SerializeAsString());
}
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
    return internal::page_start(log, request.page_token(), internal::query_of(request));
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

// Whether one caller may know of cases, by what holds now. Made for one answer, on one thread: it
// remembers what it found.
class CasesKnown {
 public:
  CasesKnown(const log::EventLog& log, Actor actor) : log_(log), actor_(std::move(actor)) {}
  Result<bool> admit(const std::string& case_id);

 private:
  const log::EventLog& log_;
  Actor actor_;
  std::map<std::string, bool> answers_;
};

// A row's columns as the message they are; the refusal for what cannot be read.
tl::unexpected<Error> malformed_row();

}  // namespace mash::sharing
