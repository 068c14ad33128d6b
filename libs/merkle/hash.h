#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

// The hashes of an RFC 6962 Merkle tree over SHA-256. Everything here is pure and thread-safe.
namespace mash::merkle {

inline constexpr std::size_t kHashBytes = 32;

using Hash = std::array<uint8_t, kHashBytes>;

// Hashes are handed on as one run of bytes: a tile is a vector of them.
static_assert(sizeof(Hash) == kHashBytes);

// SHA-256 of the pieces, one after the other.
Hash sha256(std::initializer_list<std::string_view> pieces);

// SHA-256(0x00 || record): what a record contributes to the tree.
Hash leaf_hash(std::string_view record);

// SHA-256(0x01 || left || right): the hash of two subtrees side by side.
Hash node_hash(const Hash& left, const Hash& right);

// SHA-256 of nothing: the root of the tree without records.
const Hash& empty_root();

// The bytes of a hash, or of several in a row; the view lives as long as what it looks at.
std::string_view bytes_of(const Hash& hash);
std::string_view bytes_of(const std::vector<Hash>& hashes);

// A hash from exactly 32 bytes. Refused (HASH_MALFORMED) for any other length.
Result<Hash> hash_from_bytes(std::string_view bytes);

// Hashes from a run of bytes, 32 each. Refused (HASH_MALFORMED) when some are left over.
Result<std::vector<Hash>> hashes_from_bytes(std::string_view bytes);

// 64 lower-case hexadecimal digits and nothing else, both ways.
std::string to_hex(const Hash& hash);
Result<Hash> hash_from_hex(std::string_view hex);

}  // namespace mash::merkle
