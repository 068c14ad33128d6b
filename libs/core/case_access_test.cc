#include "core/case_access.h"

#include <gtest/gtest.h>

namespace mash {
namespace {

const Actor kPolice{"police", "pol-01", "p-17", "practitioner"};
const Actor kHealth{"health", "hea-01", "n-4", "practitioner"};
const Actor kPoliceSystem{"police", "pol-01", "", "referrer-system"};
const Actor kAuditor{"auditor", "aud-01", "a-1", "auditor"};

CaseAccess only_for(Practitioners named, Practitioners barred = {}) {
  return {.restricted = true, .named = std::move(named), .barred = std::move(barred)};
}

TEST(CaseAccess, IsOpenWhereNothingWasSaid) { EXPECT_TRUE(CaseAccess{}.admits(kPolice)); }

TEST(CaseAccess, RestrictedIsForThoseNamedAuditorsAndSystemsThatActForNobody) {
  const CaseAccess access = only_for({{"police", "p-17"}});
  EXPECT_TRUE(access.admits(kPolice));
  EXPECT_TRUE(access.admits(kAuditor));
  EXPECT_TRUE(access.admits(kPoliceSystem));
  EXPECT_FALSE(access.admits(kHealth));
}

TEST(CaseAccess, BarsInEveryRoleWhomeverElseItNames) {
  const CaseAccess access =
      only_for({{"police", "p-17"}}, {{"police", "p-17"}, {"auditor", "a-1"}});
  EXPECT_TRUE(access.bars(kPolice));
  EXPECT_FALSE(access.admits(kPolice));
  EXPECT_FALSE(access.admits(kAuditor));
  EXPECT_FALSE(access.bars(kPoliceSystem));
}

TEST(CaseAccess, OfTwoCasesThatAreOneIsForWhoeverCouldSeeBoth) {
  CaseAccess access = only_for({{"police", "p-17"}, {"health", "n-4"}});
  access.take_in(only_for({{"health", "n-4"}}, {{"police", "p-18"}}));
  EXPECT_EQ(access, only_for({{"health", "n-4"}}, {{"police", "p-18"}}));
}

TEST(CaseAccess, StaysRestrictedWhenAnOpenCaseJoinsIt) {
  CaseAccess access = only_for({{"health", "n-4"}});
  access.take_in({});
  EXPECT_EQ(access, only_for({{"health", "n-4"}}));
}

TEST(CaseAccess, ForgetsWhoWasNamedWhenTheRestrictionIsLifted) {
  CaseAccess access = only_for({{"health", "n-4"}}, {{"police", "p-17"}});
  access.lift_restriction();
  EXPECT_TRUE(access.admits(kHealth));
  EXPECT_EQ(access, (CaseAccess{.barred = {{"police", "p-17"}}}));
}

}  // namespace
}  // namespace mash
