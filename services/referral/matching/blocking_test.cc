#include "referral/matching/blocking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral/matching/testing/england.h"

namespace mash::referral::matching {
namespace {

using ::testing::ElementsAre;
using testing::england;
using testing::identity;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> keys_of(const std::string& text) {
  return blocking_keys(profile_of(identity(text), england()));
}

std::vector<std::string> in_common(const std::string& one, const std::string& other) {
  auto of_one = keys_of(one);
  auto of_other = keys_of(other);
  std::ranges::sort(of_one);
  std::ranges::sort(of_other);
  std::vector<std::string> common;
  std::ranges::set_intersection(of_one, of_other, std::back_inserter(common));
  return common;
}

constexpr char kAda[] =
    "given_names: 'Ada' family_name: 'Bell' birth_date { year: 2015 month: 3 day: 12 } "
    "addresses { postcode: 'GL1 2TG' }";

TEST(BlockingKeys, AreSharedHoweverSomebodyIsToldOf) {
  for (const char* other :
       {"given_names: 'Bell' family_name: 'Ada' birth_date { year: 2015 month: 3 day: 12 }",
        "given_names: 'Ada' birth_date { year: 2015 month: 12 day: 3 }",
        "given_names: 'Aida' family_name: 'Bel'",
        "given_names: 'Eve' family_name: 'Bell' birth_date { year: 2015 }",
        "given_names: 'Ada' family_name: 'Turner' addresses { postcode: 'GL1 2TG' }",
        "birth_date { year: 2015 } addresses { postcode: 'GL1 2TG' }",
        "given_names: 'Ada' family_name: 'Hall-Bell'", "also_known_as: 'Ada Bell'"})
    EXPECT_THAT(in_common(kAda, other), Not(IsEmpty())) << other;
}

TEST(BlockingKeys, AreSharedByTheFormsOfAName) {
  EXPECT_THAT(in_common("given_names: 'Bill' family_name: 'Bell'",
                        "given_names: 'William' family_name: 'Bell'"),
              Not(IsEmpty()));
}

TEST(BlockingKeys, AreSharedByAChildThatWasExpectedAndIsBorn) {
  const char* expected =
      "family_name: 'Bell' unborn: true expected_delivery: '2026-01-04' "
      "addresses { postcode: 'GL1 2TG' }";
  EXPECT_THAT(
      in_common(expected, "family_name: 'Bell' birth_date { year: 2025 month: 12 day: 29 }"),
      Not(IsEmpty()));
  EXPECT_THAT(in_common(expected, "family_name: 'Bell' birth_date { year: 2026 }"), Not(IsEmpty()));
}

TEST(BlockingKeys, AreNotSharedByStrangers) {
  EXPECT_THAT(in_common(kAda, "given_names: 'Ngozi' family_name: 'Eze' birth_date { year: 2015 }"),
              IsEmpty());
}

TEST(BlockingKeys, AreNoneWhereNothingIsKnown) {
  EXPECT_THAT(keys_of(""), IsEmpty());
  EXPECT_THAT(keys_of("given_names: '\u0301' description: 'a boy'"), IsEmpty());
  EXPECT_THAT(keys_of("given_names: 'Ada'"), IsEmpty());  // hundreds have that name
}

TEST(BlockingKeys, AreLimitedAndBeginWithTheMostTelling) {
  std::string many = std::string(kAda) + "nhs_number { value: '9434765919' }";
  for (const char* alias :
       {"Kit Turner", "Bob Khan", "Zed Marlow", "Amy Lister", "Una Quist", "Ida Fox", "Jo Wren"})
    many += " also_known_as: '" + std::string(alias) + "'";
  for (int i = 0; i < 9; ++i) many += " addresses { postcode: 'M" + std::to_string(i) + " 1AA' }";
  const auto keys = keys_of(many);
  EXPECT_EQ(keys.size(), kBlockingKeysMax);
  EXPECT_EQ(keys.front(), "nhs 9434765919");
}

TEST(Candidates, AreRankedByHowRareWhatTheyShareIs) {
  const auto id = [](uint8_t number) {
    Uuid made;
    made.bytes[15] = number;
    return made;
  };
  Candidates candidates;
  std::vector<Uuid> many;
  for (uint8_t i = 1; i <= 100; ++i) many.push_back(id(i));
  const std::vector<Uuid> few{id(7), id(9)};
  candidates.found_by_one_key(many);
  candidates.found_by_one_key(few);
  candidates.found_by_one_key(std::vector{id(9)});
  candidates.found_by_one_key({});
  EXPECT_THAT(candidates.best(2), ElementsAre(id(9), id(7)));
  EXPECT_EQ(candidates.best(1000).size(), 100U);
}

}  // namespace
}  // namespace mash::referral::matching
