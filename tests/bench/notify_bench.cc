// How soon the police know of a child in danger in the hub: from before another agency's contact is
// sent to when the police's subscription has the notice, 100 contacts a second, all over mutual
// TLS. Senders, subscriber and hub share this machine. bench-apart does the same over Kafka.
#include <cstdlib>
#include <filesystem>

#include "bench/bench_log.h"
#include "bench/subscriber.h"
#include "host/process.h"
#include "integration/test_hub.h"

namespace mash::bench {
namespace {

int run(int seconds) {
  mash::testing::TestHub hub([](host::Config& config) {
    config.data = bench_directory() / "notify";
    std::error_code ignored;
    std::filesystem::remove_all(config.data, ignored);
  });
  notification::v1::NotificationService::Stub police(hub.channel("police"));
  referral::v1::ReferralService::Stub health(hub.channel("health"));
  measure_notices(police, health, seconds, "in the hub", "at most 30");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 15);
}
