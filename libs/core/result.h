#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace mash {

// The canonical gRPC codes the hub answers with; the values are those of grpc::StatusCode.
enum class Code {
  kCancelled = 1,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// One thing wrong with one field of a request, for BadRequest.
struct FieldFault {
  std::string field;        // path in the request, e.g. "children[2].nhs_number"
  std::string description;  // what is wrong and what would be right; never the value itself

  friend bool operator==(const FieldFault&, const FieldFault&) = default;
};

// Where a rule comes from, for Help: "Working Together 2018, chapter 1, paragraph 71".
struct Source {
  std::string description;
  std::string url;

  friend bool operator==(const Source&, const Source&) = default;
};

// Why something was refused or failed. One type from the domain to the wire, where it becomes
// google.rpc.Status. No field of it ever holds personal data.
struct Error {
  Code code = Code::kInternal;
  std::string
      reason;  // stable, machine-readable, UPPER_SNAKE_CASE (AIP-193); listed in docs/errors.md
  std::string message;  // for a person
  std::map<std::string, std::string> metadata{};
  std::vector<FieldFault> faults{};
  std::vector<Source> sources{};
  std::optional<std::chrono::milliseconds> retry_after{};

  friend bool operator==(const Error&, const Error&) = default;
};

// A value, or the reason there is none. Becomes std::expected with C++23.
template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> refuse(Code code, std::string reason, std::string message) {
  return tl::unexpected(
      Error{.code = code, .reason = std::move(reason), .message = std::move(message)});
}

}  // namespace mash
