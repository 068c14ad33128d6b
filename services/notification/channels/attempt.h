#pragma once
#include <curl/curl.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "notification/channels/sender.h"
#include "notification/channels/webhook.h"

namespace mash::notification {

// One attempt at sending: what is sent, by a libcurl handle that its owner runs, and what became of
// it. On one thread at a time, the handle's callbacks too.
class Attempt {
 public:
  // What is referred to outlives the attempt.
  struct Email {
    const EmailSettings& settings;
    const std::string& password;
    const std::atomic<bool>& is_given_up;
    std::string to;
    std::string text;
  };
  struct Webhook {
    const WebhookSettings& settings;
    std::string url;
    WebhookCall call;
  };

  Attempt(Email email, const SendingLimits& limits);
  Attempt(Webhook webhook, const SendingLimits& limits);
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  CURL* handle() const { return handle_.get(); }

  // Of e-mail, run by itself: libcurl waits within one call for what a server says to the end of a
  // message, so other attempts cannot go on beside it on the same thread.
  bool is_email() const { return is_email_; }

  // Once libcurl is done.
  Outcome outcome(CURLcode result) const;

 private:
  struct HandleFreed {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct ListFreed {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using List = std::unique_ptr<curl_slist, ListFreed>;

  Attempt(std::string content, bool is_email);

  template <class T>
  void set(CURLoption option, T value);
  void set_common(const SendingLimits& limits, const std::string& authority);
  static List list_of(const std::vector<std::string>& lines);

  static std::size_t read(char* buffer, std::size_t size, std::size_t count, void* self);
  static std::size_t write(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t reply(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int close(void* self, curl_socket_t socket);
  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
  static int said(CURL* handle, curl_infotype type, char* data, std::size_t size, void* self);

  Outcome email_outcome(CURLcode result) const;
  Outcome webhook_outcome(CURLcode result) const;

  const std::string content_;  // the message or the body
  const bool is_email_;
  std::size_t read_bytes_ = 0;                      // of the message, by libcurl
  std::size_t answer_bytes_ = 0;                    // of the answer's body, all thrown away
  uint32_t reply_ = 0;                              // the last of SMTP
  bool is_addressed_ = false;                       // the server was told whom it is for; of e-mail
  const std::atomic<bool>* is_given_up_ = nullptr;  // of e-mail
  std::set<curl_socket_t> sockets_;                 // that are open; of e-mail
  List list_;
  std::unique_ptr<CURL, HandleFreed> handle_;  // goes before what it points to
};

}  // namespace mash::notification
