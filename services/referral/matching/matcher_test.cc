#include "referral/matching/matcher.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "referral/matching/testing/england.h"

namespace mash::referral::matching {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using testing::england;
using testing::identity;
using ::testing::IsEmpty;
using testing::likeness;

constexpr auto kGiven = v1::MATCH_FIELD_GIVEN_NAMES;
constexpr auto kFamily = v1::MATCH_FIELD_FAMILY_NAME;
constexpr auto kBirth = v1::MATCH_FIELD_BIRTH_DATE;
constexpr auto kPostcode = v1::MATCH_FIELD_POSTCODE;

// How two agree in a field, which must not depend on which comes first; "" where one says nothing.
std::string words_of(const std::string& one, const std::string& other, Field field) {
  const auto explanation = [&](const v1::Likeness& found) {
    std::string words;
    for (const auto& reason : found.reasons())
      if (reason.field() == field) words = reason.explanation();
    return words;
  };
  const std::string words = explanation(likeness(one, other));
  const std::string other_way = explanation(likeness(other, one));
  EXPECT_EQ(words, other_way);
  return words;
}

std::string given(const std::string& one, const std::string& other) {
  return words_of("given_names: '" + one + "'", "given_names: '" + other + "'", kGiven);
}
std::string family(const std::string& one, const std::string& other) {
  return words_of("family_name: \"" + one + "\"", "family_name: \"" + other + "\"", kFamily);
}
std::string birth(const std::string& one, const std::string& other) {
  return words_of(one, other, kBirth);
}
std::string born(int year, int month = 0, int day = 0) {
  return "birth_date { year: " + std::to_string(year) + " month: " + std::to_string(month) +
         " day: " + std::to_string(day) + " }";
}
std::string expected(const std::string& date) {
  return "unborn: true expected_delivery: '" + date + "'";
}

TEST(GivenNames, AgreeInEveryWayTheyAreWritten) {
  EXPECT_EQ(given("Zoë", "ZOE"), "the same given names");
  EXPECT_EQ(given("Ellie-Mae", "Ellie Mae"), "the same given names");
  EXPECT_EQ(given("Maryann", "Mary Ann"), "the same given names");
  EXPECT_EQ(given("William", "Billy"), "another form of the given name");
  EXPECT_EQ(given("Bill", "Will"), "another form of the given name");
  EXPECT_EQ(given("Muhammad", "Mohammed"), "another form of the given name");
  EXPECT_EQ(given("Mary Ann", "Ann"), "a given name more or less");
  EXPECT_EQ(given("J", "Jonathan"), "the initial of the given name");
  EXPECT_EQ(given("Jonathon", "Jonathan"), "given names alike by spelling or sound");
  EXPECT_EQ(given("Shevon", "Chevon"), "given names alike by spelling or sound");
  EXPECT_EQ(given("محمد", "Mohammed"), "another form of the given name");
  EXPECT_EQ(given("خالد", "Khaled"), "given names alike by spelling or sound");
  EXPECT_EQ(given("Юрий", "Yuriy"), "given names alike by spelling or sound");
  EXPECT_EQ(given("Jack", "Olivia"), "different given names");
  EXPECT_EQ(given("Mary Ann", "Mary Jane"), "different given names");
}

TEST(GivenNames, SayNothingWhereTheyAreNotKnown) {
  EXPECT_EQ(given("", "Ada"), "");
  EXPECT_EQ(given("Baby", "Ada"), "");
  EXPECT_EQ(given("Unknown", "unknown"), "");
  EXPECT_EQ(given("\u0301\u0302", "Ada"), "");
  EXPECT_EQ(given("A", "A"), "the same given names");
}

TEST(FamilyNames, AgreeInEveryWayTheyAreWritten) {
  EXPECT_EQ(family("O'Brien", "OBRIEN"), "the same family name");
  EXPECT_EQ(family("Mac Leod", "MacLeod"), "the same family name");
  EXPECT_EQ(family("Smith-Jones", "Jones"), "one part of a double family name");
  EXPECT_EQ(family("Bell-Hall", "Hall-Bell"), "one part of a double family name");
  EXPECT_EQ(family("van der Berg", "Berg"), "one part of a double family name");
  EXPECT_EQ(family("Smith", "Smyth"), "family names alike by spelling or sound");
  EXPECT_EQ(family("Stewart", "Stuart"), "family names alike by spelling or sound");
  EXPECT_EQ(family("Kowalska", "Kowalski"), "family names alike by spelling or sound");
  EXPECT_EQ(family("van der Berg", "van der Laan"), "different family names");
  EXPECT_EQ(family("Smith", "Okafor"), "different family names");
}

TEST(Names, MayBeExchanged) {
  const std::string one = "given_names: 'Arjun' family_name: 'Patel'";
  const std::string other = "given_names: 'Patel' family_name: 'Arjun'";
  EXPECT_EQ(words_of(one, other, kGiven), "given and family name exchanged");
  EXPECT_EQ(words_of(one, other, kFamily), "given and family name exchanged");
  EXPECT_GT(likeness(one, other).weight(), 0);
}

TEST(Names, MayBeWhatSomebodyIsAlsoKnownBy) {
  const std::string one = "given_names: 'Katherine' family_name: 'Bell' also_known_as: 'Kit Hall'";
  EXPECT_EQ(words_of(one, "given_names: 'Kit' family_name: 'Hall'", kFamily),
            "the same family name");
  EXPECT_EQ(words_of("given_names: 'Ngozi' family_name: 'Eze' also_known_as: 'Bobo'",
                     "given_names: 'Bobo' family_name: 'Eze'", kGiven),
            "the same given names");
}

TEST(BirthDates, AgreeInEveryWayTheyAreWritten) {
  EXPECT_EQ(birth(born(2015, 3, 12), born(2015, 3, 12)), "the same date of birth");
  EXPECT_EQ(birth(born(2015, 3, 12), born(2015, 12, 3)), "day and month exchanged");
  EXPECT_EQ(birth(born(2015, 3, 12), born(2015, 3)),
            "the same year and month; the day is not known");
  EXPECT_EQ(birth(born(2015), born(2015, 3, 12)), "the same year; the month is not known");
  EXPECT_EQ(birth(born(2015, 3, 12), born(2016, 3, 12)), "one part of the date of birth differs");
  EXPECT_EQ(birth(born(2015, 3, 12), born(2015, 3, 21)), "one part of the date of birth differs");
  EXPECT_EQ(birth(born(2015, 2, 28), born(2015, 3, 1)), "one part of the date of birth differs");
  EXPECT_EQ(birth(born(2015, 3, 12), born(2015, 5, 17)), "different dates of birth");
  EXPECT_EQ(birth(born(2015, 3), born(2015, 4)), "different dates of birth");
  EXPECT_EQ(birth(born(2015), born(1991, 3, 12)), "born years apart");
  EXPECT_EQ(birth(born(2015, 2, 30), born(2015, 2, 3)),
            "the same year and month; the day is not known");
  EXPECT_EQ(birth(born(0, 3, 12), born(2015, 3, 12)), "");
}

TEST(BirthDates, FollowWhatWasExpectedOfAnUnbornChild) {
  const std::string about = "born about when the birth was expected";
  EXPECT_EQ(birth(expected("2026-03-29"), born(2026, 3, 21)), about);
  EXPECT_EQ(birth(expected("2026-03-29"), born(2026, 2, 1)), about);
  EXPECT_EQ(birth(expected("2026-03-29"), born(2025, 8, 1)), "different dates of birth");
  EXPECT_EQ(birth(expected("2026-03-29"), expected("2026-03-29")), "the same date of birth");
  EXPECT_EQ(birth(expected("2026-03-29"), expected("2026-04-05")), about);
  EXPECT_EQ(birth(expected("2026-03-29"), expected("2026-06-05")), "different dates of birth");
  EXPECT_EQ(birth(expected("2026-03-29"), born(2026)), "the same year; the month is not known");
}

TEST(Postcodes, AgreeWhereverTheyWereKnownToLive) {
  const auto postcode = [](const std::string& one, const std::string& other) {
    return words_of("addresses { postcode: '" + one + "' }",
                    "addresses { postcode: 'M1 1AA' } addresses { postcode: '" + other + "' }",
                    kPostcode);
  };
  EXPECT_EQ(postcode("GL1 2TG", "GL1 2TG"), "the same postcode");
  EXPECT_EQ(postcode("GL1 2TG", "gl12tg"), "the same postcode");
  EXPECT_EQ(postcode("GL1 2TG", "GL1 2AB"), "postcodes near each other, or a slip away");
  EXPECT_EQ(postcode("GL1 2TG", "GL2 2TG"), "postcodes near each other, or a slip away");
  EXPECT_EQ(postcode("GL1 2TG", "S10 5NA"), "different postcodes");
}

TEST(Numbers, CountOnlyWhereTheyAreValid) {
  const std::string right = "nhs_number { value: '943 476 5919' }";
  EXPECT_EQ(likeness(right, "nhs_number { value: '9434765919' }").reasons(0).agreement(),
            v1::AGREEMENT_EXACT);
  EXPECT_EQ(likeness(right, "nhs_number { value: '9990378770' }").reasons(0).agreement(),
            v1::AGREEMENT_NONE);
  EXPECT_THAT(likeness(right, "nhs_number { value: '9434765918' }").reasons(), IsEmpty());
  EXPECT_THAT(likeness("upn { value: 'UN1' }", "upn { value: 'UN1' }").reasons(), IsEmpty());
}

TEST(Sex, SaysNothingWhereItIsNotKnown) {
  EXPECT_GT(likeness("sex: SEX_FEMALE", "sex: SEX_FEMALE").weight(), 0);
  EXPECT_LT(likeness("sex: SEX_FEMALE", "sex: SEX_MALE").weight(), 0);
  EXPECT_THAT(likeness("sex: SEX_INDETERMINATE", "sex: SEX_MALE").reasons(), IsEmpty());
  EXPECT_THAT(likeness("", "sex: SEX_MALE").reasons(), IsEmpty());
}

TEST(Likeness, OfNothingIsNothing) {
  EXPECT_EQ(likeness("", "").weight(), 0);
  EXPECT_EQ(likeness("", "").probability(), 0);
  EXPECT_EQ(likeness("description: 'a boy of six'", "description: 'a boy of six'").weight(), 0);
}

TEST(Likeness, IsTheSumOfItsReasons) {
  const auto found = likeness(
      "given_names: 'Bill' family_name: 'Turner' " + born(2015, 3, 12) + " sex: SEX_MALE",
      "given_names: 'William' family_name: 'Turnor' " + born(2015, 12, 3) + " sex: SEX_MALE");
  double sum = 0;
  for (const auto& reason : found.reasons()) sum += reason.weight();
  EXPECT_NEAR(found.weight(), sum, 1e-9);
  EXPECT_EQ(found.reasons_size(), 4);
}

TEST(Likeness, CountsACommonNameForLess) {
  const auto of = [](const std::string& name) {
    return likeness("family_name: '" + name + "'", "family_name: '" + name + "'").weight();
  };
  EXPECT_LT(of("Smith"), of("Khan"));
  EXPECT_LT(of("Khan"), of("Featherstonehaugh"));
  EXPECT_GT(of("Smith"), likeness("family_name: 'Smith'", "family_name: 'Smyth'").weight());
}

constexpr char kHome[] = " addresses { postcode: 'GL1 2TG' }";

TEST(Likeness, ProposesAChildWhomTwoAgenciesTellOfInTwoWays) {
  const auto found =
      likeness("given_names: 'Isabella' family_name: 'Bell-Hall' sex: SEX_FEMALE " +
                   born(2015, 3, 12) + kHome,
               "given_names: 'Izzy' family_name: 'Hall' " + born(2015, 12, 3) + kHome);
  EXPECT_GT(found.probability(), england().propose_at());
}

TEST(Likeness, HoldsTwinsApart) {
  const std::string family = " family_name: 'Featherstonehaugh' " + born(2015, 3, 12) + kHome;
  const auto twins = likeness("given_names: 'Ada' sex: SEX_FEMALE" + family,
                              "given_names: 'Ben' sex: SEX_MALE" + family);
  EXPECT_LT(twins.probability(), england().possible_at());
  const auto girls = likeness("given_names: 'Ada' sex: SEX_FEMALE" + family,
                              "given_names: 'Ruth' sex: SEX_FEMALE" + family);
  EXPECT_LT(girls.probability(), england().propose_at());
  EXPECT_THAT(girls.reasons(3).explanation(), "different given names, as in one household");
}

TEST(Likeness, HoldsFatherAndSonOfOneNameApart) {
  const std::string name =
      "given_names: 'Cuthbert' family_name: 'Featherstonehaugh' sex: SEX_MALE ";
  const auto found = likeness(name + born(1985, 7, 1) + kHome, name + born(2015, 3, 12) + kHome);
  EXPECT_LT(found.probability(), england().propose_at());
}

TEST(Likeness, HoldsStrangersOfOneNameApart) {
  const std::string name = "given_names: 'Muhammad' family_name: 'Khan' sex: SEX_MALE ";
  EXPECT_LT(likeness(name, name).probability(), england().propose_at());
  EXPECT_LT(likeness(name + born(2015), name + born(2015)).probability(), england().propose_at());
}

TEST(Likeness, OfAllThatWasKnownIsTheLikeliest) {
  const Matcher matcher(england());
  const std::vector<Profile> one{
      matcher.prepare(identity("given_names: 'Ada' family_name: 'Bell'")),
      matcher.prepare(identity("given_names: 'Ada' family_name: 'Hall'"))};
  const std::vector<Profile> other{
      matcher.prepare(identity("given_names: 'Ada' family_name: 'Hall'"))};
  EXPECT_DOUBLE_EQ(matcher.compare(one, other).weight(),
                   matcher.compare(one[1], other[0]).weight());
  EXPECT_DOUBLE_EQ(matcher.compare(other, one).weight(),
                   matcher.compare(one[1], other[0]).weight());
}

// Identities out of few values, so that all ways of agreeing come up.
v1::Identity any_identity() {
  const auto one_of = [](std::vector<std::string> values) {
    return *rc::gen::elementOf(std::move(values));
  };
  v1::Identity made;
  made.set_given_names(
      one_of({"", "Ada", "Ada Mae", "William", "Bill", "Patel", "J", "Baby", "雪", "\u0301"}));
  made.set_family_name(
      one_of({"", "Patel", "Bell", "Bell-Hall", "Smith", "Smyth", "van der Berg", "William"}));
  if (*rc::gen::inRange(0, 4) == 0) made.add_also_known_as(one_of({"Bill Hall", "Kit", "Ada"}));
  if (*rc::gen::arbitrary<bool>()) {
    made.mutable_birth_date()->set_year(*rc::gen::inRange(2013U, 2016U));
    made.mutable_birth_date()->set_month(*rc::gen::inRange(0U, 13U));
    made.mutable_birth_date()->set_day(*rc::gen::inRange(0U, 29U));
  }
  made.set_sex(*rc::gen::element(v1::SEX_UNSPECIFIED, v1::SEX_MALE, v1::SEX_FEMALE));
  if (*rc::gen::arbitrary<bool>())
    made.add_addresses()->set_postcode(one_of({"GL1 2TG", "GL1 2TH", "M1 1AA"}));
  if (*rc::gen::arbitrary<bool>())
    made.mutable_nhs_number()->set_value(one_of({"9434765919", "9990378770"}));
  return made;
}

RC_GTEST_PROP(LikenessProperty, IsSymmetric, ()) {
  const Matcher matcher(england());
  const auto one = matcher.prepare(any_identity());
  const auto other = matcher.prepare(any_identity());
  auto there = matcher.compare(one, other);
  auto back = matcher.compare(other, one);
  RC_ASSERT(std::abs(there.weight() - back.weight()) < 1e-9);
  RC_ASSERT(std::abs(there.probability() - back.probability()) < 1e-12);
  RC_ASSERT(there.reasons_size() == back.reasons_size());
}

// Both say one thing more, and it is the same.
RC_GTEST_PROP(LikenessProperty, IsNeverLoweredByOneMoreAgreement, ()) {
  const Matcher matcher(england());
  v1::Identity one = any_identity();
  v1::Identity other = any_identity();
  v1::Identity more = any_identity();
  for (v1::Identity* each : {&one, &other}) each->clear_also_known_as();
  const auto drop = [&](v1::Identity& from) {
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        from.clear_given_names();
        return 0;
      case 1:
        from.clear_birth_date();
        return 1;
      case 2:
        from.clear_sex();
        return 2;
      case 3:
        from.clear_addresses();
        return 3;
      default:
        from.clear_nhs_number();
        return 4;
    }
  };
  const int dropped = drop(one);
  const auto before = matcher.compare(matcher.prepare(one), matcher.prepare(other));
  for (v1::Identity* each : {&one, &other}) {
    if (dropped == 0) each->set_given_names(more.given_names());
    if (dropped == 1) *each->mutable_birth_date() = more.birth_date();
    if (dropped == 2) each->set_sex(more.sex());
    if (dropped == 3) *each->mutable_addresses() = more.addresses();
    if (dropped == 4) *each->mutable_nhs_number() = more.nhs_number();
  }
  const auto after = matcher.compare(matcher.prepare(one), matcher.prepare(other));
  RC_ASSERT(after.probability() >= before.probability() - 1e-12);
}

}  // namespace
}  // namespace mash::referral::matching
