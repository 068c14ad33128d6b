#include "sharing/items/item.h"

#include <gmock/gmock.h>

#include "sharing/items/item_content.h"
#include "sharing/testing/items.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::Pair;

using Events = Item::Events;

const Actor kOtherOfficer{"police", "pol-01", "p-18", "practitioner"};

v1::ItemFile file(const char* more = "") {
  auto file = proto<v1::ItemFile>("name: 'letter.pdf' media_type: 'application/pdf' bytes: 1000");
  file.set_file_id(uuid(800));
  file.set_sha256(std::string(32, 's'));
  file.MergeFrom(proto<v1::ItemFile>(more));
  return file;
}

v1::CorrectItemRequest correct(const char* more = "") {
  auto request = proto<v1::CorrectItemRequest>("reason: 'The school had counted wrongly.'");
  *request.mutable_content() = content(more);
  return request;
}

const auto kRecall = proto<v1::RecallItemRequest>("reason: 'It was about another child.'");
const auto kHeard = proto<v1::AcknowledgeRecallRequest>("action: 'The assessment was changed.'");

Events released() {
  return and_then(held(), release("d-1", "recipients { agency: 'police' }"), kHealth);
}

Item::Correct correction(const v1::CorrectItemRequest& request) {
  return {.request = request, .family = family()};
}

// Who must acknowledge, and whether they have.
std::map<std::string, bool> acknowledged(const Item::State& state) {
  std::map<std::string, bool> all;
  for (const auto& [agency, recall] : state.recalls)
    all[agency] = recall.acknowledged_at.has_value();
  return all;
}

TEST(Item, IsHeldByWhoPutItInUnderTheRulesOfItsCategory) {
  const Events events = held("category: 'mental-health' handling { in_confidence: true }");
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events.front().held().owner(), "health");
  EXPECT_EQ(events.front().held().held_by(), "n-4");
  EXPECT_EQ(events.front().held().data_kind(), v1::DATA_KIND_SPECIAL_CATEGORY);
  EXPECT_FALSE(events.front().held().law().empty());
  const auto state = fold<Item>(events);
  EXPECT_TRUE(state.in_confidence);
  EXPECT_THAT(state.person_ids, ElementsAre(kChild));
}

TEST(Item, NamesEveryFaultBelowTheFieldItCameIn) {
  const auto nothing = proto<v1::ItemContent>("happened_at { seconds: 4000000000 }");
  given<Item>({})
      .when(
          Item::Hold{.content = nothing, .family = family(), .case_id = kCase, .field = "items[3]"},
          as(kHealth))
      .then_refused("INVALID_REQUEST",
                    {"items[3].category", "items[3].nature", "items[3].sensitivity",
                     "items[3].person_ids", "items[3].text", "items[3].happened_at"});
}

TEST(Item, SaysFromWhomAnAllegationComes) {
  for (const char* nature :
       {"nature: ITEM_NATURE_ALLEGATION", "nature: ITEM_NATURE_THIRD_PARTY_REPORT"})
    given<Item>({})
        .when(hold(content(nature)), as(kHealth))
        .then_refused("INVALID_REQUEST", {"content.source"});
  for (const char* nature :
       {"nature: ITEM_NATURE_ALLEGATION source: 'A neighbour.'", "nature: ITEM_NATURE_OPINION"})
    EXPECT_TRUE(given<Item>({}).when(hold(content(nature)), as(kHealth)).outcome().has_value());
}

