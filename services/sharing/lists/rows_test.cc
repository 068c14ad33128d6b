#include "sharing/lists/rows.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "core/timestamp.h"
#include "log/view.h"
#include "policy/challenges.h"
#include "sharing/decisions/decision.h"
#include "sharing/decisions/decision_shown.h"
#include "sharing/items/item.h"
#include "sharing/lists/views.h"
#include "sharing/testing/cast.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr size_t kColumnsMax = 4'096;  // of a view's row
constexpr size_t kOrderMax = 64;

v1::ItemEvent item_held(int64_t at_s = 1'000, int persons = 1) {
  auto event = proto<v1::ItemEvent>(R"(
    held { owner: "health" held_by: "n-4" data_kind: DATA_KIND_SPECIAL_CATEGORY })");
  event.mutable_held()->set_case_id(uuid(900));
  event.mutable_held()->set_request_id(uuid(800));
  event.mutable_held()->mutable_held_at()->set_seconds(at_s);
  for (int i = 0; i < persons; ++i)
    event.mutable_held()->mutable_content()->add_person_ids(uuid(1'000 + i));
  return event;
}

v1::ItemEvent item_decided(int decision, v1::ItemDisposition disposition,
                           const std::vector<std::string>& agencies, int64_t at_s = 2'000) {
  v1::ItemEvent event;
  v1::ItemDecided& decided = *event.mutable_decided();
  decided.set_decision_id(uuid(decision));
  decided.set_decision_version(1);
  decided.set_disposition(disposition);
  for (const std::string& agency : agencies) decided.add_recipients()->set_agency(agency);
  if (disposition != v1::ITEM_DISPOSITION_RELEASED) decided.set_ground("detriment-16la-3");
  decided.mutable_decided_at()->set_seconds(at_s);
  return event;
}

v1::ItemEvent item_released(int decision, const std::vector<std::string>& agencies) {
  return item_decided(decision, v1::ITEM_DISPOSITION_RELEASED, agencies);
}

v1::ItemEvent decision_ended(int decision, int64_t at_s = 3'000) {
  v1::ItemEvent event;
  event.mutable_decision_ended()->set_decision_id(uuid(decision));
  event.mutable_decision_ended()->mutable_ended_at()->set_seconds(at_s);
  return event;
}

v1::ItemEvent item_recalled(const std::vector<std::string>& agencies) {
  v1::ItemEvent event;
  for (const std::string& agency : agencies) event.mutable_recalled()->add_agencies(agency);
  event.mutable_recalled()->mutable_recalled_at()->set_seconds(4'000);
  return event;
}

v1::ItemEvent acknowledged(const std::string& agency) {
  v1::ItemEvent event;
  event.mutable_recall_acknowledged()->set_agency(agency);
  event.mutable_recall_acknowledged()->set_by("p-17");
  event.mutable_recall_acknowledged()->mutable_acknowledged_at()->set_seconds(5'000);
  return event;
}

v1::ItemRow row(const std::vector<v1::ItemEvent>& events) {
  v1::ItemRow row;
  for (const v1::ItemEvent& event : events) evolve_row(row, event);
  return row;
}

TEST(ItemRow, KeepsWhoHoldsItAndWhoWasGivenIt) {
  const auto kept = row({item_held(), item_released(1, {"police", "police", "education"}),
                         item_decided(2, v1::ITEM_DISPOSITION_WITHHELD, {"refuge"})});
  EXPECT_EQ(kept.owner(), "health");
  EXPECT_EQ(kept.ask(), "n-4");
  EXPECT_EQ(kept.version(), 3U);
  EXPECT_EQ(unpacked(kept.person_ids()), std::vector{uuid(1'000)});
  EXPECT_EQ(unpacked(kept.request_id()), std::vector{uuid(800)});
  ASSERT_THAT(kept.decisions(), SizeIs(2));
  EXPECT_THAT(kept.decisions(0).agencies(), ElementsAre("police", "education"));
  ASSERT_NE(given_to(kept, kPolice), nullptr);
  EXPECT_EQ(given_to(kept, kRefuge), nullptr);
  EXPECT_EQ(kept.decisions(1).ground(), "detriment-16la-3");
}

TEST(ItemRow, IsNotGivenToWhomAnEndedDecisionNamed) {
  const auto ended = row({item_held(), item_released(1, {"police"}), decision_ended(1)});
  EXPECT_EQ(given_to(ended, kPolice), nullptr);
  EXPECT_EQ(ended.decisions(0).until_us(), 3'000'000'000);
}

TEST(ItemRow, OfASourceIsNotGivenWithItsSanitisedVersion) {
  const auto kept = row({item_held(), item_decided(1, v1::ITEM_DISPOSITION_SANITISED, {"police"})});
  EXPECT_EQ(given_to(kept, kPolice), nullptr);
}

TEST(ItemRow, KeepsHowFarARecallHasCome) {
  const auto kept = row({item_held(), item_released(1, {"police", "education"}),
                         item_recalled({"police", "education"}), acknowledged("police")});
  EXPECT_TRUE(kept.recalled());
  EXPECT_EQ(recall_of(kept, "police")->acknowledged_by(), "p-17");
  EXPECT_EQ(recall_of(kept, "education")->acknowledged_us(), 0);
  EXPECT_EQ(recall_of(kept, "refuge"), nullptr);
  // Told of another thing, it has that to acknowledge.
  auto again = kept;
  evolve_row(again, item_recalled({"police"}));
  EXPECT_EQ(recall_of(again, "police")->acknowledged_us(), 0);
}

TEST(ItemRow, StandsWithItsCaseTheOldestFirst) {
  const auto older = order_of(row({item_held(1'000)}));
  const auto newer = order_of(row({item_held(1'001)}));
  EXPECT_LT(older, newer);
  EXPECT_GE(older, case_from(uuid(900)));
  EXPECT_LT(newer, case_below(uuid(900)));
  EXPECT_LT(case_below(uuid(899)), newer);
  EXPECT_EQ(older.size(), 24U);
  EXPECT_EQ(case_from("c-1"), "");
  EXPECT_EQ(case_below("ffffffff-ffff-ffff-ffff-ffffffffffff"), "");
}

TEST(ItemRow, FitsAViewWhateverHappens) {
  const std::string long_name(55, 'a');
  std::vector<std::string> all;
  for (int i = 0; i < kGrantsMax; ++i) all.push_back(long_name + std::to_string(1'000 + i));
  v1::ItemRow kept = row({item_held(1'000, kPersonsMax)});
  const auto evolve = [&](const v1::ItemEvent& event) {
    evolve_row(kept, event);
    fit(kept);
    EXPECT_LE(kept.ByteSizeLong(), kColumnsMax);
  };
  for (int i = 0; i < kGrantsMax; i += 20)
    evolve(item_released(i + 1, {all.begin() + i, all.begin() + i + 20}));
  EXPECT_TRUE(kept.more());
  evolve(item_recalled(all));
  for (const std::string& agency : all) evolve(acknowledged(agency));
  EXPECT_EQ(unpacked(kept.person_ids()).size(), size_t{kPersonsMax});
}

TEST(ItemRow, LeavesOutWhatHoldsNoMoreBeforeWhatHolds) {
  v1::ItemRow kept = row({item_held(1'000, kPersonsMax), item_released(1, {"police"})});
  for (int i = 2; i < 200; ++i) {
    evolve_row(kept, item_released(i, {"education"}));
    evolve_row(kept, decision_ended(i));
    fit(kept);
  }
  EXPECT_TRUE(kept.more());
  ASSERT_NE(given_to(kept, kPolice), nullptr);
  EXPECT_EQ(kept.decisions(kept.decisions_size() - 1).decision_id(), packed(uuid(199)));
}

// Whatever happens to an item, its row says of every agency what its folded state says.
RC_GTEST_PROP(ItemRow, AgreesWithTheState, ()) {
  const std::vector<std::string> agencies = {"police", "education", "refuge", "social-care"};
  const auto some = [&] {
    std::vector<std::string> chosen;
    for (const std::string& agency : agencies)
      if (*rc::gen::arbitrary<bool>()) chosen.push_back(agency);
    return chosen;
  };
  std::vector<v1::ItemEvent> events = {item_held()};
  v1::ItemRow whole = row(events);
  v1::ItemRow fitted = whole;
  const int steps = *rc::gen::inRange(0, 40);
  for (int i = 0; i < steps; ++i) {
    v1::ItemEvent event;
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        event = item_released(i, some());
        break;
      case 1:
        event = item_decided(i, v1::ITEM_DISPOSITION_WITHHELD, some());
        break;
      case 2:
        event = decision_ended(*rc::gen::inRange(0, i + 1));
        break;
      case 3:
        event = item_recalled(some());
        break;
      default:
        event = acknowledged(*rc::gen::elementOf(agencies));
        if (!fold<Item>(events).recalls.contains(event.recall_acknowledged().agency())) continue;
    }
    events.push_back(event);
    evolve_row(whole, event);
    evolve_row(fitted, event);
    fit(fitted);
  }
  const auto state = fold<Item>(events);
  RC_ASSERT(whole.recalled() == state.recalled);
  RC_ASSERT(whole.version() == events.size());
  for (const std::string& agency : agencies) {
    const bool given = std::ranges::any_of(state.grants, [&](const Item::Grant& grant) {
      return grant.disclosed && !grant.until && grant.recipient.agency() == agency;
    });
    RC_ASSERT((given_to(whole, Actor{agency, "s-1", "w-1", "practitioner"}) != nullptr) == given);
    const v1::ItemRowRecall* recall = recall_of(whole, agency);
    RC_ASSERT((recall != nullptr) == state.recalls.contains(agency));
    RC_ASSERT((recall != nullptr && recall->acknowledged_us() == 0) == state.awaits(agency));
  }
  RC_ASSERT(fitted.more() || fitted.SerializeAsString() == whole.SerializeAsString());
  RC_ASSERT(fitted.ByteSizeLong() <= kColumnsMax);
}

v1::DecisionEvent recorded(const char* more = "") {
  auto event = proto<v1::DecisionEvent>(R"(
    recorded {
      terms { outcome: SHARING_OUTCOME_WITHHOLD purpose: "TEXT" necessity: "TEXT"
              recipients { agency: "police" } recipients { agency: "police" role: "auditor" }
              recipients { agency: "education" practitioner: "t-3" } }
      agency: "health" decided_by: "n-4" decided_at { seconds: 100 } law: "lawful-basis@1" })");
  event.MergeFrom(proto<v1::DecisionEvent>(more));
  event.mutable_recorded()->mutable_terms()->set_case_id(uuid(900));
  return event;
}

v1::DecisionRow row(const std::vector<v1::DecisionEvent>& events) {
  v1::DecisionRow row;
  for (const v1::DecisionEvent& event : events) evolve_row(row, uuid(7), event);
  return row;
}

v1::DecisionEvent challenge(int id) {
  v1::DecisionEvent event;
  event.mutable_challenged()->set_challenge_id(uuid(id));
  return event;
}

v1::DecisionEvent challenge_answered(int id, bool resolved) {
  v1::DecisionEvent event;
  event.mutable_challenge_answered()->set_challenge_id(uuid(id));
  event.mutable_challenge_answered()->set_resolved(resolved);
  return event;
}

TEST(DecisionRow, KeepsTheHeadOfADecisionAndNoTexts) {
  const auto kept = row({recorded()});
  EXPECT_EQ(kept.decision().decision_id(), uuid(7));
  EXPECT_EQ(kept.decision().agency(), "health");
  EXPECT_EQ(kept.DebugString().find("TEXT"), std::string::npos);
  EXPECT_TRUE(names(kept, "police") && names(kept, "education"));
  EXPECT_FALSE(names(kept, "refuge"));
  EXPECT_THAT(kept.decision().terms().recipients(), SizeIs(2));
}

TEST(DecisionRow, FollowsADecisionThroughItsLife) {
  const auto waiting = recorded("recorded { needs_second_signature: true }");
  EXPECT_EQ(row({waiting}).decision().status(), v1::DECISION_STATUS_AWAITING_SIGNATURE);
  EXPECT_FALSE(row({waiting}).came_into_force());
  const auto in_force = row({waiting, proto<v1::DecisionEvent>(R"(countersigned { by: "n-9" })")});
  EXPECT_EQ(in_force.decision().countersigned_by(), "n-9");
  EXPECT_TRUE(in_force.came_into_force());
  EXPECT_FALSE(
      row({waiting, proto<v1::DecisionEvent>(R"(declined { by: "n-9" })")}).came_into_force());
  const auto superseded =
      row({recorded(), proto<v1::DecisionEvent>(R"(superseded { by_decision_id: "d-2" })")});
  EXPECT_EQ(superseded.decision().superseded_by(), "d-2");
  EXPECT_TRUE(superseded.came_into_force());
}

// Its list and the whole of it say the same.
TEST(DecisionRow, AgreesWithTheDecisionShown) {
  const std::vector<v1::DecisionEvent> events = {
      recorded("recorded { needs_second_signature: true }"),
      proto<v1::DecisionEvent>(R"(countersigned { by: "n-9" })"), challenge(1),
      proto<v1::DecisionEvent>(R"(superseded { by_decision_id: "d-2" })")};
  for (size_t count = 1; count <= events.size(); ++count) {
    const std::vector some(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count));
    const auto listed = row(some).decision();
    const auto shown = decision_shown(uuid(7), some, DecisionAudience::of(kHealth, "", some));
    EXPECT_EQ(listed.status(), shown.status());
    EXPECT_EQ(listed.version(), shown.version());
    EXPECT_EQ(listed.superseded_by(), shown.superseded_by());
    EXPECT_EQ(listed.countersigned_by(), shown.countersigned_by());
    EXPECT_EQ(listed.law(), shown.law());
  }
}

// A list and the rules say the same of a decision, whatever happened to it.
RC_GTEST_PROP(DecisionRow, AgreesWithTheState, ()) {
  std::vector<v1::DecisionEvent> events = {
      *rc::gen::arbitrary<bool>() ? recorded()
                                  : recorded("recorded { needs_second_signature: true }")};
  const int steps = *rc::gen::inRange(0, 12);
  for (int i = 0; i < steps; ++i) {
    const int id = *rc::gen::inRange(1, 4);
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        events.push_back(proto<v1::DecisionEvent>(R"(countersigned { by: "n-9" })"));
        break;
      case 1:
        events.push_back(proto<v1::DecisionEvent>(R"(declined { by: "n-9" })"));
        break;
      case 2:
        events.push_back(proto<v1::DecisionEvent>(R"(superseded { by_decision_id: "d-2" })"));
        break;
      case 3:
        // What is resolved is not raised again.
        if (const auto challenges = fold<Decision>(events).challenges;
            challenges.find(uuid(id)) == nullptr || !challenges.find(uuid(id))->resolved)
          events.push_back(challenge(id));
        break;
      case 4:
        if (fold<Decision>(events).challenges.find(uuid(id)) == nullptr) break;
        events.push_back(challenge_answered(id, *rc::gen::arbitrary<bool>()));
        break;
      default:
        events.push_back(
            proto<v1::DecisionEvent>("reviewed { review { look_again_at { seconds: 1500 } } }"));
    }
  }
  const auto kept = row(events);
  const auto state = fold<Decision>(events);
  RC_ASSERT(kept.decision().status() == state.status);
  RC_ASSERT(kept.decision().agency() == state.agency);
  RC_ASSERT(kept.decision().version() == state.version);
  RC_ASSERT(kept.decision().superseded_by() == state.superseded_by);
  RC_ASSERT(kept.has_look_again_at() == state.look_again_at.has_value());
  RC_ASSERT(!state.in_force() || kept.came_into_force());
  const auto open = std::ranges::count_if(state.challenges,
                                          [](const auto& entry) { return !entry.second.resolved; });
  RC_ASSERT(unpacked(kept.open_challenges()).size() == static_cast<size_t>(open));
}

TEST(DecisionRow, CountsTheChallengesThatAreNotResolved) {
  EXPECT_EQ(row({recorded(), challenge(1), challenge(2)}).open_challenges().size(), 32U);
  // One that goes up a level is the same one.
  EXPECT_EQ(
      row({recorded(), challenge(1), challenge_answered(1, false), challenge(1)}).open_challenges(),
      packed(uuid(1)));
  EXPECT_EQ(row({recorded(), challenge(1), challenge_answered(1, true)}).open_challenges(), "");
}

TEST(DecisionRow, IsLookedAtAgainWhenTheFirstOfWhatIsWithheldIs) {
  const auto withheld = recorded(R"(
    recorded {
      terms { items { disposition: ITEM_DISPOSITION_WITHHELD look_again_at { seconds: 900 } }
              items { item_id: "i-2" disposition: ITEM_DISPOSITION_RELEASED }
              items { disposition: ITEM_DISPOSITION_WITHHELD look_again_at { seconds: 500 } } } })");
  EXPECT_EQ(row({withheld}).look_again_at().seconds(), 500);
  EXPECT_EQ(row({withheld, proto<v1::DecisionEvent>(
                               "reviewed { review { look_again_at { seconds: 1500 } } }")})
                .look_again_at()
                .seconds(),
            1'500);
  EXPECT_FALSE(row({withheld, proto<v1::DecisionEvent>("reviewed {}")}).has_look_again_at());
}

TEST(DecisionRow, StandsNewestFirstByItselfAndInItsCase) {
  const auto older = row({recorded()});
  const auto newer = row({recorded("recorded { decided_at { seconds: 101 } }")});
  EXPECT_LT(order_of(newer), order_of(older));
  EXPECT_LT(order_in_case(newer), order_in_case(older));
  EXPECT_GE(order_in_case(newer), case_from(uuid(900)));
  EXPECT_LT(order_in_case(older), case_below(uuid(900)));
}

TEST(DecisionRow, FitsAViewWithAllItsRecipientsAndItems) {
  auto event = recorded();
  v1::DecisionRecorded& recording = *event.mutable_recorded();
  for (int i = 0; i < 20; ++i) {
    v1::Recipient& recipient = *recording.mutable_terms()->add_recipients();
    recipient.set_agency(std::string(61, 'a') + std::to_string(10 + i));
    recipient.set_practitioner(std::string(64, 'p'));
    recipient.set_role("mash-manager");
  }
  for (int i = 0; i < 100; ++i) {
    recording.mutable_terms()->add_items()->set_item_id(uuid(i));
    recording.mutable_terms()->add_gateways(std::string(40, 'g'));
  }
  recording.set_agency(std::string(63, 'a'));
  recording.set_decided_by(std::string(64, 'n'));
  recording.set_law(std::string(120, 'l'));
  recording.set_supersedes(uuid(1));
  std::vector<v1::DecisionEvent> events = {event};
  for (int i = 0; i < policy::kOpenChallengesMax; ++i) events.push_back(challenge(i));
  EXPECT_LE(row(events).ByteSizeLong(), kColumnsMax);
  EXPECT_LE(order_in_case(row(events)).size(), kOrderMax);
}

TEST(Views, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names;
  for (const auto& view : views()) names.insert(view->name());
  EXPECT_EQ(names.size(), 5U);
}

}  // namespace
}  // namespace mash::sharing
