#include "referral/lists/timeliness.h"

#include <gmock/gmock.h>

#include "referral/lists/timeliness_report.h"
#include "referral/testing/referral_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

Time at(int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

v1::ReferralRow row(const char* text) { return proto<v1::ReferralRow>(text); }

v1::ReportTimelinessResponse report(const std::vector<v1::ReferralRow>& rows, int64_t now = 500) {
  Timeliness counts(at(100), at(200), at(now));
  for (const auto& row : rows) counts.count(row);
  v1::ReportTimelinessResponse response;
  counts.fill(response);
  return response;
}

const char* const kInTime = R"(
  summary { source: "6" stage: REFERRAL_STAGE_DECIDED received_at { seconds: 100 }
            decided_at { seconds: 150 } outcome: "services" level_of_need: "3"
            contact_outcome: CONTACT_OUTCOME_ACCEPTED }
  decision_due { seconds: 150 })";
const char* const kLate = R"(
  summary { source: "6" stage: REFERRAL_STAGE_CLOSED received_at { seconds: 199 }
            decided_at { seconds: 399 } contact_outcome: CONTACT_OUTCOME_EARLY_HELP }
  decision_due { seconds: 300 })";
const char* const kOpen = R"(
  summary { source: "1A" stage: REFERRAL_STAGE_CONTACT received_at { seconds: 120 } }
  decision_due { seconds: 400 })";
const char* const kWithdrawn = R"(
  summary { source: "1A" stage: REFERRAL_STAGE_WITHDRAWN received_at { seconds: 120 }
            decided_at { seconds: 130 } }
  decision_due { seconds: 400 })";

TEST(Timeliness, CountsEachContactOfThePeriodInOneWay) {
  const auto total = report({row(kInTime), row(kLate), row(kOpen), row(kWithdrawn)}).total();
  EXPECT_EQ(total.contacts(), 4U);
  EXPECT_EQ(total.referrals(), 1U);
  EXPECT_EQ(total.decided_in_time(), 1U);
  EXPECT_EQ(total.decided_late(), 1U);
  EXPECT_EQ(total.overdue(), 1U);
  EXPECT_EQ(total.undecided(), 0U);
  EXPECT_EQ(total.withdrawn(), 1U);
  EXPECT_THAT(total.outcomes(), UnorderedElementsAre(Pair("services", 1), Pair("early-help", 1)));
}

TEST(Timeliness, IsNotOverdueBeforeItIsDue) {
  EXPECT_EQ(report({row(kOpen)}, 400).total().undecided(), 1U);
  EXPECT_EQ(report({row(kOpen)}, 401).total().overdue(), 1U);
}

TEST(Timeliness, CountsWhatWasEverChallenged) {
  auto challenged = row(kInTime);
  challenged.set_challenged(true);
  EXPECT_EQ(report({challenged, row(kLate)}).total().challenged(), 1U);
}

TEST(Timeliness, LeavesOutWhatCameBeforeOrAfter) {
  EXPECT_EQ(report({row("summary { received_at { seconds: 99 } }"),
                    row("summary { received_at { seconds: 200 } }")})
                .total()
                .contacts(),
            0U);
}

TEST(Timeliness, IsShownBySourceAndLevelOfNeed) {
  const auto shown = report({row(kInTime), row(kLate), row(kOpen), row(kInTime)});
  std::vector<std::string> keys;
  for (const auto& one : shown.rows())
    keys.push_back(one.source() + "/" + one.level_of_need() + ": " +
                   std::to_string(one.contacts()));
  EXPECT_THAT(keys, ElementsAre("1A/: 1", "6/: 1", "6/3: 2"));
}

TEST(Timeliness, SaysHowLongTheFirstDecisionTook) {
  std::vector<v1::ReferralRow> rows{row(kOpen), row(kWithdrawn)};
  for (int i = 1; i <= 10; ++i) {
    rows.push_back(row(kInTime));
    rows.back().mutable_summary()->mutable_decided_at()->set_seconds(100 + i);
  }
  EXPECT_EQ(report(rows).median_s(), 5U);
  EXPECT_EQ(report(rows).ninetieth_s(), 9U);
  EXPECT_EQ(report({}).median_s(), 0U);
}

class ReportOverALog : public ReferralLog {
 protected:
  // The report, page by page.
  v1::TimelinessRow total(int64_t from, int64_t to, std::optional<int64_t> as_at = {}) {
    v1::ReportTimelinessRequest request;
    request.mutable_from()->set_seconds(from);
    request.mutable_to()->set_seconds(to);
    if (as_at) request.mutable_as_at()->set_seconds(*as_at);
    auto report = TimelinessReport::of(*log_, request, as(kTriage)).value();
    v1::ReportTimelinessResponse response;
    while (report.step(response).value()) {
    }
    return response.total();
  }
};

TEST_F(ReportOverALog, FindsTheContactsOfAPeriodWhereverTheyStandInTheList) {
  constexpr int64_t kDay = 86'400;
  for (int day = 0; day < 60; ++day) {
    const std::string id = "r-" + std::to_string(day);
    append(id, received_from("police", day * kDay));
    if (day % 3 == 0) append(id, rated(day % 2 == 0 ? v1::RATING_RED : v1::RATING_AMBER));
    if (day % 4 != 0) continue;
    v1::ReferralEvent closed;
    auto& decision = *closed.mutable_contact_closed()->mutable_decision();
    decision.set_outcome(v1::CONTACT_OUTCOME_EARLY_HELP);
    decision.mutable_decided_at()->set_seconds(day * kDay + 3'600);
    append(id, closed);
  }
  const auto all = total(0, 60 * kDay);
  EXPECT_EQ(all.contacts(), 60U);
  EXPECT_EQ(all.decided_in_time(), 15U);
  const auto later = total(30 * kDay, 50 * kDay);
  EXPECT_EQ(later.contacts(), 20U);
  EXPECT_EQ(later.decided_in_time(), 5U) << "days 32, 36, 40, 44 and 48";
  EXPECT_EQ(later.overdue(), 15U);
  EXPECT_EQ(total(0, 60 * kDay, 0).contacts(), 0U) << "nothing was there yet";
}

}  // namespace
}  // namespace mash::referral
