#pragma once
#include <optional>
#include <string>
#include <string_view>

// What an address is, and where it leads. Pure and thread-safe. URLs are read by libcurl, which
// calls them too: nothing is called that was read otherwise here.
namespace mash::notification {

inline constexpr std::size_t kEmailBytesMax = 320;
inline constexpr std::size_t kUrlBytesMax = 2'000;

// A domain by its name, as DNS has it: "police.example", "localhost".
bool is_domain(std::string_view text);

// An address of e-mail as SMTP takes it without extensions (RFC 5321, Dot-string@Domain): ASCII,
// neither quoted nor with a name in front. So it can stand in a header and in a command as it is.
bool is_email(std::string_view text);

// What follows the "@" of one that is_email.
std::string_view domain_of(std::string_view email);

// Whether the domain is `parent`, or under it; case does not count.
bool is_under(std::string_view domain, std::string_view parent);

// Where a webhook's URL leads, "notices.health.example:443", in lower case; nothing: it is not
// https, or has credentials, a fragment, or what cannot stand in a URL.
std::optional<std::string> called_by(const std::string& url);

// The same of a host that may be called, "notices.health.example" or "notices.health.example:8443".
std::optional<std::string> called_at(const std::string& host);

// A server of e-mail, "smtp://relay.example:587" or "smtps://relay.example:465": it and nothing
// more.
bool is_smtp_server(const std::string& url);

}  // namespace mash::notification
