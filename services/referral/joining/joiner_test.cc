#include "referral/joining/joiner.h"

#include <gmock/gmock.h>

#include <atomic>

#include "referral/people/person_row.h"
#include "referral/testing/joined_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Joining : public JoinedLog {
 protected:
  v1::PersonRow row(const std::string& person_id) { return *person_row(*log_, person_id).value(); }
  v1::ContactHistory history(const std::string& referral_id) {
    return contact_so_far(*log_, referral_id).value()->history;
  }
  std::vector<v1::Pattern> patterns(const std::string& referral_id) {
    const auto contact = contact_so_far(*log_, referral_id).value();
    if (!contact->patterns) return {};
    const auto read = log::opened_events<v1::ReferralEvent>(*log_, {*contact->patterns}).value();
    const auto& found = read.events.front().patterns_found().patterns();
    return {found.begin(), found.end()};
  }

  void accept(const std::string& referral_id) {
    const auto request = proto<v1::DecideContactRequest>(R"(
      outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted.")");
    run(context(kTriage), [&](log::UnitOfWork& unit) {
      return unit.decide<Referral>({referral_stream(referral_id)}, request);
    });
  }

  void correct(const std::string& person_id, const std::string& identity) {
    auto request = proto<v1::CorrectPersonRequest>(R"(reason: "Seen.")");
    *request.mutable_identity() = proto<v1::Identity>(identity.c_str());
    request.set_person_id(person_id);
    run(context(kTriage),
        [&](log::UnitOfWork& unit) { return correct_person(*log_, unit, request); });
  }

  std::string meet(const std::string& place, const std::string& person_id) {
    auto request = proto<v1::RelateContextRequest>(R"(relation { source: "Police." })");
    request.set_context_id(place);
    request.mutable_relation()->set_person_id(person_id);
    const Context by = context(kTriage);
    run(by, [&](log::UnitOfWork& unit) { return relate_context(unit, request); });
    return by.fresh_ids.front();
  }

  void leave(const std::string& place, const std::string& relation_id) {
    auto request = proto<v1::RelateContextRequest>(R"(reason: "Mixed up.")");
    request.set_context_id(place);
    request.set_ends_relation_id(relation_id);
    run(context(kTriage), [&](log::UnitOfWork& unit) { return relate_context(unit, request); });
  }

  // The kinds of what the joiner appended, in order, with their streams.
  std::vector<std::string> own_events() {
    std::vector<std::string> events;
    for (uint64_t position = 0; position < log_->size(); ++position) {
      const auto record = log_->read(position).value();
      if (record.body.actor().system() == "joiner")
        events.push_back(record.body.stream() + " " + record.body.event());
    }
    return events;
  }
};

TEST_F(Joining, ProposesThatAChildIsOneKnownBefore) {
  const std::string first = submit(kPolice, about(kAda));
  const std::string other = submit(kPolice, about(kSomebodyElse));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  settle();
  ASSERT_THAT(row(child_of(second)).proposals(), SizeIs(1));
  const v1::PersonRow newer = row(child_of(second));
  EXPECT_THAT(unpacked(newer.proposals(0).other_person_id()), ElementsAre(child_of(first)));
  EXPECT_THAT(unpacked(newer.proposals(0).referral_id()), ElementsAre(second));
  EXPECT_THAT(row(child_of(first)).proposals(), IsEmpty());
  EXPECT_THAT(row(child_of(other)).proposals(), IsEmpty());
}

TEST_F(Joining, ProposesNothingTwiceNorWhatIsDecided) {
  const std::string first = submit(kPolice, about(kAda));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  settle();
  hold_apart(child_of(first), child_of(second));
  correct(child_of(second), kAda);
  correct(child_of(first), kAdaAtSchool);
  settle();
  EXPECT_THAT(own_events(), SizeIs(1));
  EXPECT_THAT(row(child_of(second)).proposals(), IsEmpty());
}

TEST_F(Joining, NeverProposesThatTwinsOfOneContactAreOne) {
  auto twins = about(R"(given_names: "Ann" family_name: "Bell"
                        birth_date { year: 2019 month: 5 day: 2 } nhs_number { value: "9990000018" })");
  *twins.add_children() = twins.children(0);
  const std::string referral = submit(kPolice, twins);
  settle();
  EXPECT_THAT(row(child_of(referral, 0)).proposals(), IsEmpty());
  EXPECT_THAT(row(child_of(referral, 1)).proposals(), IsEmpty());
  // Corrected later, they still are the two of whom somebody told at once.
  correct(child_of(referral, 1), kAda);
  settle();
  EXPECT_THAT(own_events(), IsEmpty());
}

