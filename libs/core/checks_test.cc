#include "core/checks.h"

#include <gmock/gmock.h>
#include <google/protobuf/timestamp.pb.h>

#include "core/testing/times.h"
#include "core/timestamp.h"

namespace mash {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

auto in(const std::string& field) { return Field(&FieldFault::field, field); }

TEST(Checks, PassWhatNothingIsWrongWith) {
  Checks checks;
  checks.text("reason", "Moved.", kNoteBytesMax);
  checks.line("name", "Zoë O'Neil");
  EXPECT_TRUE(checks.verdict().has_value());
}

TEST(Checks, TellEveryFaultAtOnceInTheOrderFound) {
  Checks checks;
  checks.text("reason", std::string(kNoteBytesMax + 1, 'a'), kNoteBytesMax);
  checks.line("name", "Ada\nBell");
  checks.fault("to", "is missing");
  const auto verdict = checks.verdict();
  ASSERT_FALSE(verdict.has_value());
  EXPECT_EQ(verdict.error().code, Code::kInvalidArgument);
  EXPECT_EQ(verdict.error().reason, "INVALID_REQUEST");
  EXPECT_THAT(verdict.error().faults, ElementsAre(in("reason"), in("name"), in("to")));
}

TEST(Checks, CountCharactersAndNotBytes) {
  Checks checks;
  std::string name;
  for (size_t i = 0; i < kLineCharactersMax; ++i) name += "ë";
  checks.line("name", name);
  EXPECT_THAT(checks.faults(), IsEmpty());
  checks.line("name", name + "ë");
  EXPECT_THAT(checks.faults(), ElementsAre(in("name")));
}

TEST(Checks, TakeATimeThatHasBeen) {
  const Time now = testing::utc("2026-03-04T10:00:00Z");
  const auto fault = [&](Time time) { return fault_of_past(to_proto(time), now); };
  EXPECT_EQ(fault(now), "");
  EXPECT_EQ(fault(now + kClockAheadMax), "");  // a sender's clock may run ahead
  EXPECT_EQ(fault(now + kClockAheadMax + std::chrono::seconds(1)), "is in the future");
  EXPECT_EQ(fault(testing::utc("1899-12-31T23:59:59Z")), "is before 1900");
  google::protobuf::Timestamp no_time;
  no_time.set_nanos(-1);
  EXPECT_EQ(fault_of_past(no_time, now), "is not a time");
}

TEST(Checks, CiteASourceOnce) {
  Checks checks;
  checks.cite({.description = "Working Together 2018, chapter 1, paragraph 71"});
  checks.cite({.description = "Working Together 2018, chapter 1, paragraph 71"});
  checks.fault("due", "is missing");
  EXPECT_EQ(checks.verdict().error().sources.size(), 1U);
}

}  // namespace
}  // namespace mash
