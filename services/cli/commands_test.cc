#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/contact_lines.h"
#include "cli/inputs.h"
#include "cli/testing/fake_hub.h"
#include "core/ids.h"
#include "core/timestamp.h"

// contact submit, referral, erase, policy, and what people type.
namespace mash::cli::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string contacts(int count) {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += "{\"source\":\"6\",\"account\":{\"concern\":\"" + std::to_string(i) + "\"}}\n";
  return out;
}

TEST(ContactSubmit, AnswersEachLineInOrder) {
  FakeHub hub;
  const Ran ran = hub.mash({"contact", "submit", "-", "--as", "police"}, contacts(50));
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("50 contacts: 50 taken, 0 refused"));
  EXPECT_THAT(hub.taken(), SizeIs(50));
  std::istringstream lines(ran.out);
  std::string line;
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_THAT(line, HasSubstr("line " + std::to_string(i) + "  taken"));
  }
}

TEST(ContactSubmit, SentAgainTakesNoContactTwice) {
  FakeHub hub;
  const std::string twice = contacts(3) + "\n" + contacts(3);  // three lines, each twice
  ASSERT_EQ(hub.mash({"contact", "submit", "-", "--as", "police"}, twice).exit, 0);
  EXPECT_THAT(hub.taken(), SizeIs(6)) << "two equal lines are two contacts";
  const Ran again = hub.mash({"contact", "submit", "-", "--as", "police"}, twice);
  EXPECT_THAT(hub.taken(), SizeIs(6));
  EXPECT_THAT(again.err, HasSubstr("6 taken (6 had been sent before)"));
  ASSERT_EQ(hub.mash({"contact", "submit", "-", "--as", "police", "--from-line", "6"}, twice).exit,
            0);
  EXPECT_THAT(hub.taken(), SizeIs(6)) << "the last lines are the same when sent alone";
  ASSERT_EQ(hub.mash({"contact", "submit", "-", "--as", "police", "--new-ids"}, twice).exit, 0);
  EXPECT_THAT(hub.taken(), SizeIs(12));
}

TEST(ContactSubmit, GoesOnAfterALineThatIsRefused) {
  FakeHub hub;
  const Ran ran =
      hub.mash({"contact", "submit", "-", "--as", "police", "--json", "--concurrency", "1"},
               "{\"source\":\"6\"}\n{\"sauce\":\"6\"}\n{\"source\":\"99\"}\n{}\n");
  EXPECT_EQ(ran.exit, 5);
  std::istringstream lines(ran.out);
  std::vector<nlohmann::json> answers;
  for (std::string line; std::getline(lines, line);) answers.push_back(nlohmann::json::parse(line));
  ASSERT_THAT(answers, SizeIs(4));
  EXPECT_EQ(answers[0]["response"]["referral_id"], "r-0");
  EXPECT_TRUE(Uuid::parse(std::string(answers[0]["request_id"])));
  EXPECT_EQ(answers[1]["error"]["faults"][0]["field"], "sauce");
  EXPECT_EQ(answers[2]["error"]["reason"], "FIELDS_INVALID");
  EXPECT_EQ(answers[3]["line"], 4);
  EXPECT_THAT(ran.err, HasSubstr("2 of 4 contacts were refused"));
}

TEST(ContactSubmit, WaitsForAHubThatIsBusy) {
  FakeHub hub;
  hub.behaviour.busy_answers = 2;
  const Ran ran =
      hub.mash({"contact", "submit", "-", "--as", "police", "--concurrency", "1"}, contacts(2));
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(hub.taken(), SizeIs(2));
}

TEST(ContactSubmit, SendsManyLinesInFewStreams) {
  FakeHub hub;
  hub.behaviour.busy_answers = 3;  // sent again, the others are not
  const Ran ran =
      hub.mash({"contact", "submit", "-", "--as", "police", "--concurrency", "1"}, contacts(250));
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("250 contacts: 250 taken, 0 refused"));
  EXPECT_THAT(hub.taken(), SizeIs(250));
  EXPECT_EQ(hub.streams(), 4);
}

TEST(ContactSubmit, SendsALineByItselfForItsProof) {
  FakeHub hub;
  EXPECT_EQ(hub.mash({"contact", "submit", "-", "--as", "police", "--proof"}, contacts(3)).exit, 0);
  EXPECT_EQ(
      hub.mash({"contact", "submit", "-", "--as", "police", "--one-by-one"}, contacts(3)).exit, 0);
  EXPECT_EQ(hub.streams(), 0);
  EXPECT_THAT(hub.taken(), SizeIs(3));
}

TEST(ContactSubmit, SaysWhatIsWrongWithItsFile) {
  const FakeHub hub;
  EXPECT_EQ(hub.mash({"contact", "submit", "/nowhere", "--as", "police"}).exit, 6);
  EXPECT_EQ(hub.mash({"contact", "submit", "/tmp", "--as", "police"}).exit, 6);
  const Ran nobody = hub.mash({"contact", "submit", "-"});
  EXPECT_EQ(nobody.exit, 2);
  EXPECT_THAT(nobody.err, AllOf(HasSubstr("--as"), HasSubstr("police")));
}

TEST(ContactLine, MakesAVersion8IdOfItsOwn) {
  const ContactLine line{.number = 1, .text = "{}", .occurrence = 0};
  const auto id = Uuid::parse(request_id_of(line, "police"));
  ASSERT_TRUE(id);
  EXPECT_EQ(id->version(), 8);
  EXPECT_EQ(request_id_of(line, "police"), request_id_of(line, "police"));
  EXPECT_NE(request_id_of(line, "police"), request_id_of(line, "health"));
  const ContactLine second{.number = 2, .text = "{}", .occurrence = 1};
  EXPECT_NE(request_id_of(line, "police"), request_id_of(second, "police"));
}