TEST(Item, KeepsToItsLimitsAndToWhoIsKnownInTheCase) {
  v1::ItemContent long_one = content();
  long_one.set_category("gossip");
  long_one.set_text(std::string(kTextBytesMax + 1, 't'));
  long_one.set_source(std::string(kNoteBytesMax + 1, 's'));
  long_one.mutable_handling()->set_instructions(std::string(kNoteBytesMax + 1, 'i'));
  long_one.add_person_ids(uuid(999));
  long_one.add_protected_identities();
  given<Item>({})
      .when(hold(long_one), as(kHealth))
      .then_refused("INVALID_REQUEST", {"content.category", "content.handling.instructions",
                                        "content.source", "content.protected_identities[0].kind",
                                        "content.person_ids[1]", "content.text"});
  v1::ItemContent many = content();
  for (int i = 0; i <= kProtectedMax; ++i)
    many.add_protected_identities()->set_kind(v1::PROTECTED_IDENTITY_KIND_WITNESS);
  given<Item>({})
      .when(hold(many), as(kHealth))
      .then_refused("INVALID_REQUEST", {"content.protected_identities"});
}

TEST(SanitisedVersion, IsMadeFromAnItemOfOnesOwnAndProtectsNobodyAnyMore) {
  const auto source =
      fold<Item>(held("protected_identities { kind: PROTECTED_IDENTITY_KIND_WITNESS }"));
  const auto version = [&](const v1::ItemContent& content, const Item::State* from) {
    Item::Hold command = hold(content);
    command.source_item_id = uuid(1);
    command.source = from;
    return command;
  };
  const v1::ItemContent clean = content();
  const v1::ItemContent unclean =
      content("protected_identities { kind: PROTECTED_IDENTITY_KIND_WITNESS }");
  const auto made = given<Item>({}).when(version(clean, &source), as(kHealth)).state();
  EXPECT_EQ(made.source_item_id, uuid(1));
  given<Item>({})
      .when(version(unclean, &source), as(kHealth))
      .then_refused("INVALID_REQUEST", {"content.protected_identities"});
  given<Item>({}).when(version(clean, &source), as(kPolice)).then_refused("NOT_THE_OWNER");
  const Item::State none;
  given<Item>({}).when(version(clean, &none), as(kHealth)).then_refused("NOT_FOUND");
  const auto recalled = given<Item>(held()).when(kRecall, as(kHealth)).state();
  given<Item>({}).when(version(clean, &recalled), as(kHealth)).then_refused("ITEM_RECALLED");
}

TEST(SanitisedVersion, StaysCleanWhenItIsCorrected) {
  const auto source = fold<Item>(held());
  const v1::ItemContent clean = content();
  Item::Hold command = hold(clean);
  command.source_item_id = uuid(1);
  command.source = &source;
  const auto request = correct("protected_identities { kind: PROTECTED_IDENTITY_KIND_WITNESS }");
  given<Item>({})
      .when(command, as(kHealth))
      .when(correction(request), as(kHealth))
      .then_refused("INVALID_REQUEST", {"content.protected_identities"});
}

TEST(File, IsAttachedByTheOwnerUntilTheItemWasReleased) {
  const Item::Attach attach{file()};
  const auto state = given<Item>(held()).when(attach, as(kHealth)).state();
  ASSERT_TRUE(state.files.contains(uuid(800)));
  EXPECT_EQ(state.files.at(uuid(800)).bytes, 1000u);
  given<Item>(held()).when(attach, as(kPolice)).then_refused("NOT_THE_OWNER");
  given<Item>({}).when(attach, as(kHealth)).then_refused("NOT_FOUND");
  given<Item>(released()).when(attach, as(kHealth)).then_refused("ITEM_RELEASED");
  const auto ended = and_then(released(), Item::EndDecision{"d-1"}, kHealth);
  given<Item>(ended).when(attach, as(kHealth)).then_refused("ITEM_RELEASED");
  const auto withheld =
      and_then(held(), withhold("d-1", "recipients { agency: 'police' } ground: 'x'"), kHealth);
  EXPECT_TRUE(given<Item>(withheld).when(attach, as(kHealth)).outcome().has_value());
  given<Item>(and_then(held(), kRecall, kHealth))
      .when(attach, as(kHealth))
      .then_refused("ITEM_RECALLED");
}

