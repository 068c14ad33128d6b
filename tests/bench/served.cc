#include "bench/served.h"

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <semaphore>
#include <utility>

#include "bench/load.h"
#include "bench/report.h"
#include "integration/grpc_helpers.h"

namespace mash::bench {
namespace {

// Processor time this process has used, both sides of every call included.
double processor_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

}  // namespace

Served::Served(std::string method, const mash::testing::TestPki& pki, const std::string& agency,
               int port)
    : method_(std::move(method)) {
  for (auto& stub : stubs_)
    stub = std::make_unique<grpc::GenericStub>(
        mash::testing::connect_with(pki, pki.agency(agency), port));
}

Measured Served::measure(Calls calls, int in_flight) const {
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

void Rounds::add(const Measured& measured) {
  rates_.push_back(measured.calls_per_second);
  processor_.push_back(measured.processor_us);
}

double Rounds::rate() const { return median(rates_); }

void Rounds::tell(const std::string& what) const {
  report(what, rate(), "calls/s");
  report(what + ", processor time", median(processor_), "us");
}

}  // namespace mash::bench
