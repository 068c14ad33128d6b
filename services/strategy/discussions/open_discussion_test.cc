#include "strategy/discussions/open_discussion.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "cases/known_case.h"
#include "policy/packs.h"
#include "strategy/discussions/case_discussions.h"
#include "strategy/discussions/discussion_commands.h"
#include "strategy/opening.h"
#include "strategy/protection/protection.h"
#include "strategy/protection/protection_commands.h"
#include "strategy/testing/discussions.h"
#include "strategy/testing/protections.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSlow[] = "strategy-discussion-or-section-47";
constexpr char kUrgent[] = "immediate-protection";

// The packs of a hub whose timescale for discussions changed at a day.
policy::Packs packs_changed_at(const std::string& day) {
  std::ifstream file(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml");
  std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto replaced = [](std::string in, const std::string& what, const std::string& by) {
    const size_t place = in.find(what);
    EXPECT_NE(place, std::string::npos) << what;
    return in.replace(place, what.size(), by);
  };
  const std::string before =
      replaced(replaced(text, "allowed: 3 working-days", "allowed: 2 working-days"), "version: 3",
               "version: 2");
  std::vector<policy::Pack> both;
  both.push_back(policy::Pack::parse(before).value());
  both.push_back(policy::Pack::parse(replaced(text, "from: 2018-07-04", "from: " + day)).value());
  return policy::Packs::of(std::move(both)).value();
}

// The reaction to the referral log and commands, on one log.
class OpeningDiscussions : public ::testing::Test {
 protected:
  OpeningDiscussions() {
    log_.know_case(case_, {"police"}, {ada_, ben_});
    std::vector<policy::Pack> one;
    one.push_back(pack());
    packs_.emplace(policy::Packs::of(std::move(one)).value());
  }

  std::string refer(const std::vector<std::string>& children, std::string case_id = {},
                    int unborn = 0) {
    if (case_id.empty()) case_id = case_;
    cases::v1::KnownCaseEvent told;
    const std::string id = log_.fresh();
    told.mutable_referral()->set_referral_id(id);
    auto& contact = *told.mutable_referral()->mutable_event()->mutable_contact_received();
    contact.set_case_id(case_id);
    contact.set_agency("police");
    contact.set_unborn(static_cast<uint32_t>(unborn));
    for (const std::string& child : children) contact.add_child_ids(child);
    log_.append(cases::case_stream(case_id), case_id, told);
    case_of_[id] = case_id;
    return id;
  }

  // What following the referral log does about a decision, made first or revised.
  log::Work decided(const std::string& referral_id, const std::string& outcome,
                    bool revised = false, std::string_view at = {}) {
    referral::v1::ReferralEvent event;
    auto& decision = revised ? *event.mutable_decision_revised()->mutable_decision()
                             : *event.mutable_referral_decided()->mutable_decision();
    decision.set_decision_id(log_.fresh());
    decision.set_outcome(outcome);
    to_proto(at.empty() ? log_.clock().now() : utc(at), decision.mutable_decided_at());
    const std::string case_id = case_of_.at(referral_id);
    log::Record record;
    record.body.set_type(event.GetDescriptor()->full_name());
    record.body.set_stream("referral/" + referral_id);
    record.body.set_case_id(case_id);
    record.body.set_event(event.SerializeAsString());
    cases::v1::KnownCaseEvent known;
    known.mutable_referral()->set_referral_id(referral_id);
    *known.mutable_referral()->mutable_event() = event;
    return [this, record, known, case_id](log::UnitOfWork& unit) {
      return unit.decide<cases::KnownCase>({cases::case_stream(case_id), case_id}, known)
          .and_then([&] { return open_discussion(unit, record, *packs_, ids_); });
    };
  }
  void follow(const log::Work& work) {
    const auto appended = log_.attempt(kTriage, work);
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  }

  log::Work protecting(const std::vector<std::string>& children) {
    auto request = protect(v1::PROTECTION_KIND_POLICE_PROTECTION, kNow);
    request.set_case_id(case_);
    request.clear_child_ids();
    for (const std::string& child : children) request.add_child_ids(child);
    return [request](log::UnitOfWork& unit) { return record_protection(unit, request); };
  }
  std::string convened_about(const std::string& child) {
    auto request = convening(to_rfc3339(log_.clock().now()), {});
    request.set_case_id(case_);
    request.clear_child_ids();
    request.add_child_ids(child);
    return log_.run(kTriage,
                    [request](log::UnitOfWork& unit) { return convene_discussion(unit, request); });
  }
  void begin(const std::string& id) {
    v1::DiscussionEvent started;
    started.mutable_started()->set_sitting(1);
    to_proto(log_.clock().now(), started.mutable_started()->mutable_started_at());
    log_.append(discussion_stream(id), case_, started);
  }

  // Every discussion there is, by what it is about, in the order in which they were opened.
  std::vector<Discussion::State> all() {
    std::vector<Discussion::State> found;
    std::set<std::string> seen;
    const auto scanned = log_->scan({.types = {v1::DiscussionEvent::descriptor()->full_name()}},
                                    [&](const log::Record& record) {
                                      const std::string stream(record.body.stream());
                                      if (seen.insert(stream).second)
                                        found.push_back(log_.state<Discussion>(stream));
                                      return true;
                                    });
    EXPECT_TRUE(scanned.has_value());
    return found;
  }
  static std::string due(const Discussion::State& state) {
    return mash::testing::london(calendar(), state.clocks.all().front().deadline.current_due());
  }

  StrategyLog log_;
  IdSource ids_{log_.clock(), 7};
  std::optional<policy::Packs> packs_;
  const std::string case_ = log_.fresh();
  const std::string ada_ = log_.fresh();
  const std::string ben_ = log_.fresh();
  std::map<std::string, std::string> case_of_;
};

TEST_F(OpeningDiscussions, OpenOneForTwoDecisionsThatAreFollowedTogether) {
  const log::Work first = decided(refer({ada_}), kSlow);
  const log::Work second = decided(refer({ada_}), kSlow);
  follow([&](log::UnitOfWork& unit) { return first(unit).and_then([&] { return second(unit); }); });
  EXPECT_THAT(all(), SizeIs(1));
}

TEST_F(OpeningDiscussions, OpenOneWhereADecisionAndProtectionAreRecordedAtOnce) {
  const log::Work decision = decided(refer({ada_}), kSlow);
  log_.run(kPolice, StrategyLog::interrupted(protecting({ada_}), [&] { follow(decision); }));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(all().front().reason, v1::DISCUSSION_REASON_OUTCOME);
}

TEST_F(OpeningDiscussions, OpenOneForDecisionsAtOnceInTwoCasesThatAreOne) {
  const std::string other = log_.fresh();
  log_.know_case(other, {"police"}, {ada_});
  log_.join(other, case_);
  const log::Work here = decided(refer({ada_}), kSlow);
  const log::Work there = decided(refer({ada_}, other), kSlow);
  follow(StrategyLog::interrupted(here, [&] { follow(there); }));
  EXPECT_THAT(all(), SizeIs(1));
}

TEST_F(OpeningDiscussions, OpenOneForTheChildrenWhomNoneIsAbout) {
  follow(decided(refer({ada_}), kSlow));
  follow(decided(refer({ada_, ben_}), kSlow));
  ASSERT_THAT(all(), SizeIs(2));
  EXPECT_THAT(all().back().child_ids, ElementsAre(ben_));
  log_.run(kPolice, protecting({ada_, ben_}));
  EXPECT_THAT(all(), SizeIs(2)) << "both are seen to";
}

TEST_F(OpeningDiscussions, OpenOneForAnUnbornChildWhomNoneIsAbout) {
  follow(decided(refer({ada_}), kSlow));
  follow(decided(refer({ada_}, case_, 1), kSlow));
  ASSERT_THAT(all(), SizeIs(2));
  EXPECT_TRUE(all().back().unborn);
  follow(decided(refer({ada_}, case_, 1), kSlow));
  EXPECT_THAT(all(), SizeIs(2));
}

TEST_F(OpeningDiscussions, LeaveItAtOneThatWasConvened) {
  const std::string id = convened_about(ada_);
  follow(decided(refer({ada_}), kSlow));
  EXPECT_THAT(all(), SizeIs(1));
  begin(id);
  follow(decided(refer({ada_}), kSlow));
  EXPECT_THAT(all(), SizeIs(2)) << "one that has begun cannot take up what came after";
}

TEST_F(OpeningDiscussions, HoldOneSoonerThanItWasDue) {
  follow(decided(refer({ada_}), kSlow));
  EXPECT_EQ(due(all().front()), "2026-11-30 23:59:59");
  log_.run(kPolice, protecting({ada_}));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(due(all().front()), "2026-11-25 14:00:00");
  const clocks::Clock clock = all().front().clocks.all().front();
  EXPECT_EQ(clock.deadline.kind, "strategy-discussion-urgent");
  ASSERT_THAT(clock.before, SizeIs(1));
  EXPECT_EQ(clock.before.front().kind, "strategy-discussion");
}

TEST_F(OpeningDiscussions, HoldOneNoLaterThanItWasDue) {
  log_.run(kPolice, protecting({ada_}));
  follow(decided(refer({ada_}), kSlow));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(due(all().front()), "2026-11-25 14:00:00");
  EXPECT_THAT(all().front().clocks.all().front().before, IsEmpty());
}

TEST_F(OpeningDiscussions, HoldOneSoonerWhereTheDecisionIsRevised) {
  const std::string referral = refer({ada_});
  follow(decided(referral, kSlow));
  follow(decided(referral, kUrgent, true));
  ASSERT_THAT(all(), SizeIs(1));
  EXPECT_EQ(all().front().clocks.all().front().deadline.kind, "strategy-discussion-urgent");
}

TEST_F(OpeningDiscussions, OpenAnotherWhereADecisionIsRevisedOnceOneHasBegunOnlyIfItIsMoreUrgent) {
  const std::string slow = refer({ada_});
  follow(decided(slow, kSlow));
  const std::string id = log_.state<CaseDiscussions>(case_discussions_stream(case_)).to_be_held[0];
  begin(id);
  follow(decided(slow, kSlow, true));
  EXPECT_THAT(all(), SizeIs(1));
  follow(decided(slow, kUrgent, true));
  EXPECT_THAT(all(), SizeIs(2));
}

TEST_F(OpeningDiscussions, ForgetThoseThatHaveBegun) {
  for (int i = 0; i < 3; ++i) begin(convened_about(ada_));
  convened_about(ada_);
  EXPECT_THAT(log_.state<CaseDiscussions>(case_discussions_stream(case_)).to_be_held, SizeIs(1));
}

TEST_F(OpeningDiscussions, GoByThePackOfTheDayOfTheDecision) {
  packs_.emplace(packs_changed_at("2026-11-24"));
  follow(decided(refer({ada_}), kSlow, false, "2026-11-23T10:00:00Z"));
  follow(decided(refer({ben_}), kSlow, false, "2026-11-24T10:00:00Z"));
  ASSERT_THAT(all(), SizeIs(2));
  EXPECT_EQ(due(all().front()), "2026-11-25 23:59:59");
  EXPECT_EQ(due(all().back()), "2026-11-27 23:59:59");
}

}  // namespace
}  // namespace mash::strategy