TEST(File, IsAttachedOnceAndAnItemHoldsOnlySoMany) {
  Events events = held();
  for (int i = 0; i < kFilesMax; ++i) {
    Item::Attach attach{file()};
    attach.file.set_file_id(uuid(800 + i));
    events = and_then(events, attach, kHealth);
    given<Item>(events).when(attach, as(kHealth)).then_nothing_changes();
  }
  Item::Attach another{file()};
  another.file.set_file_id(uuid(700));
  given<Item>(events).when(another, as(kHealth)).then_refused("TOO_MANY_FILES");
}

TEST(File, IsDescribedSoundlyAndOfATypeThatIsTaken) {
  Item::Attach attach{proto<v1::ItemFile>("name: 'two\\nlines' bytes: 8388609 sha256: 'short'")};
  given<Item>(held())
      .when(attach, as(kHealth))
      .then_refused("INVALID_REQUEST", {"file_id", "name", "bytes", "sha256"});
  attach.file = file("media_type: 'application/x-msdownload'");
  given<Item>(held()).when(attach, as(kHealth)).then_refused("FILE_TYPE_NOT_ALLOWED");
}

TEST(Item, IsReadByItsOwnerAndByWhomADecisionInForceReleasesItTo) {
  const auto before = fold<Item>(held());
  EXPECT_TRUE(before.may_be_read_by(kHealthManager));
  EXPECT_FALSE(before.may_be_read_by(kPolice));
  EXPECT_FALSE(before.may_be_read_by(kManager));
  const auto during = fold<Item>(released());
  EXPECT_TRUE(during.may_be_read_by(kPolice));
  EXPECT_FALSE(during.may_be_read_by(kManager));
  EXPECT_EQ(during.grant_for(kPolice)->decision_id, "d-1");
  const auto after = given<Item>(released()).when(Item::EndDecision{"d-1"}, as(kHealth)).state();
  EXPECT_FALSE(after.may_be_read_by(kPolice));
  EXPECT_TRUE(after.was_disclosed_to("police"));
  EXPECT_FALSE(after.was_disclosed_to("social-care"));
}

TEST(Grant, ToAPractitionerCountsBeforeOneToARoleAndThatBeforeOneToTheAgency) {
  Events events = and_then(held(), release("d-1", "recipients { agency: 'social-care' }"), kHealth);
  events = and_then(events,
                    withhold("d-2",
                             "recipients { agency: 'social-care' role: 'triage-officer' } "
                             "recipients { agency: 'social-care' practitioner: 'm-1' }"),
                    kHealth);
  events = and_then(
      events,
      release("d-3",
              "recipients { agency: 'social-care' role: 'mash-manager' practitioner: 'm-1' }"),
      kHealth);
  const auto state = fold<Item>(events);
  EXPECT_TRUE(state.may_be_read_by(kSocialWorker));
  EXPECT_FALSE(state.may_be_read_by(kTriage));
  EXPECT_TRUE(state.may_be_read_by(kManager));
  EXPECT_EQ(state.grant_for(kManager)->decision_id, "d-3");
  const Actor as_worker{"social-care", "mash", "m-1", "social-worker"};
  EXPECT_EQ(state.grant_for(as_worker)->decision_id, "d-2");
}

TEST(Decision, OnARecipientOfWhomAnotherInForceSpeaksIsRefused) {
  const auto again =
      release("d-2", "recipients { agency: 'education' } recipients { agency: 'police' }");
  const auto scenario = given<Item>(released()).when(again, as(kHealth));
  scenario.then_refused("DECISION_IN_FORCE");
  EXPECT_THAT(scenario.outcome().error().metadata, ElementsAre(Pair("decision_id", "d-1")));
  given<Item>(released())
      .when(withhold("d-2", "recipients { agency: 'police' }"), as(kHealth))
      .then_refused("DECISION_IN_FORCE");
  const auto narrower = release("d-2", "recipients { agency: 'police' practitioner: 'p-18' }");
  EXPECT_TRUE(given<Item>(released()).when(narrower, as(kHealth)).outcome().has_value());
  const auto superseding =
      given<Item>(released()).when(Item::EndDecision{"d-1"}, as(kHealth)).when(again, as(kHealth));
  EXPECT_EQ(superseding.state().grant_for(kPolice)->decision_id, "d-2");
}

