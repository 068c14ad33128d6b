#include "cli/print.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "mash/common/v1/receipt.pb.h"

namespace mash::cli {
namespace {

using ::testing::HasSubstr;

TEST(Shown, MakesTextHarmlessToATerminal) {
  EXPECT_EQ(shown("Zoë 黎"), "Zoë 黎");
  EXPECT_EQ(shown("a\x1B[2Jb"), "a?[2Jb") << "an escape sequence";
  EXPECT_EQ(shown("a\xC2\x9B"
                  "b"),
            "a?b")
      << "the same in one C1 character";
  EXPECT_EQ(shown("one\ntwo\tthree\r"), "one two three?");
  EXPECT_EQ(shown("\xC0\xAF\xE2\x82"), "????") << "broken UTF-8";
}

TEST(Shown, WritesTimesInUtc) {
  EXPECT_EQ(shown(Time(std::chrono::microseconds(1'774'778'531'999'999))), "2026-03-29 10:02:11Z");
}

TEST(Table, KeepsColumnsInLineWhateverTheScript) {
  Table table({"WHO", "WHAT"});
  table.add({"Zoë", "x"});
  table.add({"police", "y"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "WHO     WHAT\nZoë     x\npolice  y\n");
}

TEST(EnumWord, DropsTheTypesName) {
  EXPECT_EQ(enum_word("RATING_RED", "Rating"), "red");
  EXPECT_EQ(enum_word("CONTACT_OUTCOME_EARLY_HELP", "ContactOutcome"), "early-help");
}

TEST(ToJson, NamesFieldsAsTheirProtoDoes) {
  common::v1::Receipt receipt;
  receipt.add_event_ids("e");
  receipt.set_position(7);
  EXPECT_EQ(to_json(receipt, false), R"({"position":"7","event_ids":["e"]})");
}

TEST(Explain, TellsPeopleEverythingThatIsKnown) {
  const Failure failure{
      Exit::kRefused,
      {.code = Code::kInvalidArgument,
       .reason = "FIELDS_INVALID",
       .message = "The request is not valid.",
       .faults = {{"children[0].identity", "is required."}},
       .sources = {{"Working Together 2018, chapter 1, paragraph 71", "https://example.org"}},
       .retry_after = std::chrono::milliseconds(1500)},
      "Correct it and send it again."};
  std::ostringstream err;
  explain(failure, false, err);
  EXPECT_EQ(err.str(),
            "mash: The request is not valid.\n"
            "  children[0].identity: is required.\n"
            "  Source: Working Together 2018, chapter 1, paragraph 71 <https://example.org>\n"
            "  Try again in 1.5 s.\n"
            "  Correct it and send it again.\n"
            "  (INVALID_ARGUMENT, FIELDS_INVALID)\n");
}

TEST(Explain, TellsProgramsTheSame) {
  const Failure failure{Exit::kRefused,
                        {.code = Code::kNotFound, .reason = "NO_SUCH_CASE", .message = "No \xFF."}};
  std::ostringstream err;
  explain(failure, true, err);
  const auto json = nlohmann::json::parse(err.str());
  EXPECT_EQ(json["error"]["exit"], 1);
  EXPECT_EQ(json["error"]["code"], "NOT_FOUND");
  EXPECT_EQ(json["error"]["reason"], "NO_SUCH_CASE");
}

}  // namespace
}  // namespace mash::cli
