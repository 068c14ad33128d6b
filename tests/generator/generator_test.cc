#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "generator/area.h"
#include "generator/contacts.h"
#include "generator/identifiers.h"
#include "generator/names.h"

namespace mash::generator {
namespace {

using namespace std::chrono_literals;
namespace wire = mash::referral::v1;

constexpr std::chrono::sys_days kToday{2026y / 3 / 29};

uint64_t fresh_seed() {
  const uint64_t seed = std::random_device{}();
  testing::Test::RecordProperty("seed", std::to_string(seed));
  return seed;
}

bool nhs_check_digit_holds(const std::string& number) {
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (number[static_cast<std::size_t>(i)] - '0') * (10 - i);
  return (11 - sum % 11) % 11 == number[9] - '0';
}

TEST(Identifiers, AreNobodysAndPassTheirChecks) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  ASSERT_TRUE(nhs_check_digit_holds("9434765919"));
  for (int i = 0; i < 2000; ++i) {
    const auto nhs = synthetic_nhs_number(random);
    ASSERT_EQ(nhs.size(), 10U);
    ASSERT_EQ(nhs.substr(0, 3), "999");
    ASSERT_TRUE(nhs_check_digit_holds(nhs)) << nhs;
    const auto upn = synthetic_upn(random);
    std::size_t sum = 0;
    for (std::size_t at = 1; at < upn.size(); ++at)
      sum += (at + 1) * static_cast<std::size_t>(upn[at] - '0');
    ASSERT_EQ(upn.size(), 13U);
    ASSERT_EQ(upn[0], std::string("ABCDEFGHJKLMNPQRTUVWXYZ")[sum % 23]) << upn;
  }
}

TEST(Names, MisheardAreStillNames) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  EXPECT_EQ(as_misheard(random, "Muhammad"), "Mohammed");
  int others = 0;
  for (int i = 0; i < 500; ++i) {
    const auto name = surname(random);
    const auto heard = as_misheard(random, name);
    ASSERT_FALSE(heard.empty());
    others += heard == name ? 0 : 1;
  }
  EXPECT_GT(others, 300);
}

TEST(Generator, GivesTheSameContactsForTheSameSeed) {
  const auto seed = fresh_seed();
  Generator one(seed, kToday), same(seed, kToday), other(seed + 1, kToday);
  bool differs = false;
  for (int i = 0; i < 200; ++i) {
    const auto contact = one.next();
    ASSERT_EQ(contact.request.SerializeAsString(), same.next().request.SerializeAsString())
        << "seed " << seed;
    differs =
        differs || contact.request.SerializeAsString() != other.next().request.SerializeAsString();
  }
  EXPECT_TRUE(differs);
}

// One known stream, so that no change of compiler or library goes unseen.
TEST(Generator, KeepsItsFirstContactOfSeedOne) {
  const auto request = Generator(1, kToday).next().request;
  EXPECT_EQ(request.request_id(), "019d36e3-ec00-759a-ba4e-bd5fbb686f68");
  EXPECT_EQ(request.children(0).identity().given_names(), "Penelope");
  EXPECT_EQ(request.children(0).identity().nhs_number().value(), "9990378770");
}

TEST(Generator, KeepsToTheProportionsOfEngland) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  constexpr int kCount = 20000;
  Generator generator(seed, kToday);
  std::map<std::string, int> agencies;
  std::set<std::string> request_ids;
  int repeated = 0, danger = 0, unborn = 0, children = 0;
  for (int i = 0; i < kCount; ++i) {
    const auto contact = generator.next();
    ++agencies[contact.agency];
    repeated += contact.repeated ? 1 : 0;
    danger += contact.request.immediate_danger() ? 1 : 0;
    request_ids.insert(contact.request.request_id());
    for (const auto& child : contact.request.children()) {
      ++children;
      unborn += child.identity().unborn() ? 1 : 0;
    }
  }
  // Ten standard deviations and more on either side: chance alone does not reach it.
  EXPECT_NEAR(agencies["police"], 0.28 * kCount, 0.035 * kCount);
  EXPECT_NEAR(agencies["education"], 0.21 * kCount, 0.035 * kCount);
  EXPECT_NEAR(repeated, 0.226 * kCount, 0.03 * kCount);
  EXPECT_NEAR(danger, 0.03 * kCount, 0.013 * kCount);
  EXPECT_GT(unborn, kCount / 100);
  EXPECT_LT(unborn, kCount / 20);
  EXPECT_GT(children, kCount + kCount / 3);
  EXPECT_EQ(request_ids.size(), static_cast<std::size_t>(kCount));
}