TEST(Decision, SpeaksOfAnItemOnceAndEndsOnce) {
  const auto once = release("d-1", "recipients { agency: 'police' }");
  given<Item>(released()).when(once, as(kHealth)).then_nothing_changes();
  const auto ended = and_then(released(), Item::EndDecision{"d-1"}, kHealth);
  given<Item>(ended).when(once, as(kHealth)).then_nothing_changes();
  given<Item>(ended).when(Item::EndDecision{"d-1"}, as(kHealth)).then_nothing_changes();
  given<Item>(held()).when(Item::EndDecision{"d-9"}, as(kHealth)).then_nothing_changes();
}

TEST(Decision, IsTheOwnersAndReleasesNothingThatIsCalledBack) {
  const auto to_police = release("d-1", "recipients { agency: 'police' }");
  given<Item>(held()).when(to_police, as(kPolice)).then_refused("NOT_THE_OWNER");
  given<Item>(released()).when(Item::EndDecision{"d-1"}, as(kPolice)).then_refused("NOT_THE_OWNER");
  given<Item>({}).when(to_police, as(kHealth)).then_refused("NOT_FOUND");
  const auto recalled = and_then(held(), kRecall, kHealth);
  given<Item>(recalled).when(to_police, as(kHealth)).then_refused("ITEM_RECALLED");
  const auto withheld = withhold("d-1", "recipients { agency: 'police' }");
  EXPECT_TRUE(given<Item>(recalled).when(withheld, as(kHealth)).outcome().has_value());
}

TEST(Decision, FindsRoomInAnItemOrIsRefused) {
  Item::State state = fold<Item>(held());
  const auto to_police = [](int number) {
    return release("d-" + std::to_string(number), "recipients { agency: 'police' }");
  };
  const Context context = as(kHealth);
  for (int i = 0; i < kGrantsMax; ++i) {
    const auto decided = Item::decide(state, to_police(i), context);
    ASSERT_TRUE(decided.has_value()) << i;
    state = fold<Item>(*decided, std::move(state));
    const auto ended = Item::decide(state, Item::EndDecision{"d-" + std::to_string(i)}, context);
    state = fold<Item>(ended.value(), std::move(state));
  }
  EXPECT_EQ(Item::decide(state, to_police(kGrantsMax), context).error().reason, "TOO_MANY_GRANTS");
}

TEST(Correction, TellsEveryoneItReachedAlsoWhoseDecisionHasEnded) {
  Events events = and_then(released(), Item::EndDecision{"d-1"}, kHealth);
  events =
      and_then(events, release("d-2", "recipients { agency: 'social-care' role: 'social-worker' }"),
               kHealth);
  events = and_then(events, withhold("d-3", "recipients { agency: 'education' }"), kHealth);
  const auto request = correct();
  const auto corrected = given<Item>(events).when(correction(request), as(kHealth));
  ASSERT_TRUE(corrected.outcome().has_value());
  EXPECT_THAT(corrected.outcome()->front().corrected().agencies(),
              ElementsAre("police", "social-care"));
  EXPECT_TRUE(corrected.state().corrected);
  EXPECT_TRUE(corrected.state().may_be_read_by(kSocialWorker));
  EXPECT_FALSE(corrected.state().all_acknowledged());
}

