// Words alone: folding, similarity, sound.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "referral/matching/double_metaphone.h"
#include "referral/matching/folding.h"
#include "referral/matching/similarity.h"

namespace mash::referral::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Folding, TakesAwayCaseAccentsAndPunctuation) {
  EXPECT_THAT(fold("Siobhán O'Brien-Khan"), ElementsAre("siobhan", "obrien", "khan"));
  EXPECT_THAT(fold("  St. John  SMITH "), ElementsAre("st", "john", "smith"));
  EXPECT_THAT(fold("O’Connor"), ElementsAre("oconnor"));
  EXPECT_THAT(fold("Łukasz Żółć"), ElementsAre("lukasz", "zolc"));
  EXPECT_THAT(fold("Weiß"), ElementsAre("weiss"));
}

TEST(Folding, WritesEveryScriptInLatinLetters) {
  EXPECT_THAT(fold("Иванова"), ElementsAre("ivanova"));
  EXPECT_THAT(fold("Γιώργος"), ElementsAre("giorgos"));
  EXPECT_THAT(fold("محمد"), ElementsAre("mhmd"));
  EXPECT_THAT(fold("王小明"), ElementsAre("wang", "xiao", "ming"));
  EXPECT_THAT(fold("ประเทศ").size(), 1U);
  EXPECT_THAT(fold("あゆみ"), ElementsAre("ayumi"));
}

TEST(Folding, DoesNotCareHowAnAccentIsWritten) {
  EXPECT_EQ(fold("Zoe\u0308"), fold("Zo\u00eb"));
  EXPECT_EQ(fold("ＡＤＡ"), fold("Ada"));  // full width
}

TEST(Folding, FindsNoWordsWhereThereAreNoLetters) {
  EXPECT_THAT(fold(""), IsEmpty());
  EXPECT_THAT(fold("\u0301\u0302\u0303"), IsEmpty());  // only marks
  EXPECT_THAT(fold("-- ''' 123 ?"), IsEmpty());
  EXPECT_THAT(fold("\xff\xfe\x80"), IsEmpty());  // no text at all
}

TEST(Folding, KeepsToItsLimits) {
  std::string long_name;
  for (int i = 0; i < 300; ++i) long_name += "я";
  const Words one_word = fold(long_name);
  ASSERT_EQ(one_word.size(), 1U);
  EXPECT_EQ(one_word.front().size(), kWordLettersMax);
  std::string many_words;
  for (int i = 0; i < 150; ++i) many_words += "x ";
  EXPECT_EQ(fold(many_words).size(), kWordsMax);
}

// W. E. Winkler's own examples.
TEST(JaroWinkler, AgreesWithThePublishedExamples) {
  EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.961, 0.001);
  EXPECT_NEAR(jaro_winkler("dixon", "dicksonx"), 0.813, 0.001);
  EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.840, 0.001);
  EXPECT_NEAR(jaro_winkler("jones", "johnson"), 0.832, 0.001);
}

TEST(JaroWinkler, IsOneForTheSameAndNoughtForNothingInCommon) {
  EXPECT_DOUBLE_EQ(jaro_winkler("ada", "ada"), 1);
  EXPECT_DOUBLE_EQ(jaro_winkler("ada", ""), 0);
  EXPECT_DOUBLE_EQ(jaro_winkler("abc", "xyz"), 0);
  EXPECT_DOUBLE_EQ(jaro_winkler("a", "a"), 1);
}

TEST(OneSlip, IsALetterMoreLessOrAnotherOrTwoExchanged) {
  EXPECT_TRUE(one_slip_apart("GL12TG", "GL12TH"));
  EXPECT_TRUE(one_slip_apart("GL12TG", "GL12GT"));
  EXPECT_TRUE(one_slip_apart("GL12TG", "GL122TG"));
  EXPECT_TRUE(one_slip_apart("GL12TG", "L12TG"));
  EXPECT_FALSE(one_slip_apart("GL12TG", "GL12TG"));
  EXPECT_FALSE(one_slip_apart("GL12TG", "GL13TH"));
  EXPECT_FALSE(one_slip_apart("GL12TG", "GL1"));
}

struct Spoken {
  std::string word, primary, alternate;
};

// The rules' own examples, and names as they are heard here.
TEST(DoubleMetaphone, HearsNamesAsTheyAreSpoken) {
  for (const auto& [word, primary, alternate] :
       std::initializer_list<Spoken>{{"smith", "SM0", "XMT"},
                                     {"schmidt", "XMT", "SMT"},
                                     {"snider", "SNTR", "XNTR"},
                                     {"schneider", "XNTR", "SNTR"},
                                     {"thompson", "TMPSN", "TMPSN"},
                                     {"thomas", "TMS", "TMS"},
                                     {"catherine", "K0RN", "KTRN"},
                                     {"michael", "MKL", "MXL"},
                                     {"hugh", "H", "H"},
                                     {"gough", "KF", "KF"},
                                     {"wright", "RT", "RT"},
                                     {"knight", "NT", "NT"},
                                     {"jose", "HS", "HS"},
                                     {"cabrillo", "KPRL", "KPR"},
                                     {"wasserman", "ASRMN", "FSRMN"},
                                     {"arnow", "ARN", "ARNF"},
                                     {"filipowicz", "FLPTS", "FLPFX"},
                                     {"zhao", "J", "J"},
                                     {"xavier", "SF", "SFR"},
                                     {"caesar", "SSR", "SSR"},
                                     {"accident", "AKSTNT", "AKSTNT"},
                                     {"edgar", "ATKR", "ATKR"},
                                     {"dumb", "TM", "TM"},
                                     {"campbell", "KMPL", "KMPL"},
                                     {"ghislaine", "JLN", "JLN"},
                                     {"bacchus", "PKS", "PKS"},
                                     {"isla", "AL", "AL"},
                                     {"sugar", "XKR", "SKR"}}) {
    EXPECT_EQ(double_metaphone(word).primary, primary) << word;
    EXPECT_EQ(double_metaphone(word).alternate, alternate) << word;
  }
}

TEST(DoubleMetaphone, HearsNothingInNothingAndEndsWithLongWords) {
  EXPECT_EQ(double_metaphone(""), Sounds{});
  EXPECT_EQ(double_metaphone("h").primary, "");
  EXPECT_LE(double_metaphone(std::string(40, 'k')).primary.size(), 8U);
  EXPECT_EQ(double_metaphone("btrkslmnfp").primary.size(), 8U);
}

TEST(SoundAlike, IsSharingACodeEitherWay) {
  const auto alike = [](std::string_view one, std::string_view other) {
    return sound_alike(double_metaphone(one), double_metaphone(other));
  };
  EXPECT_TRUE(alike("smith", "schmidt"));
  EXPECT_TRUE(alike("schmidt", "smith"));
  EXPECT_TRUE(alike("stewart", "stuart"));
  EXPECT_FALSE(alike("smith", "jones"));
  EXPECT_FALSE(alike("", ""));
}

}  // namespace
}  // namespace mash::referral::matching