TEST_F(Joining, ProposesAPersonWhoBecomesLikeAnotherByACorrection) {
  const std::string first = submit(kPolice, about(kSomebodyElse));
  const std::string second = submit(kSchool, about(kAda));
  settle();
  EXPECT_THAT(own_events(), IsEmpty());
  correct(child_of(first), kAdaAtSchool);
  settle();
  // With the newer of the two, whichever was corrected.
  EXPECT_THAT(row(child_of(second)).proposals(), SizeIs(1));
}

TEST_F(Joining, FindsEarlierContactsAndReReferralsOnceTheChildIsKnownToBeTheSame) {
  const std::string first = submit(kPolice, about(kAda));
  accept(first);
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  settle();
  EXPECT_THAT(history(second).earlier(), IsEmpty());

  hold_same(child_of(first), child_of(second));
  settle();
  ASSERT_THAT(history(second).earlier(), SizeIs(1));
  EXPECT_EQ(history(second).earlier(0).referral_id(), first);
  EXPECT_EQ(history(second).earlier(0).person_id(), child_of(second));
  EXPECT_TRUE(history(second).earlier(0).accepted());
  EXPECT_EQ(history(second).contacts_in_window(), 1U);
  EXPECT_EQ(history(second).referrals_in_window(), 1U);
  EXPECT_TRUE(history(second).re_referral());
  EXPECT_EQ(history(second).policy_pack(), pack().citation());
  EXPECT_THAT(history(first).earlier(), IsEmpty());

  hold_apart(child_of(second), child_of(first));
  settle();
  EXPECT_THAT(history(second).earlier(), IsEmpty());
  EXPECT_FALSE(history(second).re_referral());
}

TEST_F(Joining, FindsAReReferralWhenTheEarlierContactIsAcceptedAfterwards) {
  const std::string first = submit(kPolice, about(kAda));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  hold_same(child_of(first), child_of(second));
  settle();
  EXPECT_FALSE(history(second).re_referral());
  EXPECT_EQ(history(second).contacts_in_window(), 1U);
  accept(first);
  settle();
  EXPECT_TRUE(history(second).re_referral());
}

TEST_F(Joining, CountsOnlyContactsInThePacksWindow) {
  const std::string first = submit(kPolice, about(kAda));
  accept(first);
  vault_.clock.advance(std::chrono::days(400));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  hold_same(child_of(first), child_of(second));
  settle();
  EXPECT_THAT(history(second).earlier(), SizeIs(1));
  EXPECT_EQ(history(second).contacts_in_window(), 0U);
  EXPECT_FALSE(history(second).re_referral());
}

TEST_F(Joining, CountsEveryContactInTheWindowAndNamesTheNewestFifty) {
  const std::string first = submit(kPolice, about(kAda));
  vault_.clock.advance(std::chrono::days(400));
  v1::SubmitContactRequest again = about(kAda);
  again.mutable_children(0)->clear_identity();
  again.mutable_children(0)->set_person_id(child_of(first));
  std::string last;
  for (int i = 0; i < 60; ++i) last = submit(kPolice, again);
  settle();
  EXPECT_THAT(history(last).earlier(), SizeIs(50));
  EXPECT_EQ(history(last).contacts_in_window(), 59U);
}

TEST_F(Joining, FindsRepeatedMissingEpisodes) {
  const std::string first = submit(kPolice, about(kAda, "10A"));
  const std::string second = submit(kSchool, about(kAdaAtSchool, "10A"));
  settle();
  EXPECT_THAT(patterns(second), IsEmpty());
  hold_same(child_of(first), child_of(second));
  settle();
  ASSERT_THAT(patterns(second), SizeIs(1));
  EXPECT_EQ(patterns(second)[0].kind(), v1::PATTERN_KIND_REPEATED_MISSING);
  EXPECT_EQ(patterns(second)[0].person_id(), child_of(second));
  EXPECT_EQ(patterns(second)[0].count(), 2U);
  EXPECT_THAT(patterns(first), IsEmpty());
}

TEST_F(Joining, FindsSeveralChildrenInOneContext) {
  std::vector<std::string> referrals;
  for (const char* name : {"Ada", "Zofia", "Mohammed"})
    referrals.push_back(submit(kPolice, about("given_names: \"" + std::string(name) + "\"")));
  const std::string place = register_place();
  meet(place, child_of(referrals[0]));
  meet(place, child_of(referrals[1]));
  settle();
  EXPECT_THAT(patterns(referrals[0]), IsEmpty());
  const std::string third = meet(place, child_of(referrals[2]));
  settle();
  for (const std::string& referral : referrals) {
    ASSERT_THAT(patterns(referral), SizeIs(1));
    EXPECT_EQ(patterns(referral)[0].kind(), v1::PATTERN_KIND_SHARED_CONTEXT);
    EXPECT_EQ(patterns(referral)[0].context_id(), place);
    EXPECT_EQ(patterns(referral)[0].count(), 3U);
    EXPECT_THAT(patterns(referral)[0].other_person_ids(), SizeIs(2));
  }
  leave(place, third);
  settle();
  for (const std::string& referral : referrals) EXPECT_THAT(patterns(referral), IsEmpty());
}

