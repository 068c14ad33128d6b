#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How the C2SP formats, and files that are made of them (docs/formats), write numbers, bytes and
// text: each in one way only, and read no other way. Pure and thread-safe.
namespace mash::merkle {

// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
// The bytes, or nothing unless the text is what base64_encode writes for them.
std::optional<std::string> base64_decode(std::string_view text);

// A number from 0 to kTreeSizeMax in decimal digits without leading zeros, or nothing.
std::optional<uint64_t> parse_decimal(std::string_view text);

// Valid UTF-8 (no overlong forms, no surrogates) without control characters under U+0020 other
// than the newline.
bool is_note_text(std::string_view text);

// A note's key name: not empty, valid as above, without spaces (Unicode's) or plus.
bool is_key_name(std::string_view name);

// Takes the first line off `rest`, without its newline; nothing when no newline is left.
std::optional<std::string_view> take_line(std::string_view& rest);

}  // namespace mash::merkle
