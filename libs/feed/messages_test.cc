#include "feed/messages.h"

#include <gmock/gmock.h>

#include <map>

#include "log/prover.h"
#include "log/testing/temp_log.h"

namespace mash::feed {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Messages : public ::testing::Test {
 protected:
  Messages() {
    log::testing::write_note(*log_, {.stream = "notebook/7", .case_id = case_, .text = kText})
        .value();
    record_ = log_->read(0, /*with_sealed=*/true).value();
  }
  static std::map<std::string, std::string> headers_of(const Outgoing& message) {
    return {message.headers.begin(), message.headers.end()};
  }

  static constexpr char kText[] = "Wilhelmina";
  log::testing::TempLog log_;
  std::string case_ = log_.fresh_case();
  log::Record record_;
};

TEST_F(Messages, OfARecordSayWhatItIsAndNothingOfWhomItIsAbout) {
  const Outgoing message = outgoing(record_, log_->name());
  const auto headers = headers_of(message);
  EXPECT_EQ(headers.at("ce_specversion"), "1.0");
  EXPECT_EQ(headers.at("ce_source"), "/mash/E10000013/notes");
  EXPECT_EQ(headers.at("ce_type"), "mash.log.testing.v1.NoteEvent");
  EXPECT_EQ(headers.at("ce_position"), "0");
  EXPECT_EQ(headers.at("ce_epoch"), "1");
  EXPECT_EQ(headers.at("content-type"), "application/protobuf");
  EXPECT_EQ(headers.size(), 8U);
  for (const auto& [name, value] : headers) {
    EXPECT_THAT(value, Not(HasSubstr("notebook/7"))) << name;
    EXPECT_THAT(value, Not(HasSubstr(case_))) << name;
  }
  EXPECT_THAT(message.value, Not(HasSubstr(kText)));
}

TEST_F(Messages, CarryARecordByteForByte) {
  v1::TopicRecord value;
  ASSERT_TRUE(value.ParseFromString(outgoing(record_, log_->name()).value));
  const auto read = record_of(value);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->leaf, record_.leaf);
  ASSERT_TRUE(read->sealed.has_value());
  EXPECT_EQ(read->sealed->SerializeAsString(), record_.sealed->SerializeAsString());
}

TEST_F(Messages, ThatAreNoRecordAreRefused) {
  v1::TopicRecord value;
  value.set_record(record_.leaf + "more");
  EXPECT_FALSE(record_of(value).has_value());
  EXPECT_FALSE(record_of({}).has_value());
  ASSERT_TRUE(value.ParseFromString(outgoing(record_, log_->name()).value));
  value.mutable_sealed()->set_salt(std::string(32, 'x'));
  EXPECT_EQ(record_of(value).error().reason, "COMMITMENT_MISMATCH");
}

TEST_F(Messages, OfACheckpointSayWhatItCovers) {
  const std::string note = log_->prover().checkpoint().value();
  const auto message = outgoing_checkpoint(note, log_->name(), 1, 1);
  const auto headers = headers_of(message);
  EXPECT_EQ(headers.at("ce_id"), "mash/E10000013/notes/1/1");
  EXPECT_EQ(headers.at("ce_type"), "mash.log.v1.Checkpoint");
  EXPECT_EQ(message.value, note);
  EXPECT_EQ(size_of_checkpoint(note).value(), 1U);
  EXPECT_FALSE(size_of_checkpoint("no note").has_value());
}

}  // namespace
}  // namespace mash::feed
