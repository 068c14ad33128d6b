#include "merkle/encoding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/check.h"
#include "merkle/tile.h"

namespace mash::merkle {
namespace {

// OpenSSL counts in int; nothing this library encodes or decodes comes near.
constexpr std::size_t kBase64BytesMax = 1 << 24;

// Takes the first code point off `rest`; nothing unless it is there in its shortest form.
std::optional<char32_t> take_code_point(std::string_view& rest) {
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned char lead = byte_at(0);
  struct Form {
    unsigned char mask, bits;
    std::size_t length;
    char32_t smallest;
  };
  constexpr std::array<Form, 4> kForms{{{0x80, 0x00, 1, 0},
                                        {0xe0, 0xc0, 2, 0x80},
                                        {0xf0, 0xe0, 3, 0x800},
                                        {0xf8, 0xf0, 4, 0x10000}}};
  for (const Form& form : kForms) {
    if ((lead & form.mask) != form.bits) continue;
    if (rest.size() < form.length) return std::nullopt;
    char32_t point = lead & static_cast<unsigned char>(~form.mask);
    for (std::size_t i = 1; i < form.length; ++i) {
      if ((byte_at(i) & 0xc0) != 0x80) return std::nullopt;
      point = point << 6 | (byte_at(i) & 0x3f);
    }
    if (point < form.smallest || point > 0x10ffff) return std::nullopt;
    if (point >= 0xd800 && point <= 0xdfff) return std::nullopt;
    rest.remove_prefix(form.length);
    return point;
  }
  return std::nullopt;
}

// Unicode's White_Space property.
bool is_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0d) || point == 0x20 || point == 0x85 || point == 0xa0 ||
         point == 0x1680 || (point >= 0x2000 && point <= 0x200a) || point == 0x2028 ||
         point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  MASH_CHECK(bytes.size() <= kBase64BytesMax);
  // EVP_EncodeBlock ends what it writes with a NUL.
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  text.pop_back();
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > kBase64BytesMax) return std::nullopt;
  if (text.empty()) return std::string();
  std::string bytes(text.size() / 4 * 3, '\0');
  const int decoded = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                      reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  if (decoded < 0) return std::nullopt;
  // EVP_DecodeBlock counts padding as bytes, skips white space and drops stray bits: only what
  // encodes back to the text was written in the one right way.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (static_cast<std::size_t>(decoded) < padding) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(decoded) - padding);
  if (base64_encode(bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<uint64_t> parse_decimal(std::string_view text) {
  const bool digits_only =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (text.empty() || !digits_only || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number > kTreeSizeMax) return std::nullopt;
  return number;
}

bool is_note_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point || (*point < 0x20 && *point != '\n')) return false;
  }
  return true;
}

bool is_key_name(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const auto point = take_code_point(name);
    if (!point || *point < 0x20 || *point == '+' || is_space(*point)) return false;
  }
  return true;
}

std::optional<std::string_view> take_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

}  // namespace mash::merkle
