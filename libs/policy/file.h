#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mash::policy {

// A file of rules as it stands, at most one byte more than read_yaml() takes; nothing when it
// cannot be read.
std::optional<std::string> read_file(const std::string& path);

// SHA-256, as 64 hexadecimal digits: what cites a file of rules.
std::string sha256_hex(std::string_view bytes);

}  // namespace mash::policy
