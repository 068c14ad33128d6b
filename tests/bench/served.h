#pragma once
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "integration/test_hub.h"
#include "integration/test_pki.h"

namespace mash::bench {

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
Calls prepare(int calls, const mash::testing::Caller& caller, NextRequest next_request) {
  Calls ready;
  for (int i = 0; i < calls; ++i) {
    ready.push_back(std::make_unique<Call>());
    mash::testing::TestHub::dress(ready.back()->context, caller);
    const grpc::Slice bytes(next_request().SerializeAsString());
    ready.back()->request = grpc::ByteBuffer(&bytes, 1);
  }
  return ready;
}

// A method of a server, as an agency calls it, over as many connections as a few busy ones have.
class Served {
 public:
  Served(std::string method, const mash::testing::TestPki& pki, const std::string& agency,
         int port);

  // Makes these calls, so many in flight. A call that fails ends the program.
  Measured measure(Calls calls, int in_flight) const;

 private:
  static constexpr size_t kChannels = 2;
  const std::string method_;
  std::array<std::unique_ptr<grpc::GenericStub>, kChannels> stubs_;
};

// The medians of several rounds.
class Rounds {
 public:
  void add(const Measured& measured);
  double rate() const;
  void tell(const std::string& what) const;

 private:
  std::vector<double> rates_;
  std::vector<double> processor_;
};

}  // namespace mash::bench
