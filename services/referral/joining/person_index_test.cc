#include "referral/joining/person_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/testing/temp_log.h"
#include "mash/referral/v1/person_events.pb.h"
#include "referral/matching/testing/england.h"

namespace mash::referral {
namespace {

using matching::testing::england;
using matching::testing::identity;
using ::testing::IsEmpty;

constexpr char kAda[] =
    "given_names: 'Isabella' family_name: 'Bell' birth_date { year: 2015 month: 3 day: 12 } "
    "addresses { postcode: 'GL1 2TG' }";

// A log, the look-up of its people, and what finds them.
class PersonIndexTest : public ::testing::Test {
 protected:
  PersonIndexTest()
      : lookup(log::Lookup::open({.directory = log_.folder() / "lookup",
                                  .content = PersonIndex::content(*log_, england())})
                   .value()),
        index(*log_, log_.keys(), *lookup, matcher_) {}

  // What the log's reader would do with the event.
  void tell(const std::string& person, const v1::PersonEvent& event) {
    std::promise<Result<log::Appended>> done;
    handle(
        *log_, {.context = {.actor = log::testing::triage_officer(), .now = log_.clock().now()}},
        [&](log::UnitOfWork& unit) { return unit.add({"person/" + person}, event); },
        [&](Result<log::Appended> appended) { done.set_value(std::move(appended)); });
    const auto appended = done.get_future().get();
    ASSERT_TRUE(appended.has_value()) << appended.error().message;
    read_to(person, log_->size());
  }

  void read_to(const std::string& person, uint64_t size) {
    log::LookupChanges changes{.cursor = size};
    ASSERT_TRUE(index.learn(Uuid::parse(person).value(), size - 1, changes).has_value());
    ASSERT_TRUE(lookup->apply(changes).has_value());
  }

  std::string add(const std::string& text) {
    const std::string person = log_.keys().fresh_key_id().value();
    v1::PersonEvent event;
    *event.mutable_registered()->mutable_identity() = identity(text);
    tell(person, event);
    return person;
  }

  void correct(const std::string& person, const std::string& text) {
    v1::PersonEvent event;
    *event.mutable_corrected()->mutable_identity() = identity(text);
    tell(person, event);
  }

  std::vector<std::string> found(const std::string& text) {
    std::vector<std::string> ids;
    const auto likes = index.find(identity(text), england().possible_at()).value();
    for (const auto& like : likes) ids.push_back(like.person_id);
    return ids;
  }

 private:
  log::testing::TempLog log_;
  const matching::Matcher matcher_{england()};

 protected:
  void destroy(const std::string& person) {
    ASSERT_TRUE(log_.vault().destroy(std::vector{person}).has_value());
  }
  uint64_t size() { return log_->size(); }

  std::unique_ptr<log::Lookup> lookup;
  PersonIndex index;
};

TEST_F(PersonIndexTest, FindsSomebodyToldOfInAnotherWay) {
  const auto ada = add(kAda);
  add("given_names: 'Jack' family_name: 'Bell' birth_date { year: 2013 month: 9 day: 2 }");
  EXPECT_THAT(found("given_names: 'Izzy' family_name: 'Bel' "
                    "birth_date { year: 2015 month: 12 day: 3 }"),
              ::testing::ElementsAre(ada));
  EXPECT_THAT(found("given_names: 'Ngozi' family_name: 'Eze'"), IsEmpty());
}

TEST_F(PersonIndexTest, FindsTheLikeliestFirst) {
  const auto sister =
      add("given_names: 'Isobel' family_name: 'Bell' birth_date { year: 2015 month: 3 day: 1 } "
          "addresses { postcode: 'GL1 2TG' }");
  const auto ada = add(kAda);
  const auto ids = found(kAda);
  ASSERT_FALSE(ids.empty());
  EXPECT_EQ(ids.front(), ada);
}

TEST_F(PersonIndexTest, FindsByWhatWasKnownBeforeACorrectionAndTellsWhatIsKnownNow) {
  const auto ada = add(kAda);
  correct(ada, "given_names: 'Isabella' family_name: 'Turner'");
  EXPECT_THAT(found(kAda), ::testing::ElementsAre(ada));
  const auto like = index.find(identity(kAda), england().possible_at()).value();
  EXPECT_EQ(like.front().identity.family_name(), "Turner");
  EXPECT_EQ(index.identities(Uuid::parse(ada).value())->size(), 2U);
}

TEST_F(PersonIndexTest, LearnsSeveralTellingsOfOneStretchTogether) {
  const auto ada = add(kAda);
  correct(ada, "given_names: 'Isabella' family_name: 'Turner'");
  log::LookupChanges changes{.cursor = size()};
  const auto id = Uuid::parse(ada).value();
  ASSERT_TRUE(index.learn(id, 0, changes).has_value());
  ASSERT_TRUE(index.learn(id, 1, changes).has_value());
  ASSERT_TRUE(lookup->apply(changes).has_value());
  EXPECT_EQ(index.identities(id)->front().family_name(), "Turner");
}

TEST_F(PersonIndexTest, FindsAPersonOfTheLogWithoutThemselves) {
  const auto ada = add(kAda);
  const auto other = add(kAda);
  const auto id = Uuid::parse(ada).value();
  const auto like = index.find(id, index.identities(id).value(), england().propose_at()).value();
  ASSERT_EQ(like.size(), 1U);
  EXPECT_EQ(like.front().person_id, other);
}

TEST_F(PersonIndexTest, NeitherFindsNorLearnsSomebodyWhoseKeyIsDestroyed) {
  const auto ada = add(kAda);
  destroy(ada);
  EXPECT_THAT(found(kAda), IsEmpty());  // still in the look-up, and not to be opened
  ASSERT_TRUE(lookup->erase(ada).has_value());
  read_to(ada, size());
  EXPECT_THAT(found(kAda), IsEmpty());
  EXPECT_THAT(index.identities(Uuid::parse(ada).value()).value(), IsEmpty());
}

}  // namespace
}  // namespace mash::referral
