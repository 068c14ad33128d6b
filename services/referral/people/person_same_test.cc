#include <gmock/gmock.h>

#include "referral/people/cluster.h"
#include "referral/people/person.h"
#include "referral/testing/cast.h"

namespace mash::referral {

// How a scenario tells of a command that is no message.
static std::string brief(const Person::Proposal& proposal) {
  return "Proposal { " + proposal.other_person_id + " }";
}

namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Event = Person::Event;

const auto kRegistered = proto<Event>(R"(
  registered { agency: "police" referral_id: "r-1" identity { family_name: "Bell" } })");

Event same_as(const std::string& other) {
  Event event;
  event.mutable_same_decided()->set_other_person_id(other);
  return event;
}

Event not_same_as(const std::string& other) {
  Event event;
  event.mutable_not_same_decided()->set_other_person_id(other);
  return event;
}

Event proposed(const std::string& other) {
  Event event;
  event.mutable_same_proposed()->set_other_person_id(other);
  event.mutable_same_proposed()->set_referral_id("r-1");
  return event;
}

Person::State known(const std::vector<Event>& since = {}) {
  std::vector<Event> history{kRegistered};
  history.insert(history.end(), since.begin(), since.end());
  return fold<Person>(history);
}

// The persons of a test, by id.
using Persons = std::map<std::string, Person::State>;

Cluster cluster(const Persons& persons, const std::string& id) {
  return cluster_of(
             id, [&](const std::string& each) -> Result<Person::State> { return persons.at(each); })
      .value();
}

// One side of deciding that two persons are one.
Result<Person::Events> join(const Persons& persons, const std::string& id,
                            const std::string& other) {
  const Cluster mine = cluster(persons, id);
  const Cluster others = cluster(persons, other);
  return Person::decide(persons.at(id),
                        Person::Joining{.person_id = id,
                                        .other_person_id = other,
                                        .reason = "Same NHS number.",
                                        .mine = mine,
                                        .others = others},
                        as(kTriage));
}

Result<Person::Events> part(const Persons& persons, const std::string& id,
                            const std::string& other) {
  const Cluster mine = cluster(persons, id);
  return Person::decide(
      persons.at(id),
      Person::Parting{.person_id = id, .other_person_id = other, .reason = "Twins.", .mine = mine},
      as(kTriage));
}

TEST(SamePerson, StandsWithEachOfTheTwo) {
  const Persons persons{{"a", known()}, {"b", known()}};
  const auto decided = join(persons, "a", "b");
  ASSERT_TRUE(decided.has_value());
  EXPECT_EQ(decided->front().ShortDebugString(), proto<Event>(R"(same_decided {
              other_person_id: "b" reason: "Same NHS number."
              decided_at { seconds: 1772618400 } })")
                                                     .ShortDebugString());
}

TEST(SamePerson, IsDecidedOnce) {
  const Persons persons{{"a", known({same_as("b")})}, {"b", known({same_as("a")})}};
  EXPECT_THAT(join(persons, "a", "b").value(), IsEmpty());
}

TEST(SamePerson, IsNobodyWhoIsNotKnown) {
  EXPECT_EQ(join({{"a", known()}, {"b", {}}}, "a", "b").error().reason, "NOT_FOUND");
  EXPECT_EQ(join({{"a", {}}, {"b", known()}}, "a", "b").error().reason, "NOT_FOUND");
}

TEST(SamePerson, IsAnother) {
  EXPECT_THAT(faulty_fields(join({{"a", known()}}, "a", "a")), ElementsAre("other_person_id"));
}

TEST(SamePerson, IsRefusedWhereTwoOfThoseJoinedAreKnownToDiffer) {
  // a is b; c is d; b is known not to be d.
  const Persons persons{{"a", known({same_as("b")})},
                        {"b", known({same_as("a"), not_same_as("d")})},
                        {"c", known({same_as("d")})},
                        {"d", known({same_as("c"), not_same_as("b")})}};
  const auto refused = join(persons, "a", "c");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KNOWN_TO_DIFFER");
  EXPECT_EQ(refused.error().metadata.at("persons"), "b d");
}

TEST(SamePerson, UndoesThatTheseTwoDiffer) {
  const Persons persons{{"a", known({not_same_as("b")})}, {"b", known({not_same_as("a")})}};
  const auto decided = join(persons, "a", "b");
  ASSERT_TRUE(decided.has_value());
  const auto after = fold<Person>(*decided, persons.at("a"));
  EXPECT_THAT(after.same_as, ElementsAre("b"));
  EXPECT_THAT(after.not_same_as, IsEmpty());
}

TEST(SamePerson, SettlesAProposalWhereItShows) {
  const Persons persons{{"a", known({proposed("b")})}, {"b", known()}};
  const auto decided = join(persons, "a", "b").value();
  EXPECT_EQ(decided.front().same_decided().referral_id(), "r-1");
  EXPECT_THAT(fold<Person>(decided, persons.at("a")).proposals, IsEmpty());
  EXPECT_EQ(join(persons, "b", "a")->front().same_decided().referral_id(), "");
}

