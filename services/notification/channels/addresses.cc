#include "notification/channels/addresses.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "core/check.h"

namespace mash::notification {
namespace {

constexpr std::size_t kLocalPartBytesMax = 64;  // RFC 5321, 4.5.3.1
constexpr std::size_t kDomainBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string all(text);
  std::transform(all.begin(), all.end(), all.begin(), [](char c) { return lower(c); });
  return all;
}

// Whether every part between dots is a `kIsPart`; "" and "a..b" have an empty one.
template <class IsPart>
bool all_between_dots(std::string_view text, IsPart is_part) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_part(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= kLabelBytesMax && text.front() != '-' &&
         text.back() != '-' && std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '-';
         });
}

bool is_atom(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-/=?^_`{|}~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// What RFC 3986 lets stand in a URL.
bool is_of_url(std::string_view text) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=%";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// A URL taken apart by libcurl.
class Url {
 public:
  explicit Url(const std::string& text) : url_(curl_url()) {
    MASH_CHECK(url_ != nullptr);
    ok_ = text.size() <= kUrlBytesMax && is_of_url(text) && has_host(text) &&
          curl_url_set(url_.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) == CURLUE_OK;
  }

  bool ok() const { return ok_; }
  bool has(CURLUPart part) const { return get(part).has_value(); }
  bool has_path() const { return get(CURLUPART_PATH).value_or("/") != "/"; }

  // "host:port"; without a port in the URL, its scheme's.
  std::optional<std::string> host_and_port() const {
    const auto host = get(CURLUPART_HOST);
    const auto port = get(CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (!host || host->empty() || !port) return std::nullopt;
    return lower(*host) + ":" + *port;
  }

 private:
  struct Freed {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
  };

  // libcurl forgives a slash too many or too few in front of the host.
  static bool has_host(std::string_view text) {
    const std::size_t slashes = text.find("://");
    return slashes != std::string_view::npos && slashes + 3 < text.size() &&
           text[slashes + 3] != '/';
  }

  std::optional<std::string> get(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(url_.get(), part, &text, flags) != CURLUE_OK) return std::nullopt;
    std::string copy(text);
    curl_free(text);
    return copy;
  }

  std::unique_ptr<CURLU, Freed> url_;
  bool ok_ = false;
};

}  // namespace

bool is_domain(std::string_view text) {
  return text.size() <= kDomainBytesMax && all_between_dots(text, is_label);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || text.size() > kEmailBytesMax) return false;
  const std::string_view local = text.substr(0, at);
  return local.size() <= kLocalPartBytesMax && all_between_dots(local, is_atom) &&
         is_domain(text.substr(at + 1));
}

std::string_view domain_of(std::string_view email) { return email.substr(email.find('@') + 1); }

bool is_under(std::string_view domain, std::string_view parent) {
  const std::string own = lower(domain);
  const std::string above = lower(parent);
  return own == above || own.ends_with("." + above);
}

std::optional<std::string> called_by(const std::string& url) {
  if (!url.starts_with("https://")) return std::nullopt;
  const Url parts(url);
  if (!parts.ok() || parts.has(CURLUPART_FRAGMENT)) return std::nullopt;
  return parts.host_and_port();
}

std::optional<std::string> called_at(const std::string& host) {
  const Url parts("https://" + host);
  if (!parts.ok() || parts.has_path() || host.ends_with('/') || parts.has(CURLUPART_QUERY) ||
      parts.has(CURLUPART_FRAGMENT))
    return std::nullopt;
  return parts.host_and_port();
}

bool is_smtp_server(const std::string& url) {
  if (!url.starts_with("smtp://") && !url.starts_with("smtps://")) return false;
  const Url parts(url);
  return parts.ok() && !parts.has_path() && !parts.has(CURLUPART_QUERY) &&
         !parts.has(CURLUPART_FRAGMENT) && parts.host_and_port().has_value();
}

}  // namespace mash::notification
