// Every service a process of its own over a real Kafka: how soon the police know of a child in
// danger, 100 contacts a second; what memory the notification service then takes, by itself, with a
// thousand open subscriptions; and how fast the sharing service, which was away, follows the
// contacts that came meanwhile, with all that it makes of them. Everything shares this machine:
// senders, subscribers, five services, the broker.
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "bench/load.h"
#include "bench/report.h"
#include "bench/subscriber.h"
#include "host/process.h"
#include "mash/log/v1/log_service.grpc.pb.h"

namespace mash::bench {
namespace {

using notification::v1::NotificationService;
using referral::v1::ReferralService;

constexpr std::size_t kSubscriptions = 1'000;
constexpr std::size_t kConnections = 4;  // they share them
constexpr std::size_t kContacts = 100;
constexpr int kContactsPerSecond = 50;
constexpr uint64_t kSeed = 8;  // others than those that were measured
constexpr std::size_t kContactsMissed = 12'000;
constexpr int kContactsMissedPerSecond = 800;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// Where a service of the cluster listens: "referral=127.0.0.1:7444,sharing=..." says.
std::string address_of(const std::string& service) {
  std::istringstream all(std::getenv("MASH_ADDRESS"));
  for (std::string each; std::getline(all, each, ',');)
    if (each.starts_with(service + "=")) return each.substr(service.size() + 1);
  std::fprintf(stderr, "MASH_ADDRESS says nothing of %s\n", service.c_str());
  std::exit(1);
}

// A connection of its own, as the agency's system.
std::shared_ptr<grpc::Channel> connect(const std::string& service, const std::string& agency) {
  const std::filesystem::path pki = "var/pki";
  grpc::ChannelArguments own;
  own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      address_of(service),
      grpc::SslCredentials({.pem_root_certs = text_of(pki / "ca.pem"),
                            .pem_private_key = text_of(pki / agency / "key.pem"),
                            .pem_cert_chain = text_of(pki / agency / "cert.pem")}),
      own);
}

// Of a service's process, as the kernel counts it: "VmRSS", now; "VmHWM", at its highest.
double memory_mib(const std::string& service, const std::string& which) {
  int process = 0;
  std::ifstream("var/run/mash-" + service + ".pid") >> process;
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;)
    if (word == which + ":") {
      double kib = 0;
      status >> kib;
      return kib / 1024;
    }
  std::fprintf(stderr, "nothing is known of the process of mash-%s\n", service.c_str());
  std::exit(1);
}

// Each of them is open, and hears of contacts that come then.
void measure_subscriptions(ReferralService::Stub& health, uint64_t after) {
  report("memory of mash-notification, no subscription", memory_mib("notification", "VmRSS"),
         "MiB");
  std::vector<std::unique_ptr<NotificationService::Stub>> stubs;
  for (std::size_t i = 0; i < kConnections; ++i)
    stubs.push_back(std::make_unique<NotificationService::Stub>(connect("notification", "police")));
  std::vector<std::unique_ptr<Subscriber>> subscribers;
  for (std::size_t i = 0; i < kSubscriptions; ++i)
    subscribers.push_back(std::make_unique<Subscriber>(*stubs[i % kConnections], after));
  SentContacts contacts = contacts_in_danger(kContacts, kSeed);
  send_contacts(health, contacts, kContactsPerSecond);
  for (const auto& subscriber : subscribers) subscriber->await(contacts.size());
  report("memory of mash-notification, 1,000 subscriptions", memory_mib("notification", "VmRSS"),
         "MiB", "at most 256");
  report("memory of mash-notification, at its highest", memory_mib("notification", "VmHWM"), "MiB",
         "at most 256");
  for (const auto& subscriber : subscribers) subscriber->end();
}

// What deploy/cluster/cluster.sh does, in the folder that stands in for the repository's root.
void in_cluster(const std::string& command) {
  const std::string whole = "bash -c 'source deploy/cluster/cluster.sh; " + command + "'";
  if (std::system(whole.c_str()) == 0) return;
  std::fprintf(stderr, "failed: %s\n", command.c_str());
  std::exit(1);
}

// How far the sharing service follows the referral log.
log::v1::FeedStatus following_of(log::v1::LogService::Stub& sharing) {
  grpc::ClientContext context;
  mash::testing::TestHub::dress(context, mash::testing::kOperator);
  log::v1::ListFeedsResponse feeds;
  const grpc::Status status = sharing.ListFeeds(&context, {}, &feeds);
  if (!status.ok() || feeds.feeds_size() == 0) {
    std::fprintf(stderr, "ListFeeds: %s\n", status.error_message().c_str());
    std::exit(1);
  }
  return feeds.feeds(0);
}

void measure_return(ReferralService::Stub& health) {
  log::v1::LogService::Stub sharing(connect("sharing", "operator"));
  // The contact itself and a child's identity at least.
  const uint64_t at_least = following_of(sharing).position() + 2 * kContactsMissed;
  in_cluster("stop_program mash-sharing");
  SentContacts contacts = generate_contacts(kContactsMissed, mash::testing::kHealth, kSeed + 1);
  send_contacts(health, contacts, kContactsMissedPerSecond);
  in_cluster("start_service \"$MASH_BIN\" sharing");
  const auto first = following_of(sharing);
  const auto began = std::chrono::steady_clock::now();
  auto last = first;
  while (last.behind() > 0 || last.position() < at_least) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    last = following_of(sharing);
  }
  report("mash-sharing after it was away: followed",
         static_cast<double>(last.position() - first.position()) / seconds_since(began),
         "records/s", "at least 20000");
}

int run(int seconds) {
  NotificationService::Stub police(connect("notification", "police"));
  ReferralService::Stub health(connect("referral", "health"));
  const auto after = measure_notices(police, health, seconds, "apart over Kafka", "at most 150");
  measure_subscriptions(health, after);
  measure_return(health);
  return 0;
}

// This program again, in a cluster made for it of the programs beside it.
int run_in_cluster(char** argv) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string cluster = MASH_SOURCE_DIR "/tests/demonstration/with_cluster.sh";
  ::execl(cluster.c_str(), cluster.c_str(), self.parent_path().c_str(), self.c_str(), argv[1],
          nullptr);
  std::perror(cluster.c_str());
  return 1;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  if (std::getenv("MASH_ADDRESS") == nullptr) return mash::bench::run_in_cluster(argv);
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 15);
}
