// SubmitContact over mutual TLS, as a share of what an empty unary call reaches on a server of the
// same kind with the same certificates, both with the same number in flight.
#include <chrono>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "bench/bench_log.h"
#include "bench/report.h"
#include "bench/served.h"
#include "core/check.h"
#include "generator/contacts.h"
#include "host/access.h"
#include "host/metrics.h"
#include "host/process.h"
#include "host/server.h"
#include "integration/test_hub.h"
#include "testing/empty_service.grpc.pb.h"

namespace mash::bench {
namespace {

class Empty final : public v1::EmptyService::CallbackService {
  grpc::ServerUnaryReactor* DoNothing(grpc::CallbackServerContext* call,
                                      const v1::DoNothingRequest*,
                                      v1::DoNothingResponse*) override {
    auto* reactor = call->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int run(int calls) {
  const auto data = bench_directory() / "rpc";
  std::filesystem::remove_all(data);
  mash::testing::TestHub hub([&](host::Config& config) {
    config.data = data;
    config.block_cache_bytes = 128 << 20;
    config.memtable_bytes = 32 << 20;
  });

  Empty empty;
  const std::vector<std::string> names{"mash.log.v1.LogService"};
  const auto access = host::Access::of(names);
  MASH_CHECK(access.has_value());
  host::Metrics metrics(*access);
  const std::vector<host::ServedService> services{{"mash.bench.v1.EmptyService", empty}};
  const auto server = host::Server::start(hub.config(), services, *access, metrics);
  MASH_CHECK(server.has_value());

  const Served nothing("/mash.bench.v1.EmptyService/DoNothing", hub.pki(), "police",
                       (**server).port());
  const Served submit("/mash.referral.v1.ReferralService/SubmitContact", hub.pki(), "police",
                      hub.hub().port());
  generator::Generator contacts(
      7, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  const auto empty_calls = [&](int count) {
    return prepare(count, mash::testing::kPolice, [] { return v1::DoNothingRequest(); });
  };
  const auto contact_calls = [&](int count) {
    return prepare(count, mash::testing::kPolice, [&] { return contacts.next().request; });
  };
  nothing.measure(empty_calls(calls / 10), 64);
  submit.measure(contact_calls(calls / 10), 64);
  for (const auto& [in_flight, bar] :
       {std::pair{64, "at least 0.4"}, std::pair{256, "at least 0.5"}}) {
    Rounds empties;
    Rounds submits;
    constexpr int kRounds = 5;
    for (int round = 0; round < kRounds; ++round) {
      empties.add(nothing.measure(empty_calls(calls), in_flight));
      submits.add(submit.measure(contact_calls(calls / 2), in_flight));
    }
    const std::string with = ", " + std::to_string(in_flight) + " in flight";
    empties.tell("empty unary call" + with);
    submits.tell("SubmitContact" + with);
    report("SubmitContact / empty call" + with, submits.rate() / empties.rate(), "ratio", bar);
  }
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 20'000);
}