TEST_F(Joining, CountsOneChildUnderTwoIdsOnce) {
  const std::string first = submit(kPolice, about(kAda));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  const std::string third = submit(kSchool, about(kSomebodyElse));
  hold_same(child_of(first), child_of(second));
  const std::string place = register_place();
  for (const std::string& referral : {first, second, third}) meet(place, child_of(referral));
  settle();
  EXPECT_THAT(patterns(third), IsEmpty());
}

TEST_F(Joining, SkipsAnErasedPersonAndGoesOn) {
  const std::string first = submit(kPolice, about(kAda));
  erase(child_of(first));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  settle();
  EXPECT_THAT(own_events(), IsEmpty());
}

TEST_F(Joining, GoesOnWhereverItStopped) {
  // What it appends with one look-up it does not append again when it follows all anew.
  const std::string first = submit(kPolice, about(kAda, "10A"));
  accept(first);
  const std::string second = submit(kSchool, about(kAdaAtSchool, "10A"));
  hold_same(child_of(first), child_of(second));
  settle();
  const auto appended = own_events();
  EXPECT_THAT(appended, SizeIs(2));  // a history and patterns: that they are one was decided before
  stop();
  open_lookup("another");
  settle();
  EXPECT_EQ(own_events(), appended);
}

TEST_F(Joining, AppendsTheSameHoweverOftenItIsStopped) {
  const std::string first = submit(kPolice, about(kAda, "10A"));
  accept(first);
  submit(kSchool, about(kAdaAtSchool, "10A"));
  submit(kPolice, about(kSomebodyElse));
  settle();
  const auto appended = own_events().size();
  stop();

  // Once more from nothing, stopped at every point in turn, as a crash would stop it.
  open_lookup("another");
  std::atomic<int> passed{0};
  int stop_at = 0;
  ReactionParts with_stops = parts();
  with_stops.at_point = [&](std::string_view) -> Result<void> {
    if (passed++ < stop_at) return {};
    passed = 0;
    ++stop_at;
    return refuse(Code::kUnavailable, "STOPPED", "As if the program had stopped.");
  };
  joiner_.emplace(JoinerParts{.reactions = with_stops, .retry_after = kRetry});
  settle();
  EXPECT_GT(stop_at, 3);
  EXPECT_EQ(own_events().size(), appended);
}

TEST_F(Joining, WaitsWhileItCannotGoOnAndSkipsNothing) {
  std::atomic<bool> away{true};
  ReactionParts held_up = parts();
  held_up.at_point = [&](std::string_view) -> Result<void> {
    if (!away) return {};
    return refuse(Code::kUnavailable, "VAULT_UNAVAILABLE", "The vault is away.");
  };
  joiner_.emplace(JoinerParts{.reactions = held_up, .retry_after = kRetry});
  const std::string first = submit(kPolice, about(kAda));
  const std::string second = submit(kSchool, about(kAdaAtSchool));
  EXPECT_FALSE(lookup_->wait_until(1, std::chrono::milliseconds(50)));
  EXPECT_EQ(joiner_->behind(), log_->size());
  away = false;
  settle();
  EXPECT_EQ(joiner_->behind(), 0U);
  EXPECT_THAT(row(child_of(second)).proposals(), SizeIs(1));
}

TEST_F(Joining, MatchesNamesOfAnyScriptAndLength) {
  std::string longest;
  for (int i = 0; i < 300; ++i) longest += "я";
  const std::vector<std::string> names = {longest, "李小龙", "عائشة", "́̈̂", "Æon-Þór", "🙂"};
  for (const std::string& name : names) {
    v1::Identity identity;
    identity.set_given_names(name);
    identity.mutable_birth_date()->set_year(2015);
    submit(kPolice, about(identity.DebugString()));
  }
  submit(kPolice, urgent_contact());  // of whom nothing is known
  settle();
  EXPECT_EQ(joiner_->behind(), 0U);
  EXPECT_FALSE(joiner_->is_held_up());
  EXPECT_THAT(own_events(), IsEmpty());
}

}  // namespace
}  // namespace mash::referral
