#include "cli/inputs.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/timestamp.pb.h>

#include <istream>
#include <iterator>
#include <sstream>

#include "cli/files.h"
#include "cli/near_miss.h"
#include "cli/print.h"
#include "core/ids.h"
#include "core/london.h"
#include "core/timestamp.h"
#include "merkle/note.h"

namespace mash::cli {
namespace {

constexpr size_t kSmallFileBytes = 4 << 20;

// "10:00" or "10:00:30", strictly.
std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  std::chrono::seconds out{};
  const int limits[] = {24, 60, 60};
  const int seconds[] = {3600, 60, 1};
  for (size_t part = 0; part * 3 < text.size(); ++part) {
    const std::string_view digits = text.substr(part * 3, 2);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    if (part > 0 && text[part * 3 - 1] != ':') return std::nullopt;
    const int value = (digits[0] - '0') * 10 + (digits[1] - '0');
    if (value >= limits[part]) return std::nullopt;
    out += std::chrono::seconds(value * seconds[part]);
  }
  return out;
}

bool looks_like_key(const std::string& text) {
  return text.find('+') != std::string::npos && text.find('\n') == std::string::npos;
}

}  // namespace

Outcome<Time> read_time(const std::string& text) {
  if (const auto exact = from_rfc3339(text)) return *exact;
  const auto bad = [&] {
    return wrong_usage("'" + text + "' is not a time.",
                       "Write '2026-03-03T10:00:00Z', or as a clock in London shows it: "
                       "'2026-03-03 10:00' or '2026-03-03'.");
  };
  const auto day = from_iso_date(text.substr(0, 10));
  if (!day) return bad();
  std::optional<std::chrono::seconds> time = std::chrono::seconds{};
  if (text.size() > 10) {
    if (text[10] != ' ' && text[10] != 'T') return bad();
    time = time_of_day(std::string_view(text).substr(11));
  }
  if (!time) return bad();
  const auto london = London::load();
  if (!london) return fail(Exit::kFile, london.error());
  return london->instant(LocalTime(Day(*day)) + *time);
}

Outcome<void> put_time(const std::string& text,
                       const std::function<google::protobuf::Timestamp*()>& field) {
  if (text.empty()) return {};
  const auto time = read_time(text);
  if (!time) return tl::unexpected(time.error());
  to_proto(*time, field());
  return {};
}

Outcome<std::vector<merkle::VerifierKey>> read_keys(const std::vector<std::string>& texts) {
  std::vector<merkle::VerifierKey> keys;
  for (const std::string& text : texts) {
    std::string lines = text;
    std::error_code ignored;
    if (!looks_like_key(text) || std::filesystem::exists(text, ignored)) {
      auto read = read_file(text, kSmallFileBytes);
      if (!read) return tl::unexpected(std::move(read.error()));
      lines = std::move(*read);
    }
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      auto key = merkle::VerifierKey::parse(line);
      if (!key)
        return wrong_usage("--key: '" + text + "' is not a public key, nor a file of them.",
                           "A public key is one line, NAME+HASH+BASE64; 'mash checkpoint' shows "
                           "the hub's.");
      keys.push_back(std::move(*key));
    }
  }
  return keys;
}

bool is_trusted(const merkle::VerifierKey& key, const std::vector<merkle::VerifierKey>& trusted) {
  for (const merkle::VerifierKey& each : trusted) {
    if (!merkle::same_log(each.name(), key.name())) continue;
    const auto renamed = each.named(key.name());
    if (renamed && *renamed == key) return true;
  }
  return false;
}

Outcome<KeptCheckpoint> read_checkpoint(const std::string& file,
                                        const std::vector<merkle::VerifierKey>& keys) {
  auto text = read_file(file, kSmallFileBytes);
  if (!text) return tl::unexpected(std::move(text.error()));
  const auto note = merkle::parse_note(*text);
  const auto unread = [&](const Error& error) {
    return fail(Exit::kNotProven, error,
                file +
                    " should be a checkpoint, a signed note as 'mash "
                    "checkpoint' writes it.");
  };
  if (!note) return unread(note.error());
  auto checkpoint = merkle::Checkpoint::parse(note->text);
  if (!checkpoint) return unread(checkpoint.error());
  if (keys.empty()) return KeptCheckpoint{std::move(*checkpoint), std::move(*text), false};
  std::vector<merkle::VerifierKey> named = keys;
  for (const merkle::VerifierKey& key : keys) {
    if (!merkle::same_log(key.name(), checkpoint->origin)) continue;
    if (auto renamed = key.named(checkpoint->origin)) named.push_back(std::move(*renamed));
  }
  const auto opened = merkle::open_checkpoint(*text, named);
  if (!opened)
    return fail(Exit::kNotProven, opened.error(),
                "The checkpoint in " + file + " is not signed with the key given.");
  return KeptCheckpoint{std::move(*checkpoint), std::move(*text), true};
}

Outcome<int> read_enum(const google::protobuf::EnumDescriptor& type, const std::string& word,
                       const std::string& option) {
  std::vector<std::string> known;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string each = enum_word(type.value(i)->name(), type.name());
    if (each == word) return type.value(i)->number();
    if (type.value(i)->number() != 0) known.push_back(each);
  }
  std::string all;
  for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
  const std::string meant = did_you_mean(word, known);
  return wrong_usage(option + ": '" + shown(word) + "' is not one of: " + all + ".", meant);
}

Outcome<std::string> read_text(const std::string& text, std::istream& in) {
  if (text != "-") return text;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string new_request_id() {
  static const SystemClock clock;
  static IdSource ids(clock);
  return ids.next_text();
}

Outcome<std::string> request_id_or_new(const std::string& given) {
  if (given.empty()) return new_request_id();
  if (!Uuid::parse(given))
    return wrong_usage("--request-id: '" + given + "' is not a UUID.",
                       "Leave it out to get a new one.");
  return given;
}

}  // namespace mash::cli
