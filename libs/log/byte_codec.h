#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace mash::log {

// The little that the views' formats need to write bytes: big-endian integers, which sort as they
// count, base-128 varints and length-prefixed strings.

template <int kBytes>
void append_big_endian(std::string& out, uint64_t value) {
  for (int shift = 8 * (kBytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

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

  uint64_t big_endian(size_t bytes) {
    uint64_t value = 0;
    for (const char byte : take(bytes)) value = value << 8 | static_cast<uint8_t>(byte);
    return value;
  }

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
