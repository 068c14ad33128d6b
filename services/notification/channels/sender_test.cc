#include "notification/channels/sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "core/testing/ports.h"
#include "integration/test_pki.h"
#include "notification/channels/testing/notices.h"
#include "notification/channels/testing/servers.h"

// Against servers of their own, by real TLS. A server tells what it saw before it answers.
namespace mash::notification {
namespace {

using ::testing::AllOf;
using testing::at;
using testing::by_email;
using testing::by_webhook;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::Files;
using ::testing::Ge;
using ::testing::HasSubstr;
using testing::HttpsServer;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Pair;
using ::testing::SizeIs;
using testing::SmtpServer;
using ::testing::UnorderedElementsAre;
using Kind = Outcome::Kind;
using Json = nlohmann::json;

constexpr const char* kNow = "2026-07-01T13:31:05Z";

// What became of each, in order.
class Told {
 public:
  Sender::Done of(std::string id) {
    return [this, id](Outcome outcome) {
      const std::scoped_lock lock(mutex_);
      all_.emplace_back(id, std::move(outcome));
      changed_.notify_all();
    };
  }
  std::vector<std::pair<std::string, Outcome>> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(120), [&] { return all_.size() >= count; }));
    return all_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, Outcome>> all_;
};

// A port that takes connections and never says a word.
class SilentPort {
 public:
  SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, generic, &size), 0);
    host_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~SilentPort() { ::close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  const std::string& host() const { return host_; }

 private:
  int socket_;
  std::string host_;
};

// Of this process alone, however busy the machine is.
std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class Sending : public ::testing::Test {
 protected:
  Sending() {
    // Whatever the environment says: there is no proxy.
    for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                             "smtp_proxy", "smtps_proxy"})
      ::setenv(name, "http://127.0.0.1:1", 1);
  }

  EmailSettings email(const SmtpServer& server) const { return email(server.url); }
  EmailSettings email(const std::string& url) const {
    EmailSettings settings;
    settings.server = url;
    settings.authority = files.authority();
    settings.from = "mash@council.example";
    settings.domains = {{"police", {"police.example"}}};
    return settings;
  }
  WebhookSettings webhooks(std::vector<std::string> hosts) const {
    return {.authority = files.authority(), .hosts = {{"police", std::move(hosts)}}};
  }
  void start(EmailSettings email, WebhookSettings webhooks, SendingLimits limits = kPatient) {
    auto started = Sender::start(std::move(email), std::move(webhooks), limits, clock);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    sender = std::move(*started);
  }
  void send(Outgoing outgoing, Sender::Still still = {}) {
    const std::string id = outgoing.delivery_id;
    sender->send(std::move(outgoing), told.of(id), std::move(still));
  }
  Outcome outcome_of(Outgoing outgoing) {
    const std::size_t before = told.wait_for(0).size();
    send(std::move(outgoing));
    const auto all = told.wait_for(before + 1);
    return all.size() > before ? all.back().second : Outcome{Kind::kFailed, "NOTHING_TOLD", 0};
  }

  // So long that no busy machine comes near, where a test is not about time.
  static constexpr SendingLimits kPatient = {.at_once_max = 16,
                                             .to_one_host_max = 2,
                                             .connect_max = std::chrono::seconds(60),
                                             .whole_max = std::chrono::seconds(60)};

  const Files files;
  const ManualClock clock{at(kNow)};
  Told told;
  std::unique_ptr<Sender> sender;  // goes first
};

TEST_F(Sending, ByWebhookIsSignedJson) {
  const HttpsServer server(files);
  start({}, webhooks({server.host()}));
  EXPECT_EQ(outcome_of(by_webhook("d-1", server.url("/mash?x=1"))),
            (Outcome{Kind::kTaken, "", 200}));
  EXPECT_EQ(sender->in_hand(), 0u);
  const Json call = server.calls(1).front();
  EXPECT_EQ(call["signed"], true);
  EXPECT_EQ(call["id"], "d-1");
  EXPECT_EQ(call["timestamp"], "1782912665");
  EXPECT_EQ(call["type"], "application/json");
  EXPECT_EQ(call["path"], "/mash?x=1");
  EXPECT_EQ(Json::parse(call["body"].get<std::string>())["data"]["case_id"],
            by_webhook("", "").notice.case_id());
}

