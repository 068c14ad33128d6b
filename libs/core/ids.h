#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace mash {

// A UUID (RFC 9562): the one kind of id of the hub. A value of 16 bytes, in network order, so that
// comparing bytes, comparing texts and, for version 7, comparing times agree.
struct Uuid {
  std::array<uint8_t, 16> bytes{};

  // The only text form: 36 characters, lower case, "01925f3a-7c1e-7b43-9d52-0242ac120002".
  std::string text() const;

  // The 16 bytes as a string, for keys and protobuf `bytes` fields.
  std::string to_bytes() const;

  // Reads the text form and nothing else: no braces, no upper case, no spaces. Any version is
  // taken, since callers bring ids of their own. Refuses with kInvalidArgument, INVALID_ID.
  static Result<Uuid> parse(std::string_view text);

  // Reads exactly 16 bytes. Refuses with kInvalidArgument, INVALID_ID.
  static Result<Uuid> from_bytes(std::string_view bytes);

  // The version digit: 7 for ids the hub makes.
  int version() const { return bytes[6] >> 4; }

  // When a version 7 id was made, to the millisecond.
  Time time() const;

  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Makes UUIDv7s. Every id is greater than the one before, whatever the clock does: within a
// millisecond the 74 random bits count up by a random step, and a clock set back is waited out.
// Threads may share one. Ids are unguessable (the kernel's random numbers) unless a seed is given,
// as tests do. `clock` must outlive the source.
class IdSource {
 public:
  explicit IdSource(const Clock& clock) : clock_(clock) {}
  IdSource(const Clock& clock, uint64_t seed) : clock_(clock), seeded_(seed) {}

  IdSource(const IdSource&) = delete;
  IdSource& operator=(const IdSource&) = delete;

  Uuid next();
  std::string next_text() { return next().text(); }

 private:
  uint64_t random();  // 64 random bits; mutex_ held

  const Clock& clock_;
  std::mutex mutex_;
  int64_t millisecond_ = -1;  // since 1970, of the last id
  uint16_t high_ = 0;         // its upper 12 random bits
  uint64_t low_ = 0;          // its lower 62 random bits
  std::optional<std::mt19937_64> seeded_;
  std::array<uint64_t, 512> pool_{};  // random numbers fetched ahead: one system call for 512
  std::size_t pool_next_ = pool_.size();
};

// The id in the name of a stream: of "person/0192..." what follows the first slash.
std::string id_in(std::string_view stream);

}  // namespace mash

template <>
struct std::hash<mash::Uuid> {
  std::size_t operator()(const mash::Uuid& id) const noexcept;
};
