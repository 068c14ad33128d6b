#include "notification/channels/sender.h"

#include <curl/curl.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <deque>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "core/check.h"
#include "core/london.h"
#include "notification/channels/addresses.h"
#include "notification/channels/attempt.h"
#include "notification/channels/channel_checks.h"
#include "notification/channels/email.h"
#include "notification/channels/webhook.h"

namespace mash::notification {
namespace {

constexpr int kPollMsMax = 60'000;  // woken long before, if there is anything to do
constexpr std::size_t kIdBytesMax = 200;

bool is_delivery_id(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

struct MultiFreed {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using Multi = std::unique_ptr<CURLM, MultiFreed>;

Multi new_multi() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  MASH_CHECK(ready == CURLE_OK);
  Multi multi(curl_multi_init());
  MASH_CHECK(multi != nullptr);
  return multi;
}

// The process's signals are for its other threads; a broken connection is no reason to end it.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

class Sender::Impl {
 public:
  Impl(EmailSettings email, WebhookSettings webhooks, SendingLimits limits, const Clock& clock,
       London london)
      : email_(std::move(email)),
        password_(password_of(email_)),
        webhooks_(std::move(webhooks)),
        limits_(limits),
        clock_(clock),
        london_(std::move(london)),
        multi_(new_multi()) {
    // Every webhook's connections stay open for the next notice: none is closed to make room.
    std::size_t hosts = 0;
    for (const auto& [agency, of_agency] : webhooks_.hosts) hosts += of_agency.size();
    const std::size_t connections = hosts * limits_.to_one_host_max;
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    thread_ = std::thread([this] { run(); });
  }

  ~Impl() {
    stopping_ = true;
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void send(Outgoing outgoing, Done done, Still still) {
    MASH_CHECK(is_delivery_id(outgoing.delivery_id));
    ++in_hand_;
    {
      const std::scoped_lock lock(mutex_);
      new_.push_back({std::move(outgoing), std::move(done), std::move(still)});
    }
    curl_multi_wakeup(multi_.get());
  }

  std::size_t in_hand() const { return in_hand_; }

 private:
  struct Message {
    Outgoing outgoing;
    Done done;
    Still still;
  };

  // In the order of all that waits: how urgent it is, the most urgent first, and when it came.
  using Place = std::pair<int, uint64_t>;

  // One server: what waits for it, and how much is under way.
  struct Host {
    std::map<Place, Message> waiting;
    std::size_t under_way = 0;
  };

  struct UnderWay {
    Host& host;
    Done done;
    std::unique_ptr<Attempt> attempt;
    std::jthread thread;  // of e-mail
  };

  struct Ended {
    Attempt* attempt;
    CURLcode result;
  };

  void run();
  void take_new();
  void begin_some();
  void begin(Host& host, Message message);
  std::vector<Ended> take_ended();
  bool end_some();
  // Whether its first may begin now.
  void consider(Host& host);
  std::unique_ptr<Attempt> attempt_of(const Outgoing& outgoing);
  void tell(const Done& done, Outcome outcome) {
    --in_hand_;
    done(std::move(outcome));
  }

  const EmailSettings email_;
  const std::string password_;
  const WebhookSettings webhooks_;
  const SendingLimits limits_;
  const Clock& clock_;
  const London london_;

  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> in_hand_ = 0;
  std::mutex mutex_;
  std::deque<Message> new_;     // under mutex_
  std::vector<Ended> emailed_;  // under mutex_

  // The thread's own. Addresses lead to hosts that the settings name, so there are not many.
  std::map<std::string, Host> hosts_;
  std::map<Place, Host*> next_;  // hosts whose first may begin, by its place; places that were one
  uint64_t last_place_ = 0;
  Multi multi_;
  std::map<Attempt*, UnderWay> under_way_;

  std::thread thread_;
};

void Sender::Impl::run() {
  block_signals();
  while (!stopping_) {
    take_new();
    begin_some();
    int running = 0;
    MASH_CHECK(curl_multi_perform(multi_.get(), &running) == CURLM_OK);
    if (end_some()) continue;  // now others may begin
    MASH_CHECK(curl_multi_poll(multi_.get(), nullptr, 0, kPollMsMax, nullptr) == CURLM_OK);
  }
  for (const auto& [attempt, rest] : under_way_)
    if (!attempt->is_email()) curl_multi_remove_handle(multi_.get(), attempt->handle());
  under_way_.clear();  // waits for e-mail, which sees that it is given up
}

void Sender::Impl::take_new() {
  std::deque<Message> messages;
  {
    const std::scoped_lock lock(mutex_);
    messages.swap(new_);
  }
  for (Message& message : messages) {
    const v1::Channel& channel = message.outgoing.channel;
    if (!may_send(channel, message.outgoing.notice.agency(), email_, webhooks_)) {
      tell(message.done, {Outcome::Kind::kRefused, "CHANNEL_NOT_ALLOWED", 0});
      continue;
    }
    const bool is_email = channel.kind() == v1::CHANNEL_KIND_EMAIL;
    Host& host = hosts_[is_email ? "" : called_by(channel.address()).value()];
    const Place place{-static_cast<int>(message.outgoing.notice.urgency()), ++last_place_};
    host.waiting.emplace(place, std::move(message));
    consider(host);
  }
}

void Sender::Impl::consider(Host& host) {
  if (!host.waiting.empty() && host.under_way < limits_.to_one_host_max)
    next_.emplace(host.waiting.begin()->first, &host);
}

void Sender::Impl::begin_some() {
  while (!next_.empty() && under_way_.size() < limits_.at_once_max) {
    const auto [place, next] = *next_.begin();
    Host& host = *next;
    next_.erase(next_.begin());
    // Something more urgent came before it, which has its own place here.
    if (host.waiting.empty() || host.waiting.begin()->first != place ||
        host.under_way >= limits_.to_one_host_max)
      continue;
    auto first = host.waiting.extract(host.waiting.begin());
    if (const Still& still = first.mapped().still; !still || still())
      begin(host, std::move(first.mapped()));
    else
      --in_hand_;
    consider(host);
  }
}

void Sender::Impl::begin(Host& host, Message message) {
  auto made = attempt_of(message.outgoing);
  Attempt* const attempt = made.get();
  UnderWay one{host, std::move(message.done), std::move(made), {}};
  if (attempt->is_email())
    one.thread = std::jthread([this, attempt] {
      const CURLcode result = curl_easy_perform(attempt->handle());
      const std::scoped_lock lock(mutex_);
      emailed_.push_back({attempt, result});
      curl_multi_wakeup(multi_.get());
    });
  else
    MASH_CHECK(curl_multi_add_handle(multi_.get(), attempt->handle()) == CURLM_OK);
  ++host.under_way;
  under_way_.emplace(attempt, std::move(one));
}

std::unique_ptr<Attempt> Sender::Impl::attempt_of(const Outgoing& outgoing) {
  const std::string& address = outgoing.channel.address();
  const Time now = clock_.now();
  if (outgoing.channel.kind() == v1::CHANNEL_KIND_EMAIL)
    return std::make_unique<Attempt>(
        Attempt::Email{email_, password_, stopping_, address,
                       email_text(outgoing, email_.from, now, london_)},
        limits_);
  return std::make_unique<Attempt>(
      Attempt::Webhook{webhooks_, address, webhook_call(outgoing, now)}, limits_);
}

std::vector<Sender::Impl::Ended> Sender::Impl::take_ended() {
  std::vector<Ended> ended;
  {
    const std::scoped_lock lock(mutex_);
    ended.swap(emailed_);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Ended one{nullptr, message->data.result};
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &one.attempt);
    curl_multi_remove_handle(multi_.get(), message->easy_handle);  // and `message` is gone
    ended.push_back(one);
  }
  return ended;
}

bool Sender::Impl::end_some() {
  const std::vector<Ended> ended = take_ended();
  for (const auto& [attempt, result] : ended) {
    auto found = under_way_.extract(attempt);
    MASH_CHECK(!found.empty());
    UnderWay& one = found.mapped();
    --one.host.under_way;
    consider(one.host);
    tell(one.done, attempt->outcome(result));
  }
  return !ended.empty();
}

Result<std::unique_ptr<Sender>> Sender::start(EmailSettings email, WebhookSettings webhooks,
                                              SendingLimits limits, const Clock& clock) {
  if (const auto usable = check_settings(email, webhooks, limits); !usable)
    return tl::unexpected(usable.error());
  auto london = London::load();
  if (!london) return tl::unexpected(std::move(london.error()));
  return std::unique_ptr<Sender>(new Sender(std::make_unique<Impl>(
      std::move(email), std::move(webhooks), limits, clock, std::move(*london))));
}

Sender::Sender(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Sender::~Sender() = default;

void Sender::send(Outgoing outgoing, Done done, Still still) {
  impl_->send(std::move(outgoing), std::move(done), std::move(still));
}

std::size_t Sender::in_hand() const { return impl_->in_hand(); }

}  // namespace mash::notification
