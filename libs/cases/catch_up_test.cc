#include "cases/catch_up.h"

#include "cases/case_guard.h"
#include "cases/testing/two_logs.h"

namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class CatchUpTest : public TwoLogs {
 protected:
  CatchUpTest() { following_ = std::make_unique<Following>(parts()); }

  // Whether the case is known where the work runs; `known` is what is said of it before.
  Result<bool> runs_with_case(const CatchUp& catch_up, bool known) {
    bool found = false;
    const log::Work work = catch_up.first(
        [known](const Actor&) -> Result<bool> { return known; },
        [&](log::UnitOfWork& unit) {
          return family_of(unit, "c-1").map([&](const Family& f) { found = f.exists(); });
        });
    return run(*own_, {.context = as(kTriage)}, work).map([&](const log::Appended&) {
      return found;
    });
  }

  std::unique_ptr<Following> following_;
};

TEST_F(CatchUpTest, LetsWorkSeeWhatTheReferralLogGotJustBefore) {
  const CatchUp catch_up(*following_, std::chrono::seconds(30));
  tell({contact_from("police", "c-1", "r-1")});
  EXPECT_TRUE(runs_with_case(catch_up, false).value());
}

TEST_F(CatchUpTest, GivesUpOnWhatDoesNotComeInTimeAndNeverWaitsForWhatIsKnown) {
  following_.reset();
  FollowingParts never = parts();
  never.react = [](log::UnitOfWork&, const log::Record&) -> Result<void> {
    return refuse(Code::kUnavailable, "NOT_NOW", "Nothing follows for now.");
  };
  following_ = std::make_unique<Following>(never);
  tell({contact_from("police", "c-1", "r-1")});
  const CatchUp catch_up(*following_, std::chrono::milliseconds(1));
  const auto behind = runs_with_case(catch_up, false);
  ASSERT_FALSE(behind.has_value());
  EXPECT_EQ(behind.error().code, Code::kUnavailable);
  EXPECT_EQ(behind.error().reason, "CASES_BEHIND");
  EXPECT_TRUE(behind.error().retry_after.has_value());
  EXPECT_TRUE(runs_with_case(catch_up, true).has_value());
}

}  // namespace
}  // namespace mash::cases
