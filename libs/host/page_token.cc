#include "host/page_token.h"

#include <optional>
#include <string_view>

namespace mash::host {
namespace {

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return {};
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace

std::string to_page_token(const google::protobuf::MessageLite& token) {
  return to_hex(token.SerializeAsString());
}

Result<void> from_page_token(const std::string& text, google::protobuf::MessageLite& token) {
  const auto bytes = from_hex(text);
  if (!bytes || !token.ParseFromString(*bytes)) return bad_page_token();
  return {};
}

tl::unexpected<Error> bad_page_token() {
  return tl::unexpected(
      Error{.code = Code::kInvalidArgument,
            .reason = "INVALID_REQUEST",
            .message = "A field of the request is wrong: page_token is not one that the page "
                       "before gave.",
            .faults = {{"page_token", "is not one that the page before gave"}}});
}

}  // namespace mash::host
