// As hash.cc does, and for its reasons.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "merkle/running_sha256.h"

#include <openssl/sha.h>

namespace mash::merkle {

struct RunningSha256::State {
  SHA256_CTX context;
};

RunningSha256::RunningSha256() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}
RunningSha256::~RunningSha256() = default;

void RunningSha256::add(std::string_view piece) {
  SHA256_Update(&state_->context, piece.data(), piece.size());
}

Hash RunningSha256::finish() {
  Hash hash;
  SHA256_Final(hash.data(), &state_->context);
  return hash;
}

}  // namespace mash::merkle
