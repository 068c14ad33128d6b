#include "host/reply.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mash::host {
namespace {

using ::testing::HasSubstr;

Error full_error() {
  return {.code = Code::kFailedPrecondition,
          .reason = "NOT_QUORATE",
          .message = "Health has not joined.",
          .metadata = {{"missing", "health"}},
          .faults = {{"attendees", "needs health"}, {"chair", "is missing"}},
          .sources = {{"Working Together 2018, flow chart 4", "https://example.org/wt18"}},
          .retry_after = std::chrono::milliseconds(1500)};
}

TEST(Reply, CarriesEveryPartOfAnErrorOverTheWire) {
  const grpc::Status status = to_status(full_error());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "Health has not joined.");

  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(status.error_details()));
  EXPECT_EQ(wire.code(), 9);
  EXPECT_EQ(wire.message(), "Health has not joined.");
  ASSERT_EQ(wire.details_size(), 4);

  google::rpc::ErrorInfo info;
  ASSERT_TRUE(wire.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "NOT_QUORATE");
  EXPECT_EQ(info.domain(), "mash");
  EXPECT_EQ(info.metadata().at("missing"), "health");

  google::rpc::RetryInfo retry;
  ASSERT_TRUE(wire.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);

  google::rpc::Help help;
  ASSERT_TRUE(wire.details(2).UnpackTo(&help));
  EXPECT_EQ(help.links(0).url(), "https://example.org/wt18");

  google::rpc::BadRequest bad;
  ASSERT_TRUE(wire.details(3).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(1).field(), "chair");
}

TEST(Reply, IsReadBackAsTheErrorItWas) {
  EXPECT_EQ(from_status(to_status(full_error())), full_error());
}

TEST(Reply, OfGrpcItselfHasNoReason) {
  const Error error = from_status(grpc::Status(grpc::StatusCode::UNAVAILABLE, "no connection"));
  EXPECT_EQ(error.code, Code::kUnavailable);
  EXPECT_EQ(error.reason, "");
  EXPECT_EQ(error.message, "no connection");
}

TEST(Reply, LeavesOutWhatAnErrorDoesNotHave) {
  const Error plain{.code = Code::kNotFound, .reason = "NO_SUCH_CASE", .message = "No such case."};
  google::rpc::Status wire;
  ASSERT_TRUE(wire.ParseFromString(to_status(plain).error_details()));
  EXPECT_EQ(wire.details_size(), 1);
  EXPECT_EQ(from_status(to_status(plain)), plain);
}

TEST(Reply, StaysWithinATrailerHoweverManyFaultsThereAre) {
  Error error{.code = Code::kInvalidArgument, .reason = "INVALID_REQUEST", .message = "Bad."};
  for (int i = 0; i < 10'000; ++i)
    error.faults.push_back({"children[" + std::to_string(i) + "].name", "is required"});
  const grpc::Status status = to_status(error);
  EXPECT_LE(status.error_details().size(), kDetailsBytesMax);

  const Error read = from_status(status);
  ASSERT_GT(read.faults.size(), 50u);
  EXPECT_EQ(read.faults[0].field, "children[0].name");
  const std::size_t cut = 10'000 - (read.faults.size() - 1);
  EXPECT_THAT(read.faults.back().description, HasSubstr("and " + std::to_string(cut) + " more"));
}

}  // namespace
}  // namespace mash::host
