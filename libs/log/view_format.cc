#include "log/view_format.h"

#include <algorithm>
#include <array>

#include "log/bytes.h"
#include "merkle/hash.h"

namespace mash::log {
namespace {

constexpr uint64_t kMetaFormat = 2;
constexpr uint64_t kMetaFormatWithoutMoves = 1;
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

std::string encode_row(const StoredRow& stored) {
  const auto& [row, changed_at] = stored;
  std::string bytes;
  bytes.reserve(row.order.size() + row.columns.size() + 8);
  append_varint(bytes, changed_at);
  append_string(bytes, row.order);
  bytes.append(row.columns);
  return bytes;
}

std::optional<StoredRow> decode_row(std::string_view bytes) {
  ByteReader in(bytes);
  StoredRow stored;
  stored.changed_at = in.varint();
  stored.row.order = in.string();
  stored.row.columns = in.rest();
  if (!in.ok()) return std::nullopt;
  return stored;
}

std::string move_key(ListSlot slot, std::string_view id, uint64_t position) {
  const auto digest = merkle::sha256({id});
  std::string key;
  key.reserve(kNodePrefixBytes + 8);
  append_big_endian<2>(key, slot);
  key.append(merkle::bytes_of(digest).substr(0, kNodePrefixBytes - 2));
  key[2] = static_cast<char>(key[2] | '\x80');  // no node's id has this bit
  append_big_endian<8>(key, position);
  return key;
}

std::string encode_move(const RowMove& move) {
  std::string bytes;
  append_string(bytes, move.id);
  bytes.append(move.from_order);
  return bytes;
}

std::optional<RowMove> decode_move(std::string_view bytes) {
  ByteReader in(bytes);
  RowMove move;
  move.id = in.string();
  move.from_order = in.rest();
  if (!in.ok()) return std::nullopt;
  return move;
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
  const uint64_t format = in.varint();
  if (format != kMetaFormat && format != kMetaFormatWithoutMoves) return std::nullopt;
  ViewMeta meta;
  meta.version = static_cast<uint32_t>(in.varint());
  meta.slot = static_cast<ListSlot>(in.varint());
  meta.built_to = in.varint();
  meta.next_node = in.varint();
  if (!in.ok() || !in.at_end() || meta.slot == kMetaSlot) return std::nullopt;
  if (format == kMetaFormatWithoutMoves) meta.version = 0;  // no definition's: it is built anew
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
