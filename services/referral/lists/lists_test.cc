#include "referral/lists/lists.h"

#include <gmock/gmock.h>

#include <functional>
#include <random>
#include <set>

#include "referral/testing/referral_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::ReferralSummary summary(const char* text) { return proto<v1::ReferralSummary>(text); }
bool is_wanted(const char* filter, const char* referral) {
  return wanted(proto<v1::ReferralFilter>(filter), summary(referral));
}

TEST(Filter, WantsOneOfTheAssigneesOrNobodys) {
  EXPECT_TRUE(is_wanted(R"(assignees: "sw-1" assignees: "sw-2")", R"(assignee: "sw-2")"));
  EXPECT_FALSE(is_wanted(R"(assignees: "sw-1")", R"(assignee: "sw-2")"));
  EXPECT_FALSE(is_wanted(R"(assignees: "sw-1")", ""));
  EXPECT_TRUE(is_wanted(R"(assignees: "")", ""));
  EXPECT_FALSE(is_wanted(R"(assignees: "")", R"(assignee: "sw-2")"));
}

TEST(Filter, WantsWhatAnAuthorityIsResponsibleFor) {
  EXPECT_TRUE(is_wanted(R"(areas: "E10000013")", R"(area: "E10000013")"));
  EXPECT_FALSE(is_wanted(R"(areas: "E10000013")", R"(area: "E08000025")"));
}

TEST(Filter, WantsOnlyThoseWithWhatIsAskedFor) {
  EXPECT_TRUE(is_wanted("unborn: true", "unborn: 1"));
  EXPECT_FALSE(is_wanted("unborn: true", ""));
  EXPECT_TRUE(is_wanted("re_referral: true", "re_referral: true"));
  EXPECT_FALSE(is_wanted("re_referral: true", ""));
  EXPECT_TRUE(is_wanted("proposals: true", "proposals: 2"));
  EXPECT_FALSE(is_wanted("proposals: true", ""));
  EXPECT_TRUE(is_wanted("challenge_due: true", "challenge_due: true open_challenges: 1"));
  EXPECT_FALSE(is_wanted("challenge_due: true", "open_challenges: 1"));
}

TEST(Filter, WantsWhatWasReceivedInATime) {
  const char* const hour = "received_from { seconds: 100 } received_before { seconds: 200 }";
  EXPECT_FALSE(is_wanted(hour, "received_at { seconds: 99 nanos: 999999000 }"));
  EXPECT_TRUE(is_wanted(hour, "received_at { seconds: 100 }"));
  EXPECT_TRUE(is_wanted(hour, "received_at { seconds: 199 nanos: 999999000 }"));
  EXPECT_FALSE(is_wanted(hour, "received_at { seconds: 200 }"));
}

class Lists : public ReferralLog {
 protected:
  Result<v1::ListReferralsResponse> page(const Actor& actor,
                                         const v1::ListReferralsRequest& request) {
    v1::ListReferralsResponse response;
    return list_referrals(*log_, request, as(actor), response).map([&] { return response; });
  }

  // All pages of a list; `between` happens after each.
  std::vector<std::string> all_pages(
      const Actor& actor, v1::ListReferralsRequest request,
      const std::function<void(const v1::ListReferralsResponse&)>& between = {}) {
    std::vector<std::string> ids;
    do {
      const auto listed = page(actor, request);
      EXPECT_TRUE(listed.has_value()) << mash::testing::brief(listed.error());
      if (!listed) break;
      for (const auto& referral : listed->referrals()) ids.push_back(referral.referral_id());
      request.set_page_token(listed->next_page_token());
      if (between) between(*listed);
    } while (!request.page_token().empty());
    return ids;
  }

  v1::ListReferralsRequest request(const char* text) {
    return proto<v1::ListReferralsRequest>(text);
  }

