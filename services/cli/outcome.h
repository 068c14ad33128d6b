#pragma once
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "core/result.h"

namespace mash::cli {

// What `mash` ends with. Scripts rely on these numbers: docs/audit.md and `mash --help` list them.
enum class Exit {
  kDone = 0,
  kRefused = 1,      // the hub took the call and said no
  kUsage = 2,        // the command line or its input is wrong; nothing was sent
  kUnreachable = 3,  // no hub, or one that does not accept who is calling
  kNotProven = 4,    // a log, bundle, proof or backup is not what it should be
  kPartly = 5,       // some of several things were refused
  kFile = 6,         // a file cannot be read or written
};

// Why a command did not do what it was asked, and what the user can do about it.
struct Failure {
  Exit exit = Exit::kRefused;
  Error error;
  std::string advice{};  // one sentence or more; empty when the error says it all
};

template <class T>
using Outcome = tl::expected<T, Failure>;

inline tl::unexpected<Failure> fail(Exit exit, Error error, std::string advice = {}) {
  return tl::unexpected(Failure{exit, std::move(error), std::move(advice)});
}
inline tl::unexpected<Failure> fail(Exit exit, Code code, std::string reason, std::string message,
                                    std::string advice = {}) {
  return fail(exit, Error{.code = code, .reason = std::move(reason), .message = std::move(message)},
              std::move(advice));
}

// The command line or its input is wrong.
inline tl::unexpected<Failure> wrong_usage(std::string message, std::string advice = {}) {
  return fail(Exit::kUsage, Code::kInvalidArgument, "USAGE", std::move(message), std::move(advice));
}

// A library's refusal, with the exit it means here.
template <class T>
Outcome<T> outcome(Result<T> result, Exit exit, std::string advice = {}) {
  if (!result) return fail(exit, std::move(result.error()), std::move(advice));
  if constexpr (std::is_void_v<T>) {
    return {};
  } else {
    return std::move(*result);
  }
}

// "FAILED_PRECONDITION", as gRPC writes it.
std::string code_name(Code code);

}  // namespace mash::cli