TEST(Referral, ShowsTheReceiptOfAChange) {
  const FakeHub hub;
  const Ran ran =
      hub.mash({"referral", "rate", "r-1", "red", "--user", "t-1", "--expected-version", "4"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Done. mash/E10000013/referral position 21"),
                             HasSubstr("at version 5")));
  EXPECT_THAT(hub.mash({"referral", "rate", "r-1", "green", "--user", "t-1"}).out,
              HasSubstr("Already so"));
}

TEST(Referral, SaysWhatToDoAboutTypicalMistakes) {
  const FakeHub hub;
  const Ran nobody = hub.mash({"referral", "rate", "r-1", "red"});
  EXPECT_EQ(nobody.exit, 3);
  EXPECT_THAT(nobody.err, AllOf(HasSubstr("--user"), HasSubstr("BAD_PRACTITIONER")));
  const Ran colour = hub.mash({"referral", "rate", "r-1", "ambr"});
  EXPECT_EQ(colour.exit, 2);
  EXPECT_THAT(colour.err, HasSubstr("Did you mean 'amber'?"));
  EXPECT_THAT(hub.mash({"referral", "shw", "r-1"}).err, HasSubstr("Did you mean 'show'?"));
  EXPECT_THAT(hub.mash({"referral", "rate", "r-1", "red", "--request-id", "7"}).err,
              HasSubstr("not a UUID"));
  EXPECT_EQ(
      hub.mash({"referral", "close", "r-1", "--outcome", "accepted", "--rationale", "x"}).exit, 2);
  EXPECT_EQ(hub.mash({"referral", "decide", "r-1"}).exit, 2) << "required options are missing";
  EXPECT_THAT(hub.mash({"referral", "show", "r-1", "--user", "t-1"}).err,
              HasSubstr("UNIMPLEMENTED"));
}

TEST(Erase, AsksForTheIdAgain) {
  const FakeHub hub;
  const std::vector<std::string> words{"erase",         "k-1",      "--authority",
                                       "court order 7", "--reason", "ordered"};
  const Ran wrong = hub.mash(words, "k-2\n", true);
  EXPECT_EQ(wrong.exit, 2);
  EXPECT_THAT(wrong.err, HasSubstr("Nothing was erased."));
  EXPECT_EQ(hub.mash(words).exit, 2) << "nobody to ask";
  const Ran right = hub.mash(words, "k-1\n", true);
  EXPECT_EQ(right.exit, 0) << right.err;
  EXPECT_THAT(right.out, HasSubstr("3 sealed parts are gone"));
  auto second = words;
  second[1] = "k-9";
  second.push_back("--yes");
  EXPECT_EQ(hub.mash(second).exit, 0);
  EXPECT_THAT(hub.mash({"erase", "--list"}).out,
              AllOf(HasSubstr("k-1"), HasSubstr("k-9"), HasSubstr("court order 7")));
  EXPECT_EQ(hub.mash({"erase", "k-1", "--yes"}).exit, 2) << "without authority and reason";
}

TEST(Policy, ChecksAPack) {
  const TestPki folder;
  std::ofstream(folder.folder() / "bad.yaml") << "pack: [\n";
  const Ran bad = run_mash({"policy", "check", (folder.folder() / "bad.yaml").string()});
  EXPECT_EQ(bad.exit, 4);
  EXPECT_THAT(bad.err, HasSubstr("bad.yaml:"));
  EXPECT_EQ(run_mash({"policy", "check", "/nowhere.yaml"}).exit, 6);
  std::ofstream(folder.folder() / "odd.yaml") << "pack: odd\nkind: by-laws\n";
  EXPECT_THAT(run_mash({"policy", "check", (folder.folder() / "odd.yaml").string()}).err,
              HasSubstr("odd.yaml:2:7"));
}

TEST(Policy, ChecksPacksOfBothKinds) {
  const std::string folder = MASH_SOURCE_DIR "/deploy/policy";
  const Ran law = run_mash({"policy", "check", folder + "/lawful-basis-2026.yaml"});
  EXPECT_EQ(law.exit, 0) << law.err;
  EXPECT_THAT(law.out, AllOf(HasSubstr("lawful-basis-2026@1"), HasSubstr("gateways")));
  const Ran all = run_mash({"policy", "check", folder});
  EXPECT_EQ(all.exit, 0) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("working-together-2018@"), HasSubstr("lawful-basis-2018@"),
                             HasSubstr("lawful-basis-2025@"), HasSubstr("lawful-basis-2026@")));
}

TEST(Inputs, ReadTimesAsLondonShowsThem) {
  EXPECT_EQ(to_rfc3339(*read_time("2026-03-03T10:00:00.5Z")), "2026-03-03T10:00:00.500Z");
  EXPECT_EQ(to_rfc3339(*read_time("2026-03-03 10:00")), "2026-03-03T10:00:00Z");
  EXPECT_EQ(to_rfc3339(*read_time("2026-07-03 10:00:30")), "2026-07-03T09:00:30Z") << "summer";
  EXPECT_EQ(to_rfc3339(*read_time("2026-07-03")), "2026-07-02T23:00:00Z");
  for (const char* wrong : {"", "now", "2026-02-30", "2026-03-03 25:00", "2026-03-03 10",
                            "2026-03-03 1a:00", "2026-03-03  10:00", "03/03/2026"})
    EXPECT_FALSE(read_time(wrong)) << wrong;
}

}  // namespace
}  // namespace mash::cli::testing
