#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mash {

// Bytes as lower-case hexadecimal digits, two a byte. Pure; any thread may call.
std::string to_hex(std::string_view bytes);

// What to_hex wrote; nothing where it did not write that.
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace mash
