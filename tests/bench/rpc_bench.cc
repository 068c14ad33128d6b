// SubmitContact over mutual TLS, as a share of what an empty unary call reaches on a server of the
// same kind with the same certificates, both with the same number in flight.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "core/check.h"
#include "generator/contacts.h"
#include "host/access.h"
#include "host/metrics.h"
#include "host/process.h"
#include "host/server.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
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

// Processor time this process has used, both sides of every call included.
double processor_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

struct Measured {
  double calls_per_second = 0;
  double processor_us = 0;  // a call
};

// Calls `start(i, done)` for each i below `calls` with so many in flight.
template <class Start>
Measured rate(int calls, int in_flight, Start start) {
  std::counting_semaphore<> free(in_flight);
  std::atomic<int> failed{0};
  const auto began = std::chrono::steady_clock::now();
  const double processor_before = processor_us();
  for (int i = 0; i < calls; ++i) {
    free.acquire();
    start(i, [&](const grpc::Status& status) {
      if (!status.ok() && failed++ == 0)
        std::fprintf(stderr, "%s\n", status.error_message().c_str());
      free.release();
    });
  }
  for (int i = 0; i < in_flight; ++i) free.acquire();
  if (failed != 0) std::exit(1);
  return {.calls_per_second = calls / seconds_since(began),
          .processor_us = (processor_us() - processor_before) / calls};
}

template <class Request, class Response>
struct Call {
  grpc::ClientContext context;
  Request request;
  Response response;
};

constexpr size_t kChannels = 2;
template <class Stub>
using Stubs = std::array<std::unique_ptr<Stub>, kChannels>;

template <class Service>
Stubs<typename Service::Stub> stubs_of(const mash::testing::TestPki& pki, int port) {
  Stubs<typename Service::Stub> stubs;
  for (auto& stub : stubs)
    stub = Service::NewStub(mash::testing::connect_with(pki, pki.agency("police"), port));
  return stubs;
}

Measured empty_rate(const Stubs<v1::EmptyService::Stub>& stubs, int calls, int in_flight) {
  using EmptyCall = Call<v1::DoNothingRequest, v1::DoNothingResponse>;
  return rate(calls, in_flight, [&](int i, auto done) {
    auto call = std::make_shared<EmptyCall>();
    mash::testing::TestHub::dress(call->context, mash::testing::kPolice);
    stubs[static_cast<size_t>(i) % kChannels]->async()->DoNothing(
        &call->context, &call->request, &call->response,
        [call, done](const grpc::Status& status) { done(status); });
  });
}

Measured submit_rate(const Stubs<referral::v1::ReferralService::Stub>& stubs,
                     generator::Generator& contacts, int calls, int in_flight) {
  using SubmitCall = Call<referral::v1::SubmitContactRequest, referral::v1::SubmitContactResponse>;
  std::vector<std::shared_ptr<SubmitCall>> ready;  // made before the clock runs
  for (int i = 0; i < calls; ++i) {
    ready.push_back(std::make_shared<SubmitCall>());
    ready.back()->request = contacts.next().request;
    mash::testing::TestHub::dress(ready.back()->context, mash::testing::kPolice);
  }
  return rate(calls, in_flight, [&](int i, auto done) {
    auto call = std::move(ready[static_cast<size_t>(i)]);
    auto& plain = *call;
    stubs[static_cast<size_t>(i) % kChannels]->async()->SubmitContact(
        &plain.context, &plain.request, &plain.response,
        [call, done](const grpc::Status& status) { done(status); });
  });
}

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

  const auto nothing = stubs_of<v1::EmptyService>(hub.pki(), (**server).port());
  const auto submit = stubs_of<referral::v1::ReferralService>(hub.pki(), hub.hub().port());
  generator::Generator contacts(
      7, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  empty_rate(nothing, calls / 10, 64);
  submit_rate(submit, contacts, calls / 10, 64);
  for (const auto& [in_flight, bar] :
       {std::pair{64, "at least 0.4"}, std::pair{256, "at least 0.5"}}) {
    std::vector<double> empties;
    std::vector<double> submits;
    std::vector<double> processor;
    for (int round = 0; round < 3; ++round) {
      empties.push_back(empty_rate(nothing, calls, in_flight).calls_per_second);
      const auto submitted = submit_rate(submit, contacts, calls / 2, in_flight);
      submits.push_back(submitted.calls_per_second);
      processor.push_back(submitted.processor_us);
    }
    const std::string with = ", " + std::to_string(in_flight) + " in flight";
    report("empty unary call" + with, median(empties), "calls/s");
    report("SubmitContact" + with, median(submits), "calls/s");
    report("SubmitContact" + with + ", processor time", median(processor), "us");
    report("SubmitContact / empty call" + with, median(submits) / median(empties), "ratio", bar);
  }
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 20'000);
}
