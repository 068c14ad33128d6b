#pragma once
#include <google/protobuf/message_lite.h>

#include <string>

#include "core/result.h"

namespace mash::host {

// Where a page goes on, as text that a caller sends back: a token is proto text, which must be
// UTF-8, so that its bytes are written in hexadecimal.
std::string to_page_token(const google::protobuf::MessageLite& token);

// INVALID_REQUEST, naming `page_token`, for what no page gave.
Result<void> from_page_token(const std::string& text, google::protobuf::MessageLite& token);

// That `page_token` is not one that the page before gave.
tl::unexpected<Error> bad_page_token();

}  // namespace mash::host
