#include "host/page_token.h"

#include "core/checks.h"
#include "core/hex.h"

namespace mash::host {

std::string to_page_token(const google::protobuf::MessageLite& token) {
  return to_hex(token.SerializeAsString());
}

Result<void> from_page_token(const std::string& text, google::protobuf::MessageLite& token) {
  const auto bytes = from_hex(text);
  if (!bytes || !token.ParseFromString(*bytes)) return bad_page_token();
  return {};
}

tl::unexpected<Error> bad_page_token() {
  return tl::unexpected(invalid_request({{"page_token", "is not one that the page before gave"}}));
}

}  // namespace mash::host