TEST_F(Sending, ByEmailOverStarttlsArrivesAsItWasWritten) {
  const SmtpServer server(files, "starttls", {"mash", "open sesame"});
  EmailSettings settings = email(server);
  settings.user = "mash";
  settings.password_file = files.folder.path() / "password";
  mash::testing::write_file(settings.password_file, "open sesame\n");
  start(settings, {});
  EXPECT_EQ(outcome_of(by_email("d-1", "duty@police.example")), (Outcome{Kind::kTaken, "", 250}));
  EXPECT_EQ(outcome_of(by_email("d-2", "duty@police.example")), (Outcome{Kind::kTaken, "", 250}));
  const Json message = server.events("message", 2).front();
  EXPECT_EQ(message["user"], "mash");
  EXPECT_EQ(message["mail_from"], "mash@council.example");
  EXPECT_THAT(message["to"], ElementsAre("duty@police.example"));
  EXPECT_THAT(message["text"].get<std::string>(),
              AllOf(HasSubstr("Message-ID: <d-1@council.example>\r\n"),
                    HasSubstr("Date: Wed, 01 Jul 2026 13:31:05 +0000\r\n"),
                    HasSubstr("\r\n\r\nThere is a notice")));
  EXPECT_EQ(server.events("mail", 2).front()["tls"], true);
  EXPECT_EQ(server.events("mail", 2).front()["helo"], "council.example");

  mash::testing::write_file(settings.password_file, "open barley\n");
  start(settings, {});
  EXPECT_EQ(outcome_of(by_email("d-3", "duty@police.example")),
            (Outcome{Kind::kFailed, "SMTP_UNAVAILABLE", 535}));
  settings.user = settings.password_file = "";
  start(settings, {});
  EXPECT_EQ(outcome_of(by_email("d-4", "duty@police.example")),
            (Outcome{Kind::kFailed, "SMTP_UNAVAILABLE", 530}));
}

TEST_F(Sending, ByEmailOverTlsFromTheStart) {
  const SmtpServer server(files, "smtps");
  start(email(server), {});
  EXPECT_EQ(outcome_of(by_email("d-1", "duty@north.police.example")).kind, Kind::kTaken);
  EXPECT_THAT(server.events("message", 1).front()["to"], ElementsAre("duty@north.police.example"));
}

// The server never answers a goodbye, which would hold up what comes next.
TEST_F(Sending, TellsWhetherAServerOfEmailRefusesForGood) {
  const SmtpServer server(files, "starttls");
  start(email(server), {});
  EXPECT_EQ(outcome_of(by_email("d-1", "gone@police.example")),
            (Outcome{Kind::kRefused, "SMTP_REFUSED", 550}));
  EXPECT_EQ(outcome_of(by_email("d-2", "busy@police.example")),
            (Outcome{Kind::kFailed, "SMTP_UNAVAILABLE", 451}));
  EXPECT_EQ(outcome_of(by_email("d-3", "full@police.example")),
            (Outcome{Kind::kRefused, "SMTP_REFUSED", 552}));
  EXPECT_EQ(outcome_of(by_email("d-4", "duty@police.example")), (Outcome{Kind::kTaken, "", 250}));
}

TEST_F(Sending, DoesNotBlameTheContactWhereARelayRefusesTheHubItself) {
  const SmtpServer server(files, "starttls");
  EmailSettings settings = email(server);
  settings.from = "unknown@council.example";
  start(settings, {});
  EXPECT_EQ(outcome_of(by_email("d-1", "duty@police.example")),
            (Outcome{Kind::kFailed, "SMTP_UNAVAILABLE", 550}));
}

