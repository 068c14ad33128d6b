#pragma once
#include <cstdint>
#include <string>

namespace mash::log {

// Numbers as RocksDB keys and records hold them: big-endian, so that bytes sort as numbers do.
template <class UInt>
inline void put_big_endian(char* out, UInt value) {
  for (size_t i = 0; i < sizeof(UInt); ++i)
    out[i] = static_cast<char>(value >> (8 * (sizeof(UInt) - 1 - i)));
}
template <class UInt>
inline UInt get_big_endian(const char* in) {
  UInt value = 0;
  for (size_t i = 0; i < sizeof(UInt); ++i)
    value = static_cast<UInt>((value << 8) | static_cast<unsigned char>(in[i]));
  return value;
}

inline void put_u32(char* out, uint32_t value) { put_big_endian(out, value); }
inline void put_u64(char* out, uint64_t value) { put_big_endian(out, value); }
inline uint32_t get_u32(const char* in) { return get_big_endian<uint32_t>(in); }
inline uint64_t get_u64(const char* in) { return get_big_endian<uint64_t>(in); }

inline void append_u32(std::string& out, uint32_t value) {
  out.resize(out.size() + 4);
  put_u32(out.data() + out.size() - 4, value);
}
inline void append_u64(std::string& out, uint64_t value) {
  out.resize(out.size() + 8);
  put_u64(out.data() + out.size() - 8, value);
}

}  // namespace mash::log
