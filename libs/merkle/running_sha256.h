#pragma once
#include <memory>
#include <string_view>

#include "merkle/hash.h"

namespace mash::merkle {

// SHA-256 of bytes that come in pieces. Not thread-safe.
class RunningSha256 {
 public:
  RunningSha256();
  ~RunningSha256();
  RunningSha256(const RunningSha256&) = delete;
  RunningSha256& operator=(const RunningSha256&) = delete;

  void add(std::string_view piece);

  // Of all that was added. Nothing is added after it.
  Hash finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mash::merkle
