#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mash::log {

// Numbers and strings as keys, records and views hold them: integers big-endian, so that bytes sort
// as numbers do; base-128 varints; strings after their length.

template <size_t kBytes>
void put_big_endian(char* out, uint64_t value) {
  for (size_t i = kBytes; i-- > 0; value >>= 8) out[i] = static_cast<char>(value);
}
inline void put_u32(char* out, uint32_t value) { put_big_endian<4>(out, value); }
inline void put_u64(char* out, uint64_t value) { put_big_endian<8>(out, value); }

template <size_t kBytes>
void append_big_endian(std::string& out, uint64_t value) {
  out.resize(out.size() + kBytes);
  put_big_endian<kBytes>(out.data() + out.size() - kBytes, value);
}
inline void append_u32(std::string& out, uint32_t value) { append_big_endian<4>(out, value); }
inline void append_u64(std::string& out, uint64_t value) { append_big_endian<8>(out, value); }

inline uint64_t get_big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}
inline uint32_t get_u32(const char* in) { return static_cast<uint32_t>(get_big_endian({in, 4})); }
inline uint64_t get_u64(const char* in) { return get_big_endian({in, 8}); }

inline void append_varint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

inline void append_string(std::string& out, std::string_view bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

// Reads from the front of bytes it does not own. After the first failure ok() is false for good and
// every read gives zero or nothing, so a caller need ask only at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

  // For a caller that found what it read impossible. Returns zero.
  uint64_t fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return fail();
  }

  uint64_t big_endian(size_t bytes) { return get_big_endian(take(bytes)); }

  std::string_view string() { return take(varint()); }

  std::string_view take(uint64_t bytes) {
    if (bytes > rest_.size()) {
      fail();
      return {};
    }
    const auto taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace mash::log
