#include "log/view_format.h"

#include <algorithm>
#include <array>

#include "log/byte_codec.h"

namespace mash::log {
namespace {

constexpr uint64_t kMetaFormat = 1;
constexpr uint64_t kTokenFormat = 1;
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
  std::string text;
  uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<uint8_t>(byte);
    for (held += 8; held >= 6; held -= 6) text.push_back(kBase64Url[bits >> (held - 6) & 0x3f]);
  }
  if (held > 0) text.push_back(kBase64Url[bits << (6 - held) & 0x3f]);
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    const size_t value = kBase64Url.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held));
  }
  return bytes;
}

}  // namespace

std::string list_key(std::string_view order, std::string_view id) {
  std::string key;
  key.reserve(order.size() + id.size() + 4);
  for (const char byte : order) {  // a zero byte is 00 ff, so that 00 00 ends the order
    key.push_back(byte);
    if (byte == '\0') key.push_back('\xff');
  }
  key.append(2, '\0');
  key.append(id);
  return key;
}

std::optional<std::string_view> id_in_list_key(std::string_view key) {
  for (size_t zero = key.find('\0'); zero != std::string_view::npos; zero = key.find('\0', zero)) {
    if (zero + 1 == key.size()) break;
    if (key[zero + 1] == '\0') return key.substr(zero + 2);
    if (key[zero + 1] != '\xff') break;
    zero += 2;
  }
  return std::nullopt;
}

std::string row_key(ListSlot slot, std::string_view id) {
  std::string key;
  key.reserve(2 + id.size());
  append_big_endian<2>(key, slot);
  key.append(id);
  return key;
}

std::string encode_row(const ViewRow& row) {
  std::string bytes;
  bytes.reserve(row.order.size() + row.columns.size() + 2);
  append_string(bytes, row.order);
  bytes.append(row.columns);
  return bytes;
}

std::optional<ViewRow> decode_row(std::string_view bytes) {
  ByteReader in(bytes);
  ViewRow row;
  row.order = in.string();
  row.columns = in.rest();
  if (!in.ok()) return std::nullopt;
  return row;
}

std::string encode_meta(const ViewMeta& meta) {
  std::string bytes;
  append_varint(bytes, kMetaFormat);
  append_varint(bytes, meta.version);
  append_varint(bytes, meta.slot);
  append_varint(bytes, meta.built_to);
  append_varint(bytes, meta.next_node);
  return bytes;
}

std::optional<ViewMeta> decode_meta(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.varint() != kMetaFormat) return std::nullopt;
  ViewMeta meta;
  meta.version = static_cast<uint32_t>(in.varint());
  meta.slot = static_cast<ListSlot>(in.varint());
  meta.built_to = in.varint();
  meta.next_node = in.varint();
  if (!in.ok() || !in.at_end() || meta.slot == kMetaSlot) return std::nullopt;
  return meta;
}

std::string encode_token(std::string_view view, const PageToken& token) {
  std::string bytes;
  append_varint(bytes, kTokenFormat);
  append_string(bytes, view);
  append_varint(bytes, token.version);
  append_varint(bytes, token.as_at_size);
  bytes.append(token.after);
  return to_base64url(bytes);
}

std::optional<PageToken> decode_token(std::string_view view, std::string_view text) {
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  ByteReader in(*bytes);
  if (in.varint() != kTokenFormat || in.string() != view) return std::nullopt;
  PageToken token;
  token.version = static_cast<uint32_t>(in.varint());
  token.as_at_size = in.varint();
  token.after = in.rest();
  if (!in.ok() || !id_in_list_key(token.after)) return std::nullopt;
  return token;
}

}  // namespace mash::log
