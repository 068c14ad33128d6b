// What is shown under a right that moves between the read and its look, seen over gRPC: a query is
// read again, a stream opened anew, and after three conflicts the caller hears of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "host/desk.h"
#include "host/server.h"
#include "host/stream.h"
#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"
#include "log/testing/temp_log.h"
#include "mash/log/v1/log_events.pb.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"
#include "policy/packs.h"

namespace mash::testing {
namespace {

namespace v1 = sharing::v1;
using v1::SharingService;

constexpr char kRestsOn[] = "notebook/1";

// Shows how often it was asked, under a right that moves as often as it is told to.
class MovingService final : public SharingService::CallbackService {
 public:
  MovingService(host::Desk& desk, log::EventLog& log, std::string case_id)
      : desk_(desk), log_(log), case_id_(std::move(case_id)) {}

  grpc::ServerUnaryReactor* ReadItem(grpc::CallbackServerContext* call,
                                     const v1::ReadItemRequest* request,
                                     v1::ReadItemResponse* response) override {
    return desk_.query(call, request, [this, response](const Context&) -> Result<host::Looks> {
      response->Clear();
      response->set_decision_version(static_cast<uint64_t>(++asked));
      return host::Looks{look()};
    });
  }

  grpc::ServerWriteReactor<v1::ReadFileResponse>* ReadFile(
      grpc::CallbackServerContext* call, const v1::ReadFileRequest* request) override {
    auto held = std::make_shared<int>();
    of_the_stream = held;
    return desk_.stream<v1::ReadFileResponse>(
        call, request, [this, held](const Context&) -> Result<host::Pull<v1::ReadFileResponse>> {
          return
              [this, opened = ++asked, sent = false](
                  v1::ReadFileResponse& message, host::Looks& looks) mutable -> Result<host::Next> {
                if (waits > 0 && waits-- > 0) return host::Next::kWait;
                if (std::exchange(sent, true)) return host::Next::kEnd;
                message.set_data(std::to_string(opened));
                looks.push_back(look());
                return host::Next::kMessage;
              };
        });
  }

  std::atomic<int> asked = 0;
  std::atomic<int> moves = 0;  // still to come
  std::atomic<int> waits = 0;  // before a stream has something to say
  std::weak_ptr<int> of_the_stream;

 private:
  host::Look look() {
    const auto read = log_.read_stream(kRestsOn).value();
    if (moves-- > 0)  // queued before the look, so it comes between
      log::testing::write_note_async(log_, {.stream = kRestsOn, .case_id = case_id_},
                                     [](const Result<log::Appended>&) {});
    return {.stream_id = case_id_,
            .case_id = case_id_,
            .ids = {std::to_string(asked)},
            .expectations = {
                {.stream = kRestsOn, .version = read.version, .read_size = read.read_size}}};
  }

  host::Desk& desk_;
  log::EventLog& log_;
  const std::string case_id_;
};

class MovingRights : public ::testing::Test {
 protected:
  MovingRights() : service_(desk_, *log_, case_) {
    log::testing::write_note(*log_, {.stream = kRestsOn, .case_id = case_}).value();
    const std::vector<host::ServedService> services{{"mash.sharing.v1.SharingService", service_}};
    server_ = host::Server::start(hub_.config(), services, access_, metrics_).value();
    stub_ = SharingService::NewStub(
        connect_with(hub_.pki(), hub_.pki().agency("police"), server_->port()));
  }
  ~MovingRights() override { desk_.end_streams(); }

  // What was shown, or why nothing was.
  std::string read() {
    grpc::ClientContext context;
    TestHub::dress(context, kPolice);
    v1::ReadItemRequest request;
    request.set_item_id(new_request_id());
    request.set_purpose("To protect her.");
    v1::ReadItemResponse response;
    const grpc::Status status = stub_->ReadItem(&context, request, &response);
    return status.ok() ? std::to_string(response.decision_version())
                       : host::from_status(status).reason;
  }
  std::string stream() {
    grpc::ClientContext context;
    TestHub::dress(context, kPolice);
    v1::ReadFileRequest request;
    request.set_item_id(new_request_id());
    request.set_file_id(new_request_id());
    request.set_purpose("To protect her.");
    const auto reader = stub_->ReadFile(&context, request);
    std::string shown;
    for (v1::ReadFileResponse response; reader->Read(&response);) shown += response.data();
    const grpc::Status status = reader->Finish();
    return status.ok() ? shown : host::from_status(status).reason;
  }
  // The ids that looks name.
  std::string looked() {
    std::string ids;
    const auto history = log_->read_stream("look/" + case_).value();
    for (const log::Record& record : history.records) {
      log::v1::LookEvent event;
      EXPECT_TRUE(event.ParseFromString(record.body.event()));
      ids += event.content_shown().ids(0) + " ";
    }
    return ids;
  }

  TestHub hub_;  // for its certificates and configuration
  log::testing::TempLog log_;
  const std::string case_ = log_.fresh_case();
  const policy::Packs packs_ = policy::Packs::load(hub_.config().policy.string()).value();
  const Calendar calendar_ = Calendar::load(hub_.config().calendar.string()).value();
  const SystemClock clock_;
  IdSource ids_{clock_};
  const host::Callers callers_{hub_.config().area, hub_.config().agencies};
  const std::vector<std::string> names_{"mash.sharing.v1.SharingService"};
  const host::Access access_ = host::Access::of(names_).value();
  host::Metrics metrics_{access_};
  host::Desk desk_{host::DeskParts{.log = *log_,
                                   .keys = log_.keys(),
                                   .packs = packs_,
                                   .calendar = calendar_,
                                   .clock = clock_,
                                   .ids = ids_,
                                   .callers = callers_,
                                   .access = access_,
                                   .metrics = metrics_}};
  MovingService service_;
  std::unique_ptr<host::Server> server_;
  std::unique_ptr<SharingService::Stub> stub_;
};

TEST_F(MovingRights, ThatStandStillShowWhatWasReadOnce) {
  EXPECT_EQ(read(), "1");
  EXPECT_EQ(stream(), "2");
  EXPECT_EQ(looked(), "1 2 ");
}

TEST_F(MovingRights, HaveAQueryReadAgain) {
  service_.moves = 1;
  EXPECT_EQ(read(), "2");
  EXPECT_EQ(looked(), "2 ");
}

TEST_F(MovingRights, HaveAStreamOpenedAnew) {
  service_.moves = 2;
  EXPECT_EQ(stream(), "3");
  EXPECT_EQ(looked(), "3 ");
}

TEST_F(MovingRights, ThatNeverRestShowNothing) {
  service_.moves = 100;
  EXPECT_EQ(read(), "VERSION_CONFLICT");
  EXPECT_EQ(stream(), "VERSION_CONFLICT");
  EXPECT_EQ(service_.asked, 6);
  EXPECT_EQ(looked(), "");
}

TEST_F(MovingRights, OfAStreamThatWaitedAndEndedNothingIsKept) {
  service_.waits = 1;
  std::atomic<bool> is_told = false;
  std::thread growing([&] {
    while (!is_told)
      log::testing::write_note(*log_, {.stream = "notebook/2", .case_id = case_}).value();
  });
  EXPECT_EQ(stream(), "1");
  is_told = true;
  growing.join();
  EXPECT_TRUE(eventually([&] { return service_.of_the_stream.expired(); }));
}

}  // namespace
}  // namespace mash::testing