TEST(SamePerson, HoldsFiftyRecordsAtMost) {
  Persons persons;
  const auto chain = [&](const std::string& prefix, int size) {
    for (int i = 0; i < size; ++i) {
      std::vector<Event> links;
      if (i > 0) links.push_back(same_as(prefix + std::to_string(i - 1)));
      if (i + 1 < size) links.push_back(same_as(prefix + std::to_string(i + 1)));
      persons[prefix + std::to_string(i)] = known(links);
    }
  };
  chain("a", 25);
  chain("b", 25);
  EXPECT_TRUE(join(persons, "a0", "b24").has_value());
  chain("b", 26);
  EXPECT_EQ(join(persons, "a0", "b24").error().reason, "TOO_MANY_SAME");
}

TEST(NotSamePerson, IsRememberedAndUndoesTheLink) {
  const Persons persons{{"a", known({same_as("b")})}, {"b", known({same_as("a")})}};
  const auto decided = part(persons, "a", "b");
  ASSERT_TRUE(decided.has_value());
  const auto after = fold<Person>(*decided, persons.at("a"));
  EXPECT_THAT(after.same_as, IsEmpty());
  EXPECT_THAT(after.not_same_as, ElementsAre("b"));
  EXPECT_THAT(Person::decide(after, Person::Proposal{.other_person_id = "b"}, as(kTriage)).value(),
              IsEmpty());
}

TEST(NotSamePerson, IsDecidedOnce) {
  const Persons persons{{"a", known({not_same_as("b")})}, {"b", known({not_same_as("a")})}};
  EXPECT_THAT(part(persons, "a", "b").value(), IsEmpty());
}

TEST(NotSamePerson, NamesTheLinksThatMakeTheTwoOne) {
  const Persons persons{{"a", known({same_as("b")})},
                        {"b", known({same_as("a"), same_as("c")})},
                        {"c", known({same_as("b")})}};
  const auto refused = part(persons, "a", "c");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "ONE_THROUGH_OTHERS");
  EXPECT_EQ(refused.error().metadata.at("persons"), "a b c");
}

TEST(NotSamePerson, UndoesALinkThatOthersStillMake) {
  // Each is held to be the others; once all of a's links are undone it stands alone.
  Persons persons{{"a", known({same_as("b"), same_as("c")})},
                  {"b", known({same_as("a"), same_as("c")})},
                  {"c", known({same_as("a"), same_as("b")})}};
  for (const std::string other : {"b", "c"}) {
    const auto mine = part(persons, "a", other);
    const auto theirs = part(persons, other, "a");
    ASSERT_TRUE(mine.has_value() && theirs.has_value());
    persons["a"] = fold<Person>(*mine, persons["a"]);
    persons[other] = fold<Person>(*theirs, persons[other]);
  }
  EXPECT_THAT(cluster(persons, "a").persons, SizeIs(1));
  EXPECT_THAT(cluster(persons, "b").persons, SizeIs(2));
}

TEST(Proposal, IsMadeOnce) {
  const Person::Proposal proposal{.other_person_id = "b", .weights = "england@1"};
  const auto made = Person::decide(known(), proposal, as(kTriage)).value();
  ASSERT_THAT(made, SizeIs(1));
  EXPECT_EQ(made.front().same_proposed().referral_id(), "r-1");
  given<Person>({kRegistered, proposed("b")}).when(proposal, as(kTriage)).then({});
  given<Person>({kRegistered, proposed("b"), same_as("b")}).when(proposal, as(kTriage)).then({});
}

TEST(Proposal, IsNotMadeOfWhatIsDecided) {
  const Person::Proposal proposal{.other_person_id = "b"};
  given<Person>({kRegistered, same_as("b")}).when(proposal, as(kTriage)).then({});
  given<Person>({kRegistered, not_same_as("b")}).when(proposal, as(kTriage)).then({});
}

TEST(Proposal, IsOneOfTenThatWait) {
  std::vector<Event> history{kRegistered};
  for (int i = 0; i < kProposalsMax; ++i) history.push_back(proposed("b" + std::to_string(i)));
  const Person::Proposal proposal{.other_person_id = "c"};
  given<Person>(history).when(proposal, as(kTriage)).then({});
  history.push_back(not_same_as("b0"));
  EXPECT_THAT(Person::decide(fold<Person>(history), proposal, as(kTriage)).value(), SizeIs(1));
}

TEST(Cluster, EndsWhereItsLinksDo) {
  const Persons persons{{"a", known({same_as("b")})}, {"b", known({same_as("a")})}, {"c", known()}};
  EXPECT_THAT(cluster(persons, "a").persons, SizeIs(2));
  EXPECT_THAT(cluster(persons, "c").persons, SizeIs(1));
  EXPECT_THAT(cluster(persons, "a").path("a", "c"), IsEmpty());
}

TEST(Cluster, IsRefusedWithWhatCannotBeRead) {
  const auto refused = cluster_of("a", [](const std::string&) -> Result<Person::State> {
    return refuse(Code::kDataLoss, "RECORD_MALFORMED", "Damaged.");
  });
  EXPECT_EQ(refused.error().reason, "RECORD_MALFORMED");
}

}  // namespace
}  // namespace mash::referral
