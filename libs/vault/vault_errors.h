#pragma once
#include <chrono>
#include <string>
#include <utility>

#include "core/result.h"

namespace mash::vault {

// The vault's ways of saying no, in one place; key_ring.h tells what each means to a caller.

inline constexpr std::chrono::milliseconds kVaultRetryAfter{1'000};

inline tl::unexpected<Error> vault_unavailable(std::string why) {
  Error error{.code = Code::kUnavailable, .reason = "VAULT_UNAVAILABLE", .message = std::move(why)};
  error.retry_after = kVaultRetryAfter;
  return tl::unexpected(std::move(error));
}

inline tl::unexpected<Error> vault_damaged(std::string what) {
  return refuse(Code::kDataLoss, "VAULT_DAMAGED", std::move(what));
}

inline tl::unexpected<Error> key_unknown() {
  return refuse(Code::kNotFound, "KEY_UNKNOWN", "The vault never minted this key.");
}

inline tl::unexpected<Error> key_destroyed() {
  return refuse(Code::kFailedPrecondition, "KEY_DESTROYED",
                "The key was destroyed: what it sealed is erased.");
}

}  // namespace mash::vault
