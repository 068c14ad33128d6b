#include "merkle/checkpoint.h"

#include <algorithm>
#include <utility>

#include "merkle/encoding.h"
#include "merkle/note.h"
#include "merkle/tile.h"

namespace mash::merkle {
namespace {

auto malformed(std::string why) {
  return refuse(Code::kInvalidArgument, "CHECKPOINT_MALFORMED", std::move(why));
}

auto malformed_origin() {
  return refuse(Code::kInvalidArgument, "ORIGIN_MALFORMED",
                "an origin is mash/<area>/<service>/<epoch>, the epoch counting from 1");
}

// What an area or a service may be called in an origin.
bool is_part(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

// What no checkpoint may say, be it ours or another's.
Result<void> check(const Checkpoint& checkpoint) {
  const std::string& origin = checkpoint.origin;
  if (origin.empty() || !is_note_text(origin) || origin.find('\n') != std::string::npos) {
    return malformed("an origin is one line of text");
  }
  if (checkpoint.size > kTreeSizeMax) return malformed("no tree is that large");
  if (checkpoint.size == 0 && checkpoint.root != empty_root()) {
    return malformed("the root of a tree without leaves is the hash of nothing");
  }
  return {};
}

}  // namespace

std::string Origin::str() const {
  return "mash/" + area + "/" + service + "/" + std::to_string(epoch);
}

Result<Origin> Origin::parse(std::string_view text) {
  constexpr std::string_view kPrefix = "mash/";
  if (!text.starts_with(kPrefix)) return malformed_origin();
  text.remove_prefix(kPrefix.size());
  const std::size_t first = text.find('/');
  if (first == std::string_view::npos) return malformed_origin();
  const std::size_t second = text.find('/', first + 1);
  if (second == std::string_view::npos) return malformed_origin();
  const std::string_view area = text.substr(0, first);
  const std::string_view service = text.substr(first + 1, second - first - 1);
  const auto epoch = parse_decimal(text.substr(second + 1));
  if (!is_part(area) || !is_part(service) || !epoch || *epoch == 0) return malformed_origin();
  return Origin{std::string(area), std::string(service), *epoch};
}

bool same_log(std::string_view name, std::string_view other) {
  const auto without_epoch = [](std::string_view origin) {
    return Origin::parse(origin) ? origin.substr(0, origin.rfind('/')) : origin;
  };
  return without_epoch(name) == without_epoch(other);
}

std::string Checkpoint::text() const {
  return origin + "\n" + std::to_string(size) + "\n" + base64_encode(bytes_of(root)) + "\n";
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!origin || !size || !root) return malformed("a checkpoint has three lines");
  if (!text.empty()) return malformed("a checkpoint has three lines; this one has more");
  const auto number = parse_decimal(*size);
  if (!number) return malformed("the second line is the tree's size in decimal");
  const auto bytes = base64_decode(*root);
  const auto hash = bytes ? hash_from_bytes(*bytes) : malformed("");
  if (!hash) return malformed("the third line is the root, 32 bytes in base64");
  Checkpoint checkpoint{std::string(*origin), *number, *hash};
  if (auto fit = check(checkpoint); !fit) return tl::unexpected(fit.error());
  return checkpoint;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  if (auto fit = check(checkpoint); !fit) return tl::unexpected(fit.error());
  if (checkpoint.origin != key.name()) return malformed("the key is not named after the origin");
  return sign_note(checkpoint.text(), std::span(&key, 1));
}

Result<Checkpoint> open_checkpoint(std::string_view note, std::span<const VerifierKey> keys) {
  const auto opened = open_note(note, keys);
  if (!opened) return tl::unexpected(opened.error());
  auto checkpoint = Checkpoint::parse(opened->text);
  if (!checkpoint) return checkpoint;
  const auto is_the_log = [&](const VerifierKey& key) { return key.name() == checkpoint->origin; };
  if (std::none_of(opened->signers.begin(), opened->signers.end(), is_the_log)) {
    return refuse(Code::kFailedPrecondition, "CHECKPOINT_ORIGIN",
                  "the log the checkpoint is about has not signed it");
  }
  return checkpoint;
}

}  // namespace mash::merkle
