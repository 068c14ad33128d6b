#include "referral/matching/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "referral/matching/testing/england.h"

namespace mash::referral::matching {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::england;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::string shipped() {
  std::ostringstream text;
  text << std::ifstream(std::string(MASH_SOURCE_DIR) + "/deploy/matching/england.yaml").rdbuf();
  return text.str();
}

// What is said of the shipped file with this in place of that.
std::vector<std::string> faults_with(const std::string& that, const std::string& in_place) {
  std::string text = shipped();
  const auto at = text.find(that);
  EXPECT_NE(at, std::string::npos) << that;
  text.replace(at, that.size(), in_place);
  const auto read = Weights::parse(text, "w.yaml");
  std::vector<std::string> faults;
  if (read) return faults;
  EXPECT_EQ(read.error().reason, "INVALID_WEIGHTS");
  for (const auto& fault : read.error().faults) faults.push_back(fault.description);
  return faults;
}

TEST(Weights, OfEnglandAreValidAndCited) {
  EXPECT_THAT(england().citation(), ::testing::MatchesRegex("england@[0-9]+ sha256:[0-9a-f]+"));
  EXPECT_LE(england().possible_at(), england().propose_at());
}

TEST(Weights, ThatMakeAgreementSpeakAgainstAreRefused) {
  EXPECT_THAT(faults_with("    exact: {same: ", "    exact: {same: 0.0000000001}\n    x: {same: "),
              Contains(HasSubstr("is missing")));
  std::string text = shipped();
  const auto sex = text.find("  sex:\n    exact: {same: ");
  ASSERT_NE(sex, std::string::npos);
  EXPECT_THAT(faults_with(text.substr(sex, text.find('\n', sex + 8) - sex),
                          "  sex:\n    exact: {same: 0.4, stranger: 0.5, household: 0.5}"),
              Contains(HasSubstr("to agree never speaks against")));
}

TEST(Weights, ThatAreNoNumbersOrMisspeltAreRefused) {
  EXPECT_THAT(faults_with("prior: {same: ", "prior: {same: often, same_too: "),
              ::testing::IsSupersetOf(
                  {HasSubstr("must be a number from"), HasSubstr("same_too is not known here")}));
  EXPECT_THAT(faults_with("propose: 0.65", "propose: 0.01"),
              Contains(HasSubstr("must not be above propose")));
}

TEST(Weights, NameWordsAsNamesAreFolded) {
  EXPECT_THAT(faults_with("  smith: ", "  Smith: "),
              Contains(HasSubstr("must be words of the letters a to z")));
}

TEST(Weights, ThatAreNotThereAreRefused) {
  EXPECT_EQ(Weights::load("/nowhere/weights.yaml").error().reason, "WEIGHTS_MISSING");
}

TEST(Weights, KnowTheFormsOfAName) {
  EXPECT_THAT(england().forms_of("bill"), UnorderedElementsAre("bill", "william"));
  EXPECT_THAT(england().forms_of("alex"), ::testing::IsSupersetOf({"alexander", "alexandra"}));
  EXPECT_THAT(england().forms_of("featherstonehaugh"), ElementsAre("featherstonehaugh"));
}

}  // namespace
}  // namespace mash::referral::matching