// One has its turn; behind it wait a routine one, one that nobody need have when its turn comes,
// and one that came last and is urgent.
TEST_F(Sending, SendsWhatWaitsByItsUrgencyAndOnlyWhatIsStillToBeSent) {
  const SmtpServer server(files, "starttls");
  SendingLimits one_by_one = kPatient;
  one_by_one.to_one_host_max = 1;
  start(email(server), {}, one_by_one);
  const auto email_of = [](const char* id, v1::Urgency urgency) {
    Outgoing outgoing = by_email(id, "duty@police.example");
    outgoing.notice.set_urgency(urgency);
    return outgoing;
  };
  std::promise<void> first_has_its_turn;
  std::promise<void> first_goes_on;
  std::atomic<int> asked = 0;
  send(email_of("first", v1::URGENCY_ROUTINE), [&] {
    first_has_its_turn.set_value();
    first_goes_on.get_future().wait();
    return true;
  });
  first_has_its_turn.get_future().wait();
  send(email_of("routine", v1::URGENCY_ROUTINE));
  send(email_of("over", v1::URGENCY_URGENT), [&] {
    ++asked;
    return false;
  });
  send(email_of("urgent", v1::URGENCY_IMMEDIATE));
  first_goes_on.set_value();
  const auto all = told.wait_for(3);
  std::vector<std::string> order;
  for (const auto& [id, outcome] : all) order.push_back(id);
  EXPECT_THAT(order, ElementsAre("first", "urgent", "routine"));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(sender->in_hand(), 0u);
  EXPECT_THAT(server.events("message", 3), SizeIs(3));
}

TEST_F(Sending, ByEmailTellsNothingWithoutTls) {
  const SmtpServer server(files, "plain", {"mash", "open sesame"});
  EmailSettings settings = email(server);
  settings.user = "mash";
  settings.password_file = files.folder.path() / "password";
  mash::testing::write_file(settings.password_file, "open sesame\n");
  start(settings, {});
  EXPECT_EQ(outcome_of(by_email("d-1", "duty@police.example")),
            (Outcome{Kind::kFailed, "SMTP_TLS", 0}));
  server.events("closed", 1);
  EXPECT_THAT(server.events("mail", 0), IsEmpty());
  EXPECT_THAT(server.events("login", 0), IsEmpty());
}

TEST_F(Sending, TellsNothingToAServerThatIsAnother) {
  const HttpsServer other(files, "127.0.0.2");
  const HttpsServer known(files);
  start({}, webhooks({other.host("127.0.0.2"), known.host()}));
  EXPECT_EQ(outcome_of(by_webhook("d-1", other.url("/mash", "127.0.0.2"))),
            (Outcome{Kind::kFailed, "WEBHOOK_TLS", 0}));
  EXPECT_THAT(other.calls(0), IsEmpty());
  // And to none whose certificate comes from who knows where.
  WebhookSettings settings = webhooks({known.host()});
  const mash::testing::TestPki stranger;
  mash::testing::write_file(settings.authority = files.folder.path() / "stranger.pem",
                            stranger.authority());
  start({}, settings);
  EXPECT_EQ(outcome_of(by_webhook("d-2", known.url("/mash"))),
            (Outcome{Kind::kFailed, "WEBHOOK_TLS", 0}));
  settings.authority = "";  // the system's
  start({}, settings);
  EXPECT_EQ(outcome_of(by_webhook("d-3", known.url("/mash"))),
            (Outcome{Kind::kFailed, "WEBHOOK_TLS", 0}));
  EXPECT_THAT(known.calls(0), IsEmpty());
}

// What holds is what the settings say when it is sent, whatever they said when it was set.
TEST_F(Sending, TellsAnAgencysNoticesToNoOtherAgencysAddresses) {
  const HttpsServer server(files);
  const SmtpServer smtp(files, "starttls");
  start(email(smtp), webhooks({server.host()}));
  for (Outgoing outgoing :
       {by_webhook("d-1", server.url("/mash")), by_email("d-2", "duty@police.example")}) {
    outgoing.notice.set_agency("health");
    EXPECT_EQ(outcome_of(outgoing), (Outcome{Kind::kRefused, "CHANNEL_NOT_ALLOWED", 0}));
  }
  EXPECT_THAT(server.calls(0), IsEmpty());
  EXPECT_THAT(smtp.events("mail", 0), IsEmpty());
}

