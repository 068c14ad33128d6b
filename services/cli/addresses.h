#pragma once
#include <map>
#include <string>
#include <string_view>

#include "cli/outcome.h"

namespace mash::cli {

// Whom a call goes to: a hub, which has all services, or one of them apart.
struct Place {
  std::string service{};  // "sharing"; empty: a hub
  std::string address{};  // "127.0.0.1:7445"

  friend bool operator==(const Place&, const Place&) = default;
};

// Where a hub's services are: one address for all of them, "127.0.0.1:7443", or, where each is a
// process of its own, one for each, "referral=127.0.0.1:7444,sharing=127.0.0.1:7445".
class Addresses {
 public:
  static Outcome<Addresses> parse(const std::string& text);

  // Whom a call goes to: "mash.sharing.v1.SharingService/ReadItem" to the sharing service; a call
  // of LogService to the service whose log it names; anything else to the first.
  const Place& of(std::string_view method, std::string_view log) const;

 private:
  Place first_;
  std::map<std::string, Place, std::less<>> by_service_;  // empty: one for all
};

// The log that a request of LogService names; empty: none. All of them name it in the same field.
std::string log_named_by(std::string_view method, const std::string& request);

}  // namespace mash::cli
