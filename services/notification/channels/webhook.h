#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "notification/channels/sender.h"

// A notice as a webhook (https://www.standardwebhooks.com, 1.0.0). Pure and thread-safe.
namespace mash::notification {

// The key in a secret, "whsec_" and base64 of 24 to 64 bytes; nothing: it is none.
std::optional<std::string> webhook_key(std::string_view secret);

// "v1," and base64 of HMAC-SHA256 over "id.timestamp.body".
std::string webhook_signature(std::string_view key, std::string_view id, int64_t timestamp_s,
                              std::string_view body);

// What is sent: {"type":"mash.notice.raised","timestamp":"...","data":{...}}. The timestamp is when
// the notice was raised; the data is the notice, as proto3 JSON with the proto's names. The same at
// every attempt.
std::string webhook_body(const v1::Notice& notice);

// One attempt's body and headers ("webhook-id: ..."). The channel's secret is a secret.
struct WebhookCall {
  std::string body;
  std::vector<std::string> headers;
};
WebhookCall webhook_call(const Outgoing& outgoing, Time now);

}  // namespace mash::notification
