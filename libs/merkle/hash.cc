// The SHA256_* functions are deprecated since OpenSSL 3.0, yet they are still the ones that neither
// allocate nor fail, and measure 20% faster on tree nodes (90 against 113 ns) than a re-used
// EVP_MD_CTX: and nodes are what verifying a log consists of. SHA256() itself is no such function:
// it looks its algorithm up on every call, which takes twice as long again.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "merkle/hash.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cstring>

#include "core/hex.h"

namespace mash::merkle {
namespace {

constexpr unsigned char kLeafPrefix = 0x00;
constexpr unsigned char kNodePrefix = 0x01;

}  // namespace

Hash sha256(std::initializer_list<std::string_view> pieces) {
  SHA256_CTX context;
  SHA256_Init(&context);
  for (const std::string_view piece : pieces) SHA256_Update(&context, piece.data(), piece.size());
  Hash hash;
  SHA256_Final(hash.data(), &context);
  return hash;
}

Hash leaf_hash(std::string_view record) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &kLeafPrefix, 1);
  SHA256_Update(&context, record.data(), record.size());
  Hash hash;
  SHA256_Final(hash.data(), &context);
  return hash;
}

Hash node_hash(const Hash& left, const Hash& right) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, &kNodePrefix, 1);
  SHA256_Update(&context, left.data(), left.size());
  SHA256_Update(&context, right.data(), right.size());
  Hash hash;
  SHA256_Final(hash.data(), &context);
  return hash;
}

const Hash& empty_root() {
  static const Hash kEmptyRoot = sha256({});
  return kEmptyRoot;
}

std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string_view bytes_of(const std::vector<Hash>& hashes) {
  return {reinterpret_cast<const char*>(hashes.data()), hashes.size() * kHashBytes};
}

Result<Hash> hash_from_bytes(std::string_view bytes) {
  if (bytes.size() != kHashBytes) {
    return refuse(Code::kInvalidArgument, "HASH_MALFORMED", "a hash has exactly 32 bytes");
  }
  Hash hash;
  std::memcpy(hash.data(), bytes.data(), kHashBytes);
  return hash;
}

Result<std::vector<Hash>> hashes_from_bytes(std::string_view bytes) {
  if (bytes.size() % kHashBytes != 0) {
    return refuse(Code::kInvalidArgument, "HASH_MALFORMED", "hashes come in runs of 32 bytes");
  }
  std::vector<Hash> hashes(bytes.size() / kHashBytes);
  if (!bytes.empty()) std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

std::string to_hex(const Hash& hash) {
  return mash::to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

Result<Hash> hash_from_hex(std::string_view hex) {
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != kHashBytes)
    return refuse(Code::kInvalidArgument, "HASH_MALFORMED",
                  "a hash is written as exactly 64 lower-case hexadecimal digits");
  Hash hash;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

}  // namespace mash::merkle