  void close(const std::string& id) {
    append(id, proto<v1::ReferralEvent>(R"(
      contact_closed { decision { outcome: CONTACT_OUTCOME_EARLY_HELP
                                  decided_at { seconds: 90000 } } })"));
  }
};

// The same list, read whole and in pages while it changes all the time.
TEST_F(Lists, PagesShowTheListAsItStoodAtTheFirstWhateverHappensMeanwhile) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  unsigned made = 0;
  const auto happen = [&] {
    for (int i = 0; i < 5; ++i) {
      const bool is_new = made == 0 || random() % 3 == 0;
      if (is_new) ++made;
      const std::string id = "r-" + std::to_string(is_new ? made : 1 + random() % made);
      if (is_new)
        append(id, received_from("police", 1'000 + made));
      else if (random() % 4 == 0)
        close(id);
      else
        append(id, rated(static_cast<v1::Rating>(random() % 4)));
    }
  };
  for (int i = 0; i < 20; ++i) happen();
  for (const char* const text : {"page_size: 3", "page_size: 2 filter { stages: 1 }",
                                 "page_size: 1 filter { ratings: RATING_RED }"}) {
    auto whole = request(text);
    whole.set_page_size(1'000);
    const auto expected = all_pages(kTriage, whole);
    EXPECT_EQ(all_pages(kTriage, request(text), [&](const auto&) { happen(); }), expected) << text;
  }
}

TEST_F(Lists, AreReadOnlyWhereTheFilterCanFindSomething) {
  for (int i = 0; i < 6; ++i) append("r-" + std::to_string(i), received_from("police", i));
  close("r-1");
  auto danger = received_from("police");
  danger.mutable_contact_received()->set_immediate_danger(true);
  append("urgent", danger);
  EXPECT_THAT(all_pages(kTriage, request("filter { stages: REFERRAL_STAGE_CLOSED }")),
              ElementsAre("r-1"));
  EXPECT_THAT(all_pages(kTriage, request("filter { stages: REFERRAL_STAGE_CLOSED "
                                         "immediate_danger: true }")),
              IsEmpty());
  EXPECT_THAT(all_pages(kTriage, request("filter { stages: REFERRAL_STAGE_CONTACT "
                                         "immediate_danger: true }")),
              ElementsAre("urgent"));
  EXPECT_THAT(all_pages(kPolice, request("filter { stages: REFERRAL_STAGE_CONTACT "
                                         "immediate_danger: true }")),
              ElementsAre("urgent"));
  EXPECT_THAT(all_pages(kPolice, request("filter { stages: REFERRAL_STAGE_CONTACT }")), SizeIs(6));
}

TEST_F(Lists, AreSearchedForSomethingRareInPagesOfBoundedWork) {
  std::vector<std::pair<std::string, v1::ReferralEvent>> events;
  for (int i = 0; i < 5'000; ++i)
    events.emplace_back("r-" + std::to_string(i), received_from("police", 1'000 + i));
  events.emplace_back("rare", received_from("health", 9'000));
  append(events);
  std::set<std::string> tokens;
  int pages = 0;
  const auto found =
      all_pages(kTriage, request(R"(filter { agencies: "health" })"), [&](const auto& page) {
        ++pages;
        if (page.next_page_token().empty()) return;
        EXPECT_THAT(page.referrals(), IsEmpty());
        EXPECT_TRUE(tokens.insert(page.next_page_token()).second) << "it goes on";
      });
  EXPECT_THAT(found, ElementsAre("rare"));
  EXPECT_EQ(pages, 3);
}

TEST_F(Lists, ATokenOfAnotherFilterOrCallerShowsNothingMore) {
  for (int i = 0; i < 6; ++i)
    append("r-" + std::to_string(i), received_from(i % 2 == 0 ? "police" : "education", i));
  const std::string hubs = page(kTriage, request("page_size: 1"))->next_page_token();
  const std::string polices = page(kPolice, request("page_size: 1"))->next_page_token();
  ASSERT_FALSE(hubs.empty() || polices.empty());

  auto other_filter = request(R"(filter { agencies: "education" })");
  other_filter.set_page_token(hubs);
  const auto refused = page(kTriage, other_filter);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().faults.at(0).field, "page_token");

  v1::ListReferralsRequest borrowed;
  borrowed.set_page_token(polices);
  for (const std::string& id : all_pages(kSchool, borrowed))
    EXPECT_THAT(id, ::testing::AnyOf("r-1", "r-3", "r-5"));
  borrowed.set_page_token(hubs);  // of another list altogether
  EXPECT_EQ(page(kPolice, borrowed).error().reason, "PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace mash::referral
