#include "referral/intake/expectation.h"

#include <gmock/gmock.h>

#include "referral/testing/cast.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> faulty(const v1::ReportExpectedRequest& request) {
  std::vector<std::string> fields;
  for (const FieldFault& fault : faults_of(request, utc(kNow))) fields.push_back(fault.field);
  return fields;
}

v1::ReportExpectedRequest report(const std::string& day) {
  v1::ReportExpectedRequest request;
  request.set_day(day);
  request.add_references("INC-1");
  return request;
}

TEST(Expectation, IsOfADayThatHasCome) {
  EXPECT_THAT(faulty(report("2026-03-04")), IsEmpty());
  EXPECT_THAT(faulty(report("2026-03-06")), ElementsAre("day"));
  EXPECT_THAT(faulty(report("2026-02-30")), ElementsAre("day"));
  EXPECT_THAT(faulty(report("yesterday")), ElementsAre("day"));
}

TEST(Expectation, NamesAThousandReferencesAtMostEachInALine) {
  auto request = report("2026-03-04");
  request.add_references("");
  request.add_references("two\nlines");
  request.add_references(std::string(301, 'x'));
  EXPECT_THAT(faulty(request), ElementsAre("references[1]", "references[2]", "references[3]"));
  auto long_one = report("2026-03-04");
  for (int i = 0; i < 1'000; ++i) long_one.add_references("INC");
  EXPECT_THAT(faulty(long_one), ElementsAre("references"));
}

TEST(Expectation, KeepsWhatWasMissingAndWhatWasUnanswered) {
  auto request = report("2026-03-04");
  request.add_references("INC-2");
  request.add_references("INC-3");
  const std::vector<v1::ExpectedContact> contacts{
      proto<v1::ExpectedContact>(R"(reference: "INC-1")"),
      proto<v1::ExpectedContact>(R"(reference: "INC-2" received_at { seconds: 1772600000 })"),
      proto<v1::ExpectedContact>(
          R"(reference: "INC-3" received_at { seconds: 1772600000 } answered: true)")};
  const auto events = Expectation::decide(
      {}, Expectation::Report{.request = request, .contacts = contacts}, as(kPolice));
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 1u);
  const v1::ExpectedReported& reported = events->front().reported();
  EXPECT_EQ(reported.agency(), "police");
  EXPECT_EQ(reported.expected(), 3u);
  EXPECT_EQ(reported.missing(), 1u);
  EXPECT_EQ(reported.unanswered(), 1u);
  EXPECT_THAT(reported.references(), ElementsAre("INC-1", "INC-2", "INC-3"));
  EXPECT_THAT(reported.missing_references(), ElementsAre("INC-1"));
}

}  // namespace
}  // namespace mash::referral
