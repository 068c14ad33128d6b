#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "mash/strategy/v1/child_events.pb.h"
#include "notification/testing/raised.h"

// The rules as they are shipped, where it matters to other authorities: one that was told that a
// child is missing, or asked to take a referral on, hears how that ended.
namespace mash::notification {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string shipped() {
  std::ifstream file(MASH_SOURCE_DIR "/deploy/policy/notifications.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

Told about_child(const std::string& text) {
  return {
      {"child/c-1+ada", "c-1"},
      std::make_shared<strategy::v1::ChildEvent>(proto<strategy::v1::ChildEvent>(text.c_str()))};
}

class ShippedRules : public RaisedBy {
 protected:
  ShippedRules() : RaisedBy(std::vector{shipped()}) {
    tell({contact_from("police", "c-1", "r-1")});
    EXPECT_TRUE(follow().has_value());
  }

  // Who is told by a rule: "social-care by hand E08000031".
  std::vector<std::string> told_by(const std::string& rule) {
    std::vector<std::string> told;
    for (const v1::Notice& notice : raised())
      if (notice.rule() == rule)
        told.push_back(notice.agency() + (notice.tell_by_hand().empty()
                                              ? std::string()
                                              : " by hand " + notice.tell_by_hand()));
    return told;
  }
  // By which events notices of a rule were closed.
  std::vector<std::string> closed_of(const std::string& rule) {
    std::set<std::string> streams;
    for (const v1::Notice& notice : raised())
      if (notice.rule() == rule) streams.insert(notice_stream(notice.notice_id()));
    std::vector<std::string> closed;
    for (const log::Record& record : kept()) {
      v1::NoticeEvent event;
      if (!streams.contains(record.body.stream()) || !event.ParseFromString(record.body.event()))
        continue;
      if (event.has_closed()) closed.push_back(event.closed().by());
    }
    return closed;
  }
  void happens(const Told& what) {
    tell({what});
    ASSERT_TRUE(follow().has_value());
  }
};

TEST_F(ShippedRules, TellEachAuthorityThatLooksForAChildThatTheChildWasFound) {
  const char* const told = "authorities_told: 'E08000025' authorities_told: 'E08000031'";
  happens(about_child("flagged_missing { child_id: 'ada' " + std::string(told) + " }"));
  const auto each = UnorderedElementsAre("la-e08000025", "social-care by hand E08000031");
  EXPECT_THAT(told_by("child-missing-authorities"), each);
  happens(about_child("found { child_id: 'ada' " + std::string(told) + " }"));
  EXPECT_THAT(told_by("child-found-authorities"), each);
  EXPECT_EQ(closed_of("child-missing-authorities").size(), 2U);
  EXPECT_THAT(closed_of("child-found-authorities"), IsEmpty());
  for (const v1::Notice& notice : raised()) {
    if (notice.rule() != "child-found-authorities") continue;
    ASSERT_EQ(notice.about_size(), 1);
    EXPECT_EQ(notice.about(0).id(), "ada");
    EXPECT_TRUE(notice.has_acknowledge_by()) << "somebody is to have told it";
  }
}

TEST_F(ShippedRules, OfAChildThatNoAuthorityLookedForTellNone) {
  happens(about_child("flagged_missing { child_id: 'ada' }"));
  happens(about_child("found { child_id: 'ada' }"));
  EXPECT_THAT(told_by("child-found-authorities"), IsEmpty());
  EXPECT_THAT(told_by("child-missing-authorities-open"), IsEmpty());
}

TEST_F(ShippedRules, HaveTheHubFindOutWhichAuthoritiesAreToKnowUntilOneIsNamed) {
  happens(about_child("flagged_missing { child_id: 'ada' authorities_open: true }"));
  EXPECT_THAT(told_by("child-missing-authorities-open"), UnorderedElementsAre("social-care"))
      << "though it did it";
  happens(about_child("missing_updated { child_id: 'ada' authorities_open: true }"));
  EXPECT_THAT(closed_of("child-missing-authorities-open"), IsEmpty()) << "saying more is not it";
  EXPECT_EQ(told_by("child-missing-more-authorities-open").size(), 1U) << "asked anew";
  happens(about_child("missing_updated { child_id: 'ada' authorities_told: 'E08000031' }"));
  EXPECT_EQ(closed_of("child-missing-authorities-open").size(), 1U);
  EXPECT_EQ(closed_of("child-missing-more-authorities-open").size(), 1U);
}

TEST_F(ShippedRules, HaveNothingFoundOutOfAChildWhoWasFound) {
  happens(about_child("flagged_missing { child_id: 'ada' authorities_open: true }"));
  happens(about_child("found { child_id: 'ada' }"));
  EXPECT_EQ(closed_of("child-missing-authorities-open").size(), 1U);
}

TEST_F(ShippedRules, TellAnAuthorityThatWasAskedToTakeAReferralThatItNeedNotAnyMore) {
  const std::pair<const char*, const char*> endings[] = {
      {"contact_closed", "transfer-over-closed"}, {"contact_withdrawn", "transfer-over-withdrawn"}};
  for (const char* area : {"E08000025", "E08000031"})
    for (const auto& [kind, rule] : endings) {
      const std::size_t closed_before = closed_of("transfer-proposed").size();
      const std::string transfer = std::string(kind) + area;
      const std::string asked = "transfer_id: '" + transfer + "' to_area: '" + area + "'";
      happens(about_referral("c-1", "r-1", "transfer_proposed { transfer { " + asked + " } }"));
      happens(about_referral("c-1", "r-1",
                             std::string(kind) + " { unanswered_transfer { " + asked + " } }"));
      EXPECT_EQ(closed_of("transfer-proposed").size(), closed_before + 1) << transfer;
    }
  for (const auto& [kind, rule] : endings)
    EXPECT_THAT(told_by(rule),
                UnorderedElementsAre("la-e08000025", "social-care by hand E08000031"));
}

TEST_F(ShippedRules, TellTheHubThatAnAuthorityDeclinedWhereItSaidSoItself) {
  happens(about_referral("c-1", "r-1", "transfer_answered { answer { transfer_id: 't-1' } }"));
  EXPECT_THAT(told_by("transfer-declined"), IsEmpty()) << "the hub recorded what it was told";
  tell({about_referral("c-1", "r-1", "transfer_answered { answer { transfer_id: 't-1' } }")},
       {"la-e08000025", "bir-01", "b-1", "practitioner"});
  ASSERT_TRUE(follow().has_value());
  EXPECT_THAT(told_by("transfer-declined"), UnorderedElementsAre("social-care"));
}

}  // namespace
}  // namespace mash::notification