TEST(Generator, MakesOnlyContactsThatAHubTakes) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Generator generator(seed, kToday);
  for (int i = 0; i < 5000; ++i) {
    const auto request = generator.next().request;
    ASSERT_GE(request.children_size(), 1);
    ASSERT_FALSE(request.account().concern().empty());
    ASSERT_NE(request.account().parents_know(), wire::PARENTS_KNOW_UNSPECIFIED);
    ASSERT_EQ(request.account().parents_know() == wire::PARENTS_KNOW_AND_AGREE,
              request.account().parents_why_not().empty());
    ASSERT_EQ(request.immediate_danger(), !request.account().danger().empty());
    ASSERT_NE(request.lawful_basis().law_enforcement(),
              request.lawful_basis().article_6() != wire::ARTICLE6_UNSPECIFIED);
    ASSERT_LT(request.occurred_at().seconds(), kToday.time_since_epoch() / 1s);
    for (const auto& child : request.children()) {
      const auto& identity = child.identity();
      ASSERT_EQ(identity.unborn(), !identity.expected_delivery().empty());
      ASSERT_LE(age_on(identity, kToday), 18);  // 18: by a slip in the date of birth.
      ASSERT_EQ(identity.unborn(), age_on(identity, kToday) < 0);
    }
  }
}

// Of 20,000 people: every kind of household that makes matching hard.
TEST(Area, HasTwinsNamesakesAndChildrenNotBornYet) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Area area(seed, kToday), same(seed, kToday);
  std::map<std::string, int> names;
  int twins = 0, named_after_parent = 0, unborn = 0, people = 0;
  while (people < 20'000) {
    const auto household = area.next_household();
    ASSERT_EQ(household.front().SerializeAsString(),
              same.next_household().front().SerializeAsString());
    for (std::size_t i = 0; i < household.size(); ++i) {
      ++people;
      ++names[household[i].family_name()];
      unborn += household[i].unborn() ? 1 : 0;
      for (std::size_t j = 0; j < i; ++j) {
        if (!household[i].has_birth_date()) continue;
        twins += household[i].birth_date().SerializeAsString() ==
                         household[j].birth_date().SerializeAsString()
                     ? 1
                     : 0;
        named_after_parent += household[i].given_names() == household[j].given_names() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(twins, 20);
  EXPECT_GT(named_after_parent, 50);
  EXPECT_GT(unborn, 20);
  EXPECT_GT(names.size(), 1'500U);
  EXPECT_GT(names["Smith"], 100);
  EXPECT_LT(names["Smith"], 600);
}

TEST(ToldOtherwise, IsMostlyNotTheSameAndAlwaysSomebody) {
  const auto seed = fresh_seed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Area area(seed, kToday);
  Random random(seed);
  int same = 0, people = 0;
  while (people < 5'000)
    for (const auto& person : area.next_household()) {
      const auto told = told_otherwise(random, person);
      ++people;
      same += told.SerializeAsString() == person.SerializeAsString() ? 1 : 0;
      ASSERT_FALSE(told.family_name().empty() && told.given_names().empty());
      ASSERT_FALSE(told.unborn() && told.has_birth_date());
      ASSERT_LE(told.birth_date().month(), 12U);
      ASSERT_LE(told.birth_date().day(), 31U);
    }
  EXPECT_LT(same, people / 2);
  EXPECT_GT(same, people / 50);
}

}  // namespace
}  // namespace mash::generator