TEST_F(Sending, TellsWhatAWebhookAnswered) {
  const HttpsServer server(files);
  start({}, webhooks({server.host()}));
  const auto answer = [&](const char* path) {
    return outcome_of(by_webhook("d", server.url(path)));
  };
  EXPECT_EQ(answer("/gone"), (Outcome{Kind::kRefused, "WEBHOOK_GONE", 410}));
  for (const auto& [path, code] : std::map<const char*, uint32_t>{
           {"/missing", 404}, {"/fail", 500}, {"/limit", 429}, {"/redirect", 302}})
    EXPECT_EQ(answer(path), (Outcome{Kind::kFailed, "WEBHOOK_STATUS", code})) << path;
  EXPECT_EQ(answer("/reset"), (Outcome{Kind::kFailed, "WEBHOOK_UNAVAILABLE", 0}));
  // An answer without end is not read to its end.
  EXPECT_EQ(answer("/flood"), (Outcome{Kind::kTaken, "", 200}));
  server.seen([](const Json& each) { return each.value("event", "") == "broken"; }, 1);
  EXPECT_THAT(server.calls(7), Each(::testing::ResultOf(
                                   [](const Json& each) { return each["path"].get<std::string>(); },
                                   ::testing::Ne("/redirected"))));
}

TEST_F(Sending, FailsWhereNobodyListens) {
  // Ours, so that nobody else begins to listen there.
  const std::string host = "127.0.0.1:" + std::to_string(mash::testing::claim_ports(1));
  start(email("smtp://" + host), webhooks({host}));
  EXPECT_EQ(outcome_of(by_webhook("d-1", "https://" + host + "/")),
            (Outcome{Kind::kFailed, "WEBHOOK_UNAVAILABLE", 0}));
  EXPECT_EQ(outcome_of(by_email("d-2", "duty@police.example")),
            (Outcome{Kind::kFailed, "SMTP_UNAVAILABLE", 0}));
}

TEST_F(Sending, GoesNowhereThatTheSettingsDoNotName) {
  const HttpsServer server(files);
  start({}, webhooks({server.host("localhost")}));
  const Outcome refused = {Kind::kRefused, "CHANNEL_NOT_ALLOWED", 0};
  EXPECT_EQ(outcome_of(by_webhook("d-1", server.url("/mash"))), refused);
  EXPECT_EQ(outcome_of(by_email("d-2", "duty@police.example")), refused);
  auto unsigned_one = by_webhook("d-3", server.url("/mash", "localhost"));
  unsigned_one.channel.clear_secret();
  EXPECT_EQ(outcome_of(unsigned_one), refused);
  EXPECT_THAT(server.calls(0), IsEmpty());
}

