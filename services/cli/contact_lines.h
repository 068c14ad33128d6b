#pragma once
#include <array>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "cli/outcome.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::cli {

// One line of a file of contacts.
struct ContactLine {
  uint64_t number = 0;  // from 1, empty lines counted
  std::string text;
  uint32_t occurrence = 0;  // how many lines before had the same text
};

// Reads contacts a line at a time. Threads may share one.
class ContactLines {
 public:
  // Lines before `first` are only counted. `in` outlives this.
  ContactLines(std::istream& in, uint64_t first) : in_(in), first_(first) {}

  std::optional<ContactLine> next();

 private:
  std::mutex mutex_;
  std::istream& in_;
  const uint64_t first_;
  uint64_t number_ = 0;
  std::map<std::array<uint8_t, 32>, uint32_t> seen_;  // by the text's digest
};

// The request a line makes. One without a request id gets the id that this agency's line always
// gets: the same file sent again repeats its requests, and the hub takes each contact once. With
// `new_ids` it gets a new one.
Outcome<referral::v1::SubmitContactRequest> to_request(const ContactLine& line,
                                                       const std::string& agency, bool new_ids);

// A version 8 UUID (RFC 9562) made from a line's text, how often it had come, and who sends it.
std::string request_id_of(const ContactLine& line, const std::string& agency);

}  // namespace mash::cli
