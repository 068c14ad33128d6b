#include "core/ids.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/check.h"

namespace mash {
namespace {

constexpr uint64_t kLowMask = (uint64_t{1} << 62) - 1;
constexpr uint16_t kHighMask = 0x0fff;
// The first id of a millisecond leaves the top bit clear, so that counting up has room.
constexpr uint16_t kHighStartMask = 0x07ff;
constexpr uint64_t kStepMask = 0xffffffff;
constexpr std::string_view kDigits = "0123456789abcdef";

constexpr bool is_hyphen_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

void fill_from_kernel(void* to, std::size_t size) {
  auto* next = static_cast<uint8_t*>(to);
  while (size > 0) {
    const ssize_t got = getrandom(next, size, 0);
    if (got < 0 && errno == EINTR) continue;
    MASH_CHECK(got > 0);  // An id made of anything else would not be unique.
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}

tl::unexpected<Error> invalid_id(std::string message) {
  return refuse(Code::kInvalidArgument, "INVALID_ID", std::move(message));
}

}  // namespace

std::string Uuid::text() const {
  std::string text(36, '-');
  std::size_t at = 0;
  for (const uint8_t byte : bytes) {
    if (is_hyphen_place(at)) ++at;
    text[at++] = kDigits[byte >> 4];
    text[at++] = kDigits[byte & 0x0f];
  }
  return text;
}

std::string Uuid::to_bytes() const {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return invalid_id("An id is a UUID of 36 characters.");
  Uuid id;
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_hyphen_place(i)) {
      if (text[i] != '-') return invalid_id("An id has hyphens in the places of a UUID's.");
      continue;
    }
    const int value = digit_value(text[i]);
    if (value < 0) return invalid_id("An id is written in lower-case hexadecimal digits.");
    auto& byte = id.bytes[nibble / 2];
    byte = static_cast<uint8_t>(nibble % 2 == 0 ? value << 4 : byte | value);
    ++nibble;
  }
  return id;
}

Result<Uuid> Uuid::from_bytes(std::string_view bytes) {
  Uuid id;
  if (bytes.size() != id.bytes.size()) return invalid_id("An id is 16 bytes.");
  std::memcpy(id.bytes.data(), bytes.data(), id.bytes.size());
  return id;
}

Time Uuid::time() const {
  int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = (milliseconds << 8) | bytes[i];
  return Time(std::chrono::milliseconds(milliseconds));
}

Uuid IdSource::next() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.now()).time_since_epoch();
  const std::lock_guard lock(mutex_);
  const uint64_t fresh = random();
  if (now.count() > millisecond_) {
    millisecond_ = now.count();
    low_ = fresh & kLowMask;
    high_ = static_cast<uint16_t>(random()) & kHighStartMask;
  } else {
    low_ += 1 + (fresh & kStepMask);
    if (low_ > kLowMask) {
      low_ &= kLowMask;
      high_ = (high_ + 1) & kHighMask;
      if (high_ == 0) ++millisecond_;  // 2^73 steps later: borrow the next millisecond.
    }
  }
  Uuid id;
  for (std::size_t i = 0; i < 6; ++i)
    id.bytes[i] = static_cast<uint8_t>(millisecond_ >> (40 - 8 * i));
  id.bytes[6] = static_cast<uint8_t>(0x70 | (high_ >> 8));
  id.bytes[7] = static_cast<uint8_t>(high_);
  for (std::size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<uint8_t>(low_ >> (56 - 8 * i));
  id.bytes[8] = static_cast<uint8_t>(0x80 | (id.bytes[8] & 0x3f));
  return id;
}

uint64_t IdSource::random() {
  if (seeded_) return (*seeded_)();
  if (pool_next_ == pool_.size()) {
    fill_from_kernel(pool_.data(), sizeof pool_);
    pool_next_ = 0;
  }
  return std::exchange(pool_[pool_next_++], 0);
}

std::string id_in(std::string_view stream) {
  return std::string(stream.substr(stream.find('/') + 1));
}

}  // namespace mash

std::size_t std::hash<mash::Uuid>::operator()(const mash::Uuid& id) const noexcept {
  return std::hash<std::string_view>{}(
      {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()});
}