TEST_F(Sending, DoesNotWaitForAServerThatHangs) {
  const HttpsServer server(files);
  const SmtpServer relay(files, "starttls");
  SendingLimits limits = kPatient;
  limits.connect_max = limits.whole_max = std::chrono::seconds(10);
  const SilentPort silent;
  start(email(relay), webhooks({server.host(), server.host("localhost"), silent.host()}), limits);
  const auto before = processor_time();
  send(by_webhook("silent", "https://" + silent.host() + "/"));
  send(by_webhook("hang", server.url("/hang")));
  send(by_webhook("headers", server.url("/headers")));
  send(by_webhook("behind", server.url("/mash")));
  send(by_email("relay", "hang@police.example"));
  server.calls(2);
  relay.events("hang", 1);
  send(by_webhook("drip", server.url("/drip", "localhost")));
  send(by_webhook("other", server.url("/mash", "localhost")));
  send(by_email("mail", "duty@police.example"));
  const auto all = told.wait_for(8);
  EXPECT_THAT(all, SizeIs(8));
  // It waits, and does not ask over and over: measured 35 ms.
  EXPECT_LT(processor_time() - before, std::chrono::milliseconds(1'000));
  EXPECT_THAT(std::vector(all.begin(), all.begin() + 2),
              UnorderedElementsAre(Pair("other", Outcome{Kind::kTaken, "", 200}),
                                   Pair("mail", Outcome{Kind::kTaken, "", 250})));
  EXPECT_THAT(all, Contains(Pair("hang", Outcome{Kind::kFailed, "WEBHOOK_TIMEOUT", 0})));
  EXPECT_THAT(all, Contains(Pair("headers", Outcome{Kind::kFailed, "WEBHOOK_TIMEOUT", 0})));
  EXPECT_THAT(all, Contains(Pair("silent", Outcome{Kind::kFailed, "WEBHOOK_TIMEOUT", 0})));
  EXPECT_THAT(all, Contains(Pair("relay", Outcome{Kind::kFailed, "SMTP_TIMEOUT", 0})));
  EXPECT_THAT(all, Contains(Pair("drip", Outcome{Kind::kFailed, "WEBHOOK_STATUS", 500})));
  EXPECT_THAT(all, Contains(Pair("behind", Outcome{Kind::kTaken, "", 200})));
}

// Each is answered once another is there: so two are under way at once, and the server counts them.
TEST_F(Sending, KeepsToItsBoundsAndItsOrder) {
  constexpr std::size_t kMessages = 200;
  const HttpsServer server(files);
  SendingLimits limits = kPatient;
  limits.at_once_max = 3;
  start({}, webhooks({server.host(), server.host("localhost")}), limits);
  for (std::size_t i = 0; i < kMessages; ++i)
    send(by_webhook("d-" + std::to_string(i),
                    server.url("/two", i % 2 == 0 ? "127.0.0.1" : "localhost")));
  const auto all = told.wait_for(kMessages);
  std::set<std::string> taken;
  for (const auto& [id, outcome] : all)
    if (outcome.kind == Kind::kTaken) taken.insert(id);
  EXPECT_THAT(taken, SizeIs(kMessages));
  EXPECT_EQ(sender->in_hand(), 0u);
  const auto calls = server.calls(kMessages);
  ASSERT_THAT(calls, SizeIs(kMessages));
  std::set<std::string> arrived;
  std::size_t far_from_their_place = 0;
  for (std::size_t i = 0; i < kMessages; ++i) {
    const std::string id = calls[i]["id"];
    arrived.insert(id);
    if (std::abs(std::stod(id.substr(2)) - static_cast<double>(i)) > 8) ++far_from_their_place;
  }
  EXPECT_THAT(arrived, SizeIs(kMessages));
  // Those under way at once may overtake one another; how far, where the server is slow to tell of
  // one, is its own. In no order at all, nearly every one would be far from its place.
  EXPECT_LE(far_from_their_place, kMessages / 10);
  EXPECT_THAT(calls.back()["most"].get<int>(), AllOf(Ge(2), Le(3)));
}

TEST_F(Sending, ToOneHostKeepsToItsBound) {
  const HttpsServer server(files);
  start({}, webhooks({server.host()}));
  for (int i = 0; i < 40; ++i) send(by_webhook("d-" + std::to_string(i), server.url("/two")));
  told.wait_for(40);
  EXPECT_EQ(server.calls(40).back()["most"], 2);
}

TEST_F(Sending, EndsAtOnceWhateverHangs) {
  const HttpsServer server(files);
  const SmtpServer relay(files, "starttls");
  start(email(relay), webhooks({server.host(), server.host("localhost")}));
  EXPECT_EQ(outcome_of(by_email("d-1", "duty@police.example")).kind, Kind::kTaken);
  send(by_email("d-2", "hang@police.example"));
  for (int i = 0; i < 3; ++i) send(by_webhook("d-3", server.url("/hang")));
  send(by_webhook("d-4", server.url("/drip", "localhost")));
  server.calls(3);
  relay.events("hang", 1);
  EXPECT_EQ(sender->in_hand(), 5u);
  const auto before = std::chrono::steady_clock::now();
  sender.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));  // of sixty
  EXPECT_THAT(told.wait_for(1), SizeIs(1));
}

TEST_F(Sending, MayGoOnFromWhatIsToldOfOne) {
  const HttpsServer server(files);
  start({}, webhooks({server.host()}));
  sender->send(by_webhook("d-1", server.url("/fail")), [&](const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 500u);
    send(by_webhook("d-2", server.url("/mash")));
  });
  EXPECT_THAT(told.wait_for(1), ElementsAre(Pair("d-2", Outcome{Kind::kTaken, "", 200})));
}

TEST(Starting, RefusesSettingsThatCannotBeUsed) {
  const SystemClock clock;
  const auto refused =
      Sender::start({}, {.authority = "", .hosts = {{"police", {"a b"}}}}, {}, clock);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().faults.front().field, "agencies.police.webhook_hosts");
}

}  // namespace
}  // namespace mash::notification
