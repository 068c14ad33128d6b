#include "cli/contact_lines.h"

#include <algorithm>
#include <istream>

#include "cli/inputs.h"
#include "cli/json_input.h"
#include "core/ids.h"
#include "merkle/hash.h"

namespace mash::cli {
namespace {

constexpr const char* kDomain = "mash contact request id v1";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::optional<ContactLine> ContactLines::next() {
  const std::lock_guard lock(mutex_);
  std::string line;
  while (std::getline(in_, line)) {
    ++number_;
    const std::string_view text = trimmed(line);
    if (text.empty()) continue;
    const uint32_t occurrence = seen_[merkle::sha256({text})]++;
    if (number_ >= first_) return ContactLine{number_, std::string(text), occurrence};
  }
  return std::nullopt;
}

std::string request_id_of(const ContactLine& line, const std::string& agency) {
  const std::string occurrence = std::to_string(line.occurrence);
  const std::string size = std::to_string(line.text.size());
  const merkle::Hash digest =
      merkle::sha256({kDomain, "\n", agency, "\n", occurrence, "\n", size, "\n", line.text});
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<uint8_t>((id.bytes[6] & 0x0F) | 0x80);
  id.bytes[8] = static_cast<uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id.text();
}

Outcome<referral::v1::SubmitContactRequest> to_request(const ContactLine& line,
                                                       const std::string& agency, bool new_ids) {
  referral::v1::SubmitContactRequest request;
  const auto read = from_json(line.text, "line " + std::to_string(line.number), request);
  if (!read) return tl::unexpected(read.error());
  if (request.request_id().empty())
    request.set_request_id(new_ids ? new_request_id() : request_id_of(line, agency));
  return request;
}

}  // namespace mash::cli
