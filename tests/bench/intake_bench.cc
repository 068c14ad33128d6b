// SubmitContacts, many contacts in one stream, against SubmitContact, each in a call of its own, in
// turns and in the same run: what an agency with a day's contacts gains by sending them together.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

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
#include "generator/contacts.h"
#include "host/process.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

namespace mash::bench {
namespace {

using Contacts = std::vector<referral::v1::SubmitContactRequest>;
using referral::v1::ReferralService;

constexpr int kInFlight = 64;
constexpr int kStreams = 2;  // at once
constexpr size_t kStreamContacts = 1'000;

// Processor time this process has used, both sides of every call included.
double processor_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto us = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return us(usage.ru_utime) + us(usage.ru_stime);
}

void must(const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error_message().c_str());
  std::exit(1);
}

// Each in a call of its own, as bytes that lie ready: the client costs as little as it can.
double single_rate(grpc::GenericStub& stub, const Contacts& contacts) {
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  std::vector<std::unique_ptr<Call>> calls;
  for (const auto& contact : contacts) {
    calls.push_back(std::make_unique<Call>());
    mash::testing::TestHub::dress(calls.back()->context, mash::testing::kPolice);
    const grpc::Slice bytes(contact.SerializeAsString());
    calls.back()->request = grpc::ByteBuffer(&bytes, 1);
  }
  std::counting_semaphore<> free(kInFlight);
  const auto began = std::chrono::steady_clock::now();
  for (auto& call : calls) {
    free.acquire();
    stub.UnaryCall(&call->context, "/mash.referral.v1.ReferralService/SubmitContact", {},
                   &call->request, &call->response, [&](const grpc::Status& status) {
                     must(status);
                     call.reset();
                     free.release();
                   });
  }
  for (int i = 0; i < kInFlight; ++i) free.acquire();
  return static_cast<double>(contacts.size()) / seconds_since(began);
}

// One stream of contacts, written as fast as the hub takes them.
class Stream final : public grpc::ClientWriteReactor<referral::v1::SubmitContactsRequest> {
 public:
  Stream(ReferralService::Stub& stub, std::vector<referral::v1::SubmitContactsRequest> messages,
         std::binary_semaphore& done)
      : messages_(std::move(messages)), done_(done) {
    mash::testing::TestHub::dress(context_, mash::testing::kPolice);
    stub.async()->SubmitContacts(&context_, &answer_, this);
    OnWriteDone(true);
    StartCall();
  }

  void OnWriteDone(bool ok) override {
    if (ok && next_ < messages_.size())
      StartWrite(&messages_[next_++]);
    else if (ok)
      StartWritesDone();
  }
  void OnDone(const grpc::Status& status) override {
    must(status);
    if (answer_.taken() != messages_.size())
      must({grpc::StatusCode::INTERNAL, "some were refused"});
    done_.release();
  }

 private:
  grpc::ClientContext context_;
  std::vector<referral::v1::SubmitContactsRequest> messages_;
  size_t next_ = 0;
  referral::v1::SubmitContactsResponse answer_;
  std::binary_semaphore& done_;
};

double bulk_rate(ReferralService::Stub& stub, const Contacts& contacts) {
  std::vector<std::vector<referral::v1::SubmitContactsRequest>> streams;
  for (size_t i = 0; i < contacts.size(); ++i) {
    if (i % kStreamContacts == 0) streams.emplace_back();
    *streams.back().emplace_back().mutable_contact() = contacts[i];
  }
  std::vector<std::unique_ptr<Stream>> under_way(kStreams);
  std::vector<std::unique_ptr<std::binary_semaphore>> free;
  for (int i = 0; i < kStreams; ++i) free.push_back(std::make_unique<std::binary_semaphore>(1));
  const auto began = std::chrono::steady_clock::now();
  for (size_t i = 0; i < streams.size(); ++i) {
    free[i % kStreams]->acquire();
    under_way[i % kStreams] =
        std::make_unique<Stream>(stub, std::move(streams[i]), *free[i % kStreams]);
  }
  for (auto& done : free) done->acquire();
  return static_cast<double>(contacts.size()) / seconds_since(began);
}

int run(int count) {
  const auto data = bench_directory() / "intake";
  std::filesystem::remove_all(data);
  mash::testing::TestHub hub([&](host::Config& config) {
    config.data = data;
    config.block_cache_bytes = 128 << 20;
    config.memtable_bytes = 32 << 20;
  });
  const auto channel =
      mash::testing::connect_with(hub.pki(), hub.pki().agency("police"), hub.hub().port());
  grpc::GenericStub single(channel);
  ReferralService::Stub bulk(channel);
  generator::Generator generator(
      7, std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  const auto contacts = [&](int wanted) {
    Contacts made;
    for (int i = 0; i < wanted; ++i) made.push_back(generator.next().request);
    return made;
  };
  single_rate(single, contacts(count / 10));
  bulk_rate(bulk, contacts(count / 10));
  std::vector<double> singles;
  std::vector<double> bulks;
  std::vector<double> single_us;
  std::vector<double> bulk_us;
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    const Contacts alone = contacts(count);
    const Contacts together = contacts(count);
    const double before = processor_us();
    singles.push_back(single_rate(single, alone));
    const double between = processor_us();
    bulks.push_back(bulk_rate(bulk, together));
    single_us.push_back((between - before) / count);
    bulk_us.push_back((processor_us() - between) / count);
  }
  report("SubmitContact, processor time", median(single_us), "us");
  report("SubmitContacts, processor time", median(bulk_us), "us");
  report("SubmitContact, 64 in flight", median(singles), "contacts/s");
  report("SubmitContacts, 2 streams", median(bulks), "contacts/s");
  report("SubmitContacts / SubmitContact", median(bulks) / median(singles), "ratio",
         "at least 1.5");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) {
  mash::host::prepare_process();
  return mash::bench::run(argc > 1 ? std::atoi(argv[1]) : 10'000);
}
