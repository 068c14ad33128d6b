#include "policy/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace mash::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> faults_of(std::string_view text) {
  Faults faults("f");
  (void)read_yaml(text, faults);
  std::vector<std::string> texts;
  for (const auto& fault : faults.take()) texts.push_back(fault.field + " " + fault.description);
  return texts;
}

TEST(YamlTree, RemembersWhereEverythingStood) {
  Faults faults("f");
  const Node root = read_yaml("a: 1\nb:\n  - x\n  - {c: d}\n", faults);
  EXPECT_TRUE(faults.none());
  ASSERT_THAT(root.pairs, SizeIs(2));
  EXPECT_EQ(root.pairs[0].first, "a");
  EXPECT_EQ(root.pairs[0].second.text, "1");
  EXPECT_EQ(root.pairs[0].second.mark.line, 1);
  EXPECT_EQ(root.pairs[0].second.mark.column, 4);
  const Node& list = root.pairs[1].second;
  ASSERT_THAT(list.items, SizeIs(2));
  EXPECT_EQ(list.items[0].mark.line, 3);
  EXPECT_EQ(list.items[0].mark.column, 5);
  EXPECT_EQ(list.items[1].pairs[0].second.text, "d");
}

TEST(YamlTree, RefusesAliasesBeforeTheyGrow) {
  EXPECT_THAT(faults_of("a: &x [1, 2]\nb: *x\n"), ElementsAre(HasSubstr("f:1:4 an anchor")));
  std::string bomb = "a0: &a0 x\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + "," + before +
            "," + before + "]\n";
  }
  EXPECT_THAT(faults_of(bomb), SizeIs(1));
}

TEST(YamlTree, RefusesTagsFurtherDocumentsAndKeysGivenTwice) {
  EXPECT_THAT(faults_of("a: !!binary x\n"), ElementsAre(HasSubstr("a tag")));
  EXPECT_THAT(faults_of("a: !thing {}\n"), ElementsAre(HasSubstr("a tag")));
  EXPECT_THAT(faults_of("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("one document")));
  EXPECT_THAT(faults_of("a: 1\nb: 2\na: 3\n"), ElementsAre("f:3:1 the key \"a\" is given twice"));
  EXPECT_THAT(faults_of("? [1]\n: 2\n"), ElementsAre(HasSubstr("a key must be a word")));
  EXPECT_THAT(faults_of("? ~\n: 2\n"), SizeIs(1));
}

TEST(YamlTree, SaysWhereTheSyntaxBreaks) {
  EXPECT_THAT(faults_of("a: 1\nb: [1, 2\n"), ElementsAre(HasSubstr("this is not YAML")));
  EXPECT_THAT(faults_of("a: 1\n b: 2\n"), ElementsAre(HasSubstr("f:2:")));
  EXPECT_THAT(faults_of(""), ElementsAre("f:1:1 the file is empty"));
}

TEST(YamlTree, BoundsSizeDepthAndNumber) {
  EXPECT_THAT(faults_of(std::string(kMaxYamlBytes + 1, ' ')), ElementsAre(HasSubstr("at most")));
  EXPECT_THAT(faults_of(std::string(kMaxYamlDepth, '[') + std::string(kMaxYamlDepth, ']')),
              IsEmpty());
  EXPECT_THAT(faults_of(std::string(kMaxYamlDepth + 1, '[') + std::string(kMaxYamlDepth + 1, ']')),
              ElementsAre(HasSubstr("nested")));
  EXPECT_THAT(faults_of(std::string(100'000, '[')), SizeIs(1));
  EXPECT_THAT(faults_of(std::string(100'000, '{')), SizeIs(1));
  std::string many = "[";
  for (int i = 0; i < kMaxYamlNodes; ++i) many += "1,";
  EXPECT_THAT(faults_of(many + "]"), ElementsAre(HasSubstr("at most 20000 values")));
}

TEST(YamlTree, TakesUtf8AndNothingElse) {
  EXPECT_THAT(faults_of("a: Children’s Act – €\n"), IsEmpty());
  for (const char* bytes : {"\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                            "\xff", "\x80", "\x01", "\xf0\x8f\xbf\xbf"})
    EXPECT_THAT(faults_of("a: 1\nb: x" + std::string(bytes)),
                ElementsAre("f:2:5 this is not text in UTF-8"));
  EXPECT_THAT(faults_of(std::string_view("a: \0", 4)), SizeIs(1));
}

TEST(YamlTree, KeepsAHundredFaults) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "a: 1\n";
  EXPECT_THAT(faults_of(text), SizeIs(100));
}

RC_GTEST_PROP(YamlTreeProperty, AnyTextIsATreeOrAFault, (const std::string& text)) {
  Faults faults("f");
  (void)read_yaml(text, faults);
}

RC_GTEST_PROP(YamlTreeProperty, AnyPunctuationIsATreeOrAFault, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("ab12 \n\t-:?,[]{}#&*!|>'\"%@`~<=")));
  Faults faults("f");
  (void)read_yaml(text, faults);
}

}  // namespace
}  // namespace mash::policy
