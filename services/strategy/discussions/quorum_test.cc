#include "strategy/discussions/quorum.h"

#include <gmock/gmock.h>

#include "core/checks.h"
#include "strategy/testing/cast.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::set<std::string> kMinimum = {"social-care", "police", "health"};

v1::Quorum quorum(const Composition& composition, const std::set<std::string>& deciding) {
  return quorum_of(composition, deciding, as(kTriage));
}

TEST(Quorum, IsSocialCarePoliceAndHealth) {
  const v1::Quorum whole = quorum({}, kMinimum);
  EXPECT_TRUE(whole.quorate());
  EXPECT_THAT(whole.needed(), ElementsAre("social-care", "police", "health"));
  EXPECT_THAT(whole.absent(), IsEmpty());
  EXPECT_EQ(whole.pack(), pack().id());
}

TEST(Quorum, IsNotThereWhileAnyOfThemIsMissing) {
  for (const std::string& missing : kMinimum) {
    std::set<std::string> there = kMinimum;
    there.erase(missing);
    const v1::Quorum without = quorum({}, there);
    EXPECT_FALSE(without.quorate()) << missing;
    EXPECT_THAT(without.absent(), ElementsAre(missing));
  }
  EXPECT_THAT(quorum({}, {}).absent(), ElementsAre("social-care", "police", "health"));
}

TEST(Quorum, IsNotMadeUpByOthers) {
  EXPECT_FALSE(
      quorum({}, {"social-care", "police", "education", "maternity", "probation", "referrer"})
          .quorate());
}

TEST(Quorum, OfAChildWhoIsLookedAfterNeedsWhereTheyLive) {
  EXPECT_THAT(quorum({.looked_after = true}, kMinimum).absent(), ElementsAre("accommodation"));
  std::set<std::string> all = kMinimum;
  all.insert("accommodation");
  EXPECT_TRUE(quorum({.looked_after = true}, all).quorate());
}

TEST(Quorum, OfAChildWhoIsNotBornNeedsMaternity) {
  EXPECT_THAT(quorum({.unborn = true}, kMinimum).absent(), ElementsAre("maternity"));
  std::set<std::string> all = kMinimum;
  all.insert("maternity");
  EXPECT_TRUE(quorum({.unborn = true}, all).quorate());
}

TEST(Quorum, OfChildrenOfBothKindsNeedsBoth) {
  EXPECT_THAT(quorum({.looked_after = true, .unborn = true}, kMinimum).absent(),
              ElementsAre("accommodation", "maternity"));
}

TEST(Quorum, LetsADiscussionGoAheadWhenItIsThereAndInAnEmergencyThatSaysWhy) {
  const Context context = as(kTriage);
  EXPECT_TRUE(goes_ahead(quorum({}, kMinimum), "", context).has_value());
  EXPECT_TRUE(goes_ahead(quorum({}, {"police"}), "He is on his way there.", context).has_value());
}

TEST(Quorum, RefusesWithEveryFunctionThatIsMissingAndTheGuidance) {
  const auto refused = goes_ahead(quorum({.unborn = true}, {"social-care"}), "", as(kTriage));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().reason, "NOT_QUORATE");
  std::vector<std::string> fields;
  for (const FieldFault& fault : refused.error().faults) fields.push_back(fault.field);
  EXPECT_THAT(fields, ElementsAre("absent.police", "absent.health", "absent.maternity"));
  ASSERT_EQ(refused.error().sources.size(), 2u);  // of the minimum, and of unborn children
  EXPECT_NE(refused.error().sources[0].description.find("strategy discussion"), std::string::npos);
  EXPECT_NE(refused.error().sources[1].description.find("pre-birth"), std::string::npos);
}

TEST(Quorum, TakesNoReasonThatIsNotNeededNorOneWithoutEnd) {
  const auto needless = goes_ahead(quorum({}, kMinimum), "He is on his way there.", as(kTriage));
  ASSERT_FALSE(needless.has_value());
  EXPECT_EQ(needless.error().reason, "INVALID_REQUEST");
  EXPECT_EQ(needless.error().faults.front().field, "emergency_reason");
  const auto endless = goes_ahead(quorum({}, {}), std::string(kNoteBytesMax + 1, 'a'), as(kTriage));
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().reason, "INVALID_REQUEST");
}

}  // namespace
}  // namespace mash::strategy
