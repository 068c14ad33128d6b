#include "notification/channels/attempt.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "core/check.h"
#include "notification/channels/addresses.h"

namespace mash::notification {
namespace {

// "Transaction failed", by which relays also say that they do not serve whoever asks: the hub's
// fault, which may be mended, and not the contact's.
constexpr uint32_t kRelayRefuses = 554;

constexpr std::size_t kAnswerBytesMax = 64 << 10;

bool is_tls_fault(CURLcode result) {
  switch (result) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_USE_SSL_FAILED:  // no STARTTLS
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return true;
    default:
      return false;
  }
}

// Replies that say that we are not logged in as the server wants: a setting to mend, which says
// nothing of whom the message is for.
bool is_about_login(uint32_t reply) {
  return reply == 530 || reply == 534 || reply == 535 || reply == 538;
}

}  // namespace

template <class T>
void Attempt::set(CURLoption option, T value) {
  MASH_CHECK(curl_easy_setopt(handle_.get(), option, value) == CURLE_OK);
}

Attempt::Attempt(std::string content, bool is_email)
    : content_(std::move(content)), is_email_(is_email), handle_(curl_easy_init()) {
  MASH_CHECK(handle_ != nullptr);
}

Attempt::~Attempt() = default;

Attempt::List Attempt::list_of(const std::vector<std::string>& lines) {
  curl_slist* list = nullptr;
  for (const std::string& line : lines) {
    list = curl_slist_append(list, line.c_str());
    MASH_CHECK(list != nullptr);
  }
  return List(list);
}

void Attempt::set_common(const SendingLimits& limits, const std::string& authority) {
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_NOSIGNAL, 1L);
  // A name that is still being looked up is given up, not waited for.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_max.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(limits.whole_max.count()));
  set(CURLOPT_PROXY, "");  // whatever the environment says
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!authority.empty()) {
    set(CURLOPT_CAINFO, authority.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // not the system's besides
  }
  set(CURLOPT_WRITEFUNCTION, &Attempt::write);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
}

Attempt::Attempt(Email email, const SendingLimits& limits) : Attempt(std::move(email.text), true) {
  const EmailSettings& settings = email.settings;
  set_common(limits, settings.authority);
  // The path is the name in EHLO, for which libcurl would take the machine's own.
  const std::string url = settings.server + "/" + std::string(domain_of(settings.from));
  set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  if (!settings.user.empty()) {
    set(CURLOPT_USERNAME, settings.user.c_str());
    set(CURLOPT_PASSWORD, email.password.c_str());
  }
  list_ = list_of({"<" + email.to + ">"});
  set(CURLOPT_MAIL_FROM, ("<" + settings.from + ">").c_str());
  set(CURLOPT_MAIL_RCPT, list_.get());
  set(CURLOPT_UPLOAD, 1L);
  set(CURLOPT_READFUNCTION, &Attempt::read);
  set(CURLOPT_READDATA, static_cast<void*>(this));
  set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(content_.size()));
  set(CURLOPT_HEADERFUNCTION, &Attempt::reply);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  is_given_up_ = &email.is_given_up;
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Attempt::progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
  // At its end libcurl says goodbye, and waits minutes for the answer. What became of the message
  // is known by then: what libcurl says is looked at, and the connection ended with the goodbye.
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &Attempt::open);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_CLOSESOCKETFUNCTION, &Attempt::close);
  set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
  set(CURLOPT_DEBUGFUNCTION, &Attempt::said);
  set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set(CURLOPT_VERBOSE, 1L);
}

Attempt::Attempt(Webhook webhook, const SendingLimits& limits)
    : Attempt(std::move(webhook.call.body), false) {
  set_common(limits, webhook.settings.authority);
  std::vector<std::string> headers = std::move(webhook.call.headers);
  headers.emplace_back("Expect:");  // the body is small: not asked for first
  list_ = list_of(headers);
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_URL, webhook.url.c_str());
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // One connection carries one call: a server that hangs in one holds up no other.
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, "mash");
  set(CURLOPT_HTTPHEADER, list_.get());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(content_.size()));
  set(CURLOPT_POSTFIELDS, content_.data());
}

