#include "notification/channels/webhook.h"

#include <google/protobuf/util/json_util.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "core/check.h"
#include "core/timestamp.h"
#include "merkle/encoding.h"

namespace mash::notification {
namespace {

constexpr std::string_view kSecretPrefix = "whsec_";
constexpr std::size_t kKeyBytesMin = 24;
constexpr std::size_t kKeyBytesMax = 64;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::optional<std::string> webhook_key(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
  auto key = merkle::base64_decode(secret.substr(kSecretPrefix.size()));
  if (!key || key->size() < kKeyBytesMin || key->size() > kKeyBytesMax) return std::nullopt;
  return key;
}

std::string webhook_signature(std::string_view key, std::string_view id, int64_t timestamp_s,
                              std::string_view body) {
  std::string content(id);
  content.append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  MASH_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(content),
                  content.size(), digest.data(), &size) != nullptr);
  return "v1," + merkle::base64_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string webhook_body(const v1::Notice& notice) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;  // as everywhere in the hub
  std::string data;
  MASH_CHECK(google::protobuf::util::MessageToJsonString(notice, &data, options).ok());
  const auto raised = from_proto(notice.raised_at());
  MASH_CHECK(raised.has_value());  // a notice has a time
  return R"({"type":"mash.notice.raised","timestamp":")" + to_rfc3339(*raised) + R"(","data":)" +
         data + "}";
}

WebhookCall webhook_call(const Outgoing& outgoing, Time now) {
  const auto key = webhook_key(outgoing.channel.secret());
  MASH_CHECK(key.has_value());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  WebhookCall call{.body = webhook_body(outgoing.notice), .headers = {}};
  call.headers = {
      "content-type: application/json", "webhook-id: " + outgoing.delivery_id,
      "webhook-timestamp: " + std::to_string(seconds),
      "webhook-signature: " + webhook_signature(*key, outgoing.delivery_id, seconds, call.body)};
  return call;
}

}  // namespace mash::notification
