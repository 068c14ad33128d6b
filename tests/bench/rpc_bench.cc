// SubmitContact over mutual TLS, as a share of what an empty unary call reaches on a server of the
// same kind with the same certificates, both with the same number in flight.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <string>
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

// One call, made before the clock runs: what is measured is what a server costs, so the client
// sends bytes that lie ready and leaves the answer as it comes.
struct Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};
using Calls = std::vector<std::unique_ptr<Call>>;

template <class NextRequest>
Calls prepare(int calls, NextRequest next_request) {
  Calls ready;
  for (int i = 0; i < calls; ++i) {
    ready.push_back(std::make_unique<Call>());
    mash::testing::TestHub::dress(ready.back()->context, mash::testing::kPolice);
    const grpc::Slice bytes(next_request().SerializeAsString());
    ready.back()->request = grpc::ByteBuffer(&bytes, 1);
  }
  return ready;
}

// A method of a server, over as many connections as a few busy agencies have.
class Served {
 public:
  Served(std::string method, const mash::testing::TestPki& pki, int port)
      : method_(std::move(method)) {
    for (auto& stub : stubs_)
      stub = std::make_unique<grpc::GenericStub>(
          mash::testing::connect_with(pki, pki.agency("police"), port));
  }

  // Makes these calls, so many in flight.
  Measured measure(Calls calls, int in_flight) const {
    std::counting_semaphore<> free(in_flight);
    std::atomic<int> failed{0};
    const auto began = std::chrono::steady_clock::now();
    const double processor_before = processor_us();
    for (size_t i = 0; i < calls.size(); ++i) {
      free.acquire();
      auto& call = calls[i];
      stubs_[i % kChannels]->UnaryCall(&call->context, method_, {}, &call->request, &call->response,
                                       [&](const grpc::Status& status) {
                                         if (!status.ok() && failed++ == 0)
                                           std::fprintf(stderr, "%s\n",
                                                        status.error_message().c_str());
                                         call.reset();
                                         free.release();
                                       });
    }
    for (int i = 0; i < in_flight; ++i) free.acquire();
    if (failed != 0) std::exit(1);
    const auto count = static_cast<double>(calls.size());
    return {.calls_per_second = count / seconds_since(began),
            .processor_us = (processor_us() - processor_before) / count};
  }

 private:
  static constexpr size_t kChannels = 2;
  const std::string method_;
  std::array<std::unique_ptr<grpc::GenericStub>, kChannels> stubs_;
};

// The medians of several rounds.
class Rounds {
 public:
  void add(const Measured& measured) {
    rates_.push_back(measured.calls_per_second);
    processor_.push_back(measured.processor_us);
  }
  double rate() const { return median(rates_); }

  void tell(const std::string& what) const {
    report(what, rate(), "calls/s");
    report(what + ", processor time", median(processor_), "us");
  }

 private:
  std::vector<double> rates_;
  std::vector<double> processor_;
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

  const Served nothing("/mash.bench.v1.EmptyService/DoNothing", hub.pki(), (**server).port());
  const Served submit("/mash.referral.v1.ReferralService/SubmitContact", hub.pki(),
                      hub.hub().port());
  generator::Generator contacts(
      7, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  const auto empty_calls = [&](int count) {
    return prepare(count, [] { return v1::DoNothingRequest(); });
  };
  const auto contact_calls = [&](int count) {
    return prepare(count, [&] { return contacts.next().request; });
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