std::size_t Attempt::read(char* buffer, std::size_t size, std::size_t count, void* self) {
  Attempt& attempt = *static_cast<Attempt*>(self);
  const std::size_t bytes = std::min(size * count, attempt.content_.size() - attempt.read_bytes_);
  attempt.content_.copy(buffer, bytes, attempt.read_bytes_);
  attempt.read_bytes_ += bytes;
  return bytes;
}

std::size_t Attempt::write(char* /*data*/, std::size_t size, std::size_t count, void* self) {
  Attempt& attempt = *static_cast<Attempt*>(self);
  attempt.answer_bytes_ += size * count;
  return attempt.answer_bytes_ > kAnswerBytesMax ? CURL_WRITEFUNC_ERROR : size * count;
}

std::size_t Attempt::reply(char* data, std::size_t size, std::size_t count, void* self) {
  Attempt& attempt = *static_cast<Attempt*>(self);
  const std::string_view line(data, size * count);
  uint32_t code = 0;
  if (line.size() < 4 || std::from_chars(data, data + 3, code).ptr != data + 3 || line[3] == '-')
    return line.size();
  attempt.reply_ = code;
  return line.size();
}

curl_socket_t Attempt::open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  const curl_socket_t socket =
      ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  static_cast<Attempt*>(self)->sockets_.insert(socket);
  return socket;
}

int Attempt::close(void* self, curl_socket_t socket) {
  static_cast<Attempt*>(self)->sockets_.erase(socket);
  return ::close(socket);
}

int Attempt::progress(void* self, curl_off_t /*to_get*/, curl_off_t /*got*/, curl_off_t /*to_put*/,
                      curl_off_t /*put*/) {
  return *static_cast<Attempt*>(self)->is_given_up_ ? 1 : 0;
}

int Attempt::said(CURL* /*handle*/, curl_infotype type, char* data, std::size_t size, void* self) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  Attempt& attempt = *static_cast<Attempt*>(self);
  const std::string_view command(data, size);
  if (command.starts_with("RCPT TO")) attempt.is_addressed_ = true;
  if (command == "QUIT\r\n")
    for (const curl_socket_t socket : attempt.sockets_) ::shutdown(socket, SHUT_RDWR);
  return 0;
}

Outcome Attempt::outcome(CURLcode result) const {
  return is_email_ ? email_outcome(result) : webhook_outcome(result);
}

Outcome Attempt::email_outcome(CURLcode result) const {
  using enum Outcome::Kind;
  if (result == CURLE_OK) return {kTaken, "", reply_};
  if (result == CURLE_OPERATION_TIMEDOUT) return {kFailed, "SMTP_TIMEOUT", 0};
  if (is_tls_fault(result)) return {kFailed, "SMTP_TLS", 0};
  const uint32_t no = reply_ >= 400 ? reply_ : 0;
  // What a server refuses before it is told whom the message is for, the hub's own address as the
  // sender's too, says nothing of the contact.
  if (no >= 500 && no != kRelayRefuses && is_addressed_ && !is_about_login(no))
    return {kRefused, "SMTP_REFUSED", no};
  return {kFailed, "SMTP_UNAVAILABLE", no};
}

Outcome Attempt::webhook_outcome(CURLcode result) const {
  using enum Outcome::Kind;
  // Once the body begins, the server has said what it says; that the rest is slow or long changes
  // nothing.
  if (result == CURLE_OK || answer_bytes_ > 0) {
    long status = 0;
    curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
    const auto code = static_cast<uint32_t>(status);
    if (code >= 200 && code < 300) return {kTaken, "", code};
    if (code == 410) return {kRefused, "WEBHOOK_GONE", code};
    return {kFailed, "WEBHOOK_STATUS", code};
  }
  if (result == CURLE_OPERATION_TIMEDOUT) return {kFailed, "WEBHOOK_TIMEOUT", 0};
  if (is_tls_fault(result)) return {kFailed, "WEBHOOK_TLS", 0};
  return {kFailed, "WEBHOOK_UNAVAILABLE", 0};
}

}  // namespace mash::notification