TEST(Correction, UnderStricterRulesWaitsUntilNoDecisionReleasesTheItem) {
  for (const char* stricter : {"category: 'mental-health'", "handling { in_confidence: true }",
                               "protected_identities { kind: PROTECTED_IDENTITY_KIND_WITNESS }"}) {
    const auto request = correct(stricter);
    given<Item>(released())
        .when(correction(request), as(kHealth))
        .then_refused("CORRECTION_NEEDS_DECISION");
    const auto ended = and_then(released(), Item::EndDecision{"d-1"}, kHealth);
    EXPECT_TRUE(given<Item>(ended).when(correction(request), as(kHealth)).outcome().has_value());
  }
  auto another_person = correct();
  another_person.mutable_content()->add_person_ids(kMother);
  given<Item>(released())
      .when(correction(another_person), as(kHealth))
      .then_refused("CORRECTION_NEEDS_DECISION");
}

TEST(Correction, IsTheOwnersAndComesTooLateForWhatIsCalledBack) {
  const auto request = correct();
  given<Item>(held()).when(correction(request), as(kPolice)).then_refused("NOT_THE_OWNER");
  given<Item>({}).when(correction(request), as(kHealth)).then_refused("NOT_FOUND");
  given<Item>(and_then(held(), kRecall, kHealth))
      .when(correction(request), as(kHealth))
      .then_refused("ITEM_RECALLED");
  const v1::CorrectItemRequest empty;
  const auto refused = given<Item>(held()).when(correction(empty), as(kHealth));
  refused.then_refused("INVALID_REQUEST");
  EXPECT_EQ(refused.outcome().error().faults.back().field, "reason");
}

TEST(Recall, EndsReadingForAllButTheOwnerAndHappensOnce) {
  const auto recalled = given<Item>(released()).when(kRecall, as(kHealth));
  EXPECT_FALSE(recalled.state().may_be_read_by(kPolice));
  EXPECT_TRUE(recalled.state().may_be_read_by(kHealth));
  EXPECT_NE(recalled.state().grant_for(kPolice), nullptr);
  given<Item>(and_then(released(), kRecall, kHealth))
      .when(kRecall, as(kHealth))
      .then_nothing_changes();
  given<Item>(released()).when(kRecall, as(kPolice)).then_refused("NOT_THE_OWNER");
  given<Item>(released())
      .when(v1::RecallItemRequest{}, as(kHealth))
      .then_refused("INVALID_REQUEST", {"reason"});
}

TEST(Recall, IsCompleteWhenEveryoneItReachedHasAcknowledged) {
  Events events =
      and_then(released(), release("d-2", "recipients { agency: 'social-care' }"), kHealth);
  events = and_then(events, kRecall, kHealth);
  events = and_then(events, kHeard, kPolice);
  EXPECT_THAT(acknowledged(fold<Item>(events)),
              ElementsAre(Pair("police", true), Pair("social-care", false)));
  EXPECT_EQ(fold<Item>(events).recalls.at("police").acknowledged_by, "p-17");
  given<Item>(events).when(kHeard, as(kOtherOfficer)).then_nothing_changes();
  given<Item>(events).when(kHeard, as(kSchool)).then_refused("NOTHING_TO_ACKNOWLEDGE");
  given<Item>(events)
      .when(v1::AcknowledgeRecallRequest{}, as(kManager))
      .then_refused("INVALID_REQUEST", {"action"});
  EXPECT_TRUE(given<Item>(events).when(kHeard, as(kManager)).state().all_acknowledged());
}

TEST(Recall, AfterACorrectionIsToBeAcknowledgedAnew) {
  const auto request = correct();
  Events events = and_then(released(), correction(request), kHealth);
  events = and_then(events, kHeard, kPolice);
  EXPECT_TRUE(fold<Item>(events).all_acknowledged());
  events = and_then(events, kRecall, kHealth);
  EXPECT_TRUE(fold<Item>(events).awaits("police"));
  EXPECT_FALSE(fold<Item>(events).awaits("education"));
}

}  // namespace
}  // namespace mash::sharing
