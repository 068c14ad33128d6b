#include <fcntl.h>
#include <gmock/gmock.h>
#include <spawn.h>
#include <sys/wait.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "integration/test_hub.h"

// The real `mash` against a real hub: every command, and what people get wrong.
extern char** environ;

namespace mash::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

constexpr const char* kContact =
    R"({"source":"6","account":{"concern":"Seen alone at night.","parents_know":"PARENTS_KNOW_AND_AGREE"},)"
    R"("children":[{"identity":{"given_names":"Quillon","family_name":"Zephyrine"}}],)"
    R"("lawful_basis":{"article_6":"ARTICLE6_PUBLIC_TASK","powers":["STATUTORY_POWER_COMMON_LAW_POLICE"]}})";

class Mash : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(pki() / "ca.pem", hub_.pki().authority());
    for (const char* agency : {"police", "social-care", "auditor", "operator"}) {
      const auto issued = hub_.pki().agency(agency);
      write_file(pki() / agency / "cert.pem", issued.certificate);
      write_file(pki() / agency / "key.pem", issued.key);
    }
  }

  fs::path pki() const { return hub_.folder() / "callers"; }
  std::string file(const std::string& name) const { return (hub_.folder() / name).string(); }
  std::string data() const { return (hub_.config().data / "referral").string(); }

  // Runs the program; words with spaces are single arguments.
  Ran mash(std::vector<std::string> words, const std::string& input = {}) {
    words.insert(words.begin(), MASH_PROGRAM);
    words.insert(words.end(), {"--address", address_, "--pki", pki().string()});
    write_file(file("stdin"), input);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, file("stdin").c_str(), O_RDONLY, 0);
    const int fresh = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&files, 1, file("stdout").c_str(), fresh, 0600);
    posix_spawn_file_actions_addopen(&files, 2, file("stderr").c_str(), fresh, 0600);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, MASH_PROGRAM, &files, nullptr, argv.data(), environ), 0);
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    posix_spawn_file_actions_destroy(&files);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(file("stdout")),
            text_of(file("stderr"))};
  }

  // The same, which must succeed.
  std::string done(const std::vector<std::string>& words, const std::string& input = {}) {
    const Ran ran = mash(words, input);
    EXPECT_EQ(ran.exit, 0) << ::testing::PrintToString(words) << ": " << ran.err;
    return ran.out;
  }

  struct Submitted {
    std::string referral;
    std::string case_id;
  };
  Submitted submit() {
    const std::string out =
        done({"contact", "submit", "-", "--as", "police", "--new-ids"}, std::string(kContact));
    std::smatch ids;
    if (!std::regex_search(out, ids, std::regex("taken +([0-9a-f-]{36}), case ([0-9a-f-]{36})")))
      ADD_FAILURE() << out;
    return {ids[1], ids[2]};
  }

  std::string hub_address() { return "127.0.0.1:" + std::to_string(hub_.hub().port()); }

  TestHub hub_;
  std::string address_ = hub_address();
};

TEST_F(Mash, TakesAContactFromItsReceiptToItsProof) {
  const Submitted it = submit();
  EXPECT_THAT(done({"referral", "list", "--user", "t-1"}),
              AllOf(HasSubstr(it.referral), HasSubstr("not acknowledged")));
  EXPECT_THAT(done({"referral", "acknowledge", it.referral, "--user", "t-1"}), HasSubstr("Done."));
  EXPECT_THAT(done({"referral", "acknowledge", it.referral, "--user", "t-1"}),
              HasSubstr("Already so"));
  done({"referral", "rate", it.referral, "red", "--user", "t-1"});
  EXPECT_THAT(done({"referral", "accept", it.referral, "--rationale", "Meets it.", "--proof",
                    "--user", "t-1"}),
              HasSubstr("c2sp.org/tlog-proof@v1"));
  done({"referral", "add", it.referral, "--text", "Seen again.", "--basis", "public-task", "--as",
        "police", "--role", "practitioner", "--user", "pc-1"});
  EXPECT_THAT(done({"referral", "decide", it.referral, "--outcome", "section-17-assessment",
                    "--level", "4", "--rationale", "-", "--family", "told", "--user", "sw-1"},
                   "From standard input."),
              HasSubstr("decision id"));
  done({"referral", "revise", it.referral, "--outcome", "section-17-assessment", "--level", "4",
        "--rationale", "Put right.", "--family", "told", "--ground", "correction", "--user",
        "sw-1"});
  done({"referral", "feedback", it.referral, "--to", "police", "--text", "It begins.", "--user",
        "t-1"});
  EXPECT_THAT(done({"referral", "show", it.referral, "--as", "police", "--role", "practitioner",
                    "--user", "pc-1"}),
              AllOf(HasSubstr("Zephyrine"), HasSubstr("It begins."), Not(HasSubstr("Put right."))));

  const std::string story = done({"replay", it.case_id, "--user", "a-1"});
  for (const char* step : {"contact received", "contact acknowledged", "referral rated",
                           "contact accepted", "information added", "referral decided",
                           "decision revised", "feedback given", "content shown", "each proved"})
    EXPECT_THAT(story, HasSubstr(step));
  EXPECT_THAT(story, Not(HasSubstr("Seen alone")));
  EXPECT_THAT(done({"replay", it.case_id, "--user", "a-1", "--purpose", "review 3"}),
              HasSubstr("Seen alone"));

  done({"replay", it.case_id, "--user", "a-1", "--out", file("case.bundle")});
  done({"checkpoint", "--user", "a-1", "--out", file("kept"), "--key-out", file("hub.key")});
  hub_.stop();
  EXPECT_THAT(
      done({"verify", "--bundle", file("case.bundle"), "--key", file("hub.key"), "--story"}),
      AllOf(HasSubstr("The bundle holds"), HasSubstr("decision revised")));
  EXPECT_THAT(done({"verify", "--data", hub_.config().data.string(), "--checkpoint", file("kept"),
                    "--key", file("hub.key")}),
              AllOf(HasSubstr("mash/E10000013/referral"), HasSubstr("the log contains it")));
}

TEST_F(Mash, ReadsTheLogAndProvesItsRecords) {
  submit();
  EXPECT_THAT(done({"log", "read", "--user", "a-1"}),
              AllOf(HasSubstr("contact received"), HasSubstr("person registered")));
  EXPECT_THAT(done({"log", "read", "--user", "a-1", "--json", "--limit", "1"}),
              HasSubstr("\"position\":0"));
  EXPECT_THAT(done({"proof", "1", "--user", "a-1"}), HasSubstr("person registered"));
  done({"checkpoint", "--user", "a-1", "--out", file("kept")});
  submit();
  EXPECT_THAT(done({"checkpoint", "--user", "a-1", "--since", file("kept")}),
              HasSubstr("only grown"));
  const Ran tail = mash({"log", "tail", "--user", "a-1", "--timeout", "5"});
  EXPECT_EQ(tail.exit, 1) << "it follows until its time is up";
  EXPECT_THAT(tail.out, HasSubstr("contact received"));
  const Ran watch = mash({"referral", "watch", "--from", "0", "--user", "t-1", "--timeout", "5"});
  EXPECT_THAT(watch.out, HasSubstr("contact_received"));
}

TEST_F(Mash, ErasesACaseAndEveryProofHolds) {
  const Submitted it = submit();
  done({"replay", it.case_id, "--user", "a-1", "--out", file("before.bundle")});
  EXPECT_THAT(done({"erase", it.case_id, "--authority", "retention 4.2", "--reason", "its end",
                    "--yes", "--user", "r-1"}),
              HasSubstr("Every proof holds"));
  EXPECT_THAT(done({"erase", "--list", "--user", "r-1"}), HasSubstr(it.case_id));
  EXPECT_THAT(done({"replay", it.case_id, "--user", "a-1", "--purpose", "after erasure"}),
              AllOf(HasSubstr("has been erased"), Not(HasSubstr("Seen alone"))));
  EXPECT_THAT(done({"referral", "show", it.referral, "--user", "t-1"}), HasSubstr("was erased"));
  done({"verify", "--bundle", file("before.bundle")});
  EXPECT_THAT(done({"call", "LogService/VerifyLog", R"({"log": "referral"})", "--as", "auditor",
                    "--user", "a-1"}),
              AllOf(HasSubstr("\"done\": true"), Not(HasSubstr("faults"))));
}

TEST_F(Mash, BacksUpRestoresAndRecovers) {
  submit();
  done({"checkpoint", "--user", "a-1", "--out", file("early"), "--key-out", file("hub.key")});
  EXPECT_EQ(mash({"verify", "--data", data()}).exit, 6) << "the hub has it open";
  hub_.stop();
  EXPECT_THAT(done({"backup", "--data", data(), "--out", file("backup")}), HasSubstr("Backed up"));
  EXPECT_EQ(mash({"backup", "--data", data(), "--out", file("backup")}).exit, 6);
  EXPECT_THAT(done({"recover", "--data", data()}), HasSubstr("There is nothing to recover."));

  hub_.start();
  address_ = hub_address();
  submit();
  done({"checkpoint", "--user", "a-1", "--out", file("late")});
  hub_.stop();
  // An old copy in the log's place, with the head file of now.
  fs::copy_file(fs::path(data()) / "head", file("head"));
  fs::remove_all(data());
  fs::copy(file("backup"), data(), fs::copy_options::recursive);
  fs::copy_file(file("head"), fs::path(data()) / "head", fs::copy_options::overwrite_existing);
  const Ran behind = mash({"verify", "--data", data()});
  EXPECT_EQ(behind.exit, 4);
  EXPECT_THAT(behind.err, HasSubstr("LOG_BEHIND_HEAD"));
  const Ran asked = mash({"recover", "--data", data()});
  EXPECT_EQ(asked.exit, 2) << "nobody to ask";
  EXPECT_THAT(asked.out, HasSubstr("lost        2 records"));
  EXPECT_THAT(done({"recover", "--data", data(), "--yes"}), HasSubstr("Recovered:"));
  hub_.start();
  address_ = hub_address();
  EXPECT_THAT(done({"checkpoint", "--user", "a-1", "--since", file("early")}),
              AllOf(HasSubstr("referral/2"), HasSubstr("only grown")));
  hub_.stop();

  fs::remove_all(data());
  EXPECT_THAT(done({"restore", "--backup", file("backup"), "--data", data(), "--checkpoint",
                    file("late"), "--yes"}),
              HasSubstr("Restored:"));
  EXPECT_EQ(mash({"restore", "--backup", file("backup"), "--data", data(), "--yes"}).exit, 6);
  hub_.start();
  address_ = hub_address();
  submit();
}

TEST_F(Mash, BacksUpAHubThatRuns) {
  submit();
  EXPECT_THAT(done({"backup", "--out", "one"}),
              AllOf(HasSubstr("mash/E10000013/referral: 2 records"), HasSubstr("/vault: ")));
  submit();
  const std::string folder = (hub_.config().backups / "one").string();
  EXPECT_THAT(done({"verify", "--data", folder + "/referral"}), HasSubstr("intact"));
  const Ran again = mash({"backup", "--out", "one"});
  EXPECT_EQ(again.exit, 1);
  EXPECT_THAT(again.err, HasSubstr("BACKUP_EXISTS"));
  EXPECT_THAT(mash({"backup", "--out", "../out"}).err, HasSubstr("name: must be letters"));
  EXPECT_THAT(mash({"backup", "--as", "auditor", "--user", "a-1"}).err,
              HasSubstr("ROLE_MAY_NOT_CALL"));
  done({"backup"});  // under a name of its own
  done({"restore", "--backup", folder + "/referral", "--data", file("elsewhere"), "--yes"});
}

TEST_F(Mash, FindsAnyChangeOfAFolder) {
  submit();
  hub_.stop();
  done({"backup", "--data", data(), "--out", file("copy")});
  for (const auto& entry : fs::directory_iterator(file("copy"))) {
    if (entry.path().extension() != ".sst") continue;
    std::string bytes = text_of(entry.path());
    bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 0x10);
    write_file(entry.path(), bytes);
    break;
  }
  const Ran ran = mash({"verify", "--data", file("copy")});
  EXPECT_EQ(ran.exit, 4) << ran.out;
  EXPECT_EQ(mash({"restore", "--backup", file("copy"), "--data", file("other"), "--yes"}).exit, 4);
}

TEST_F(Mash, SaysWhatIsWrongAndWhatToDo) {
  const auto mistake = [&](int exit, const std::string& said,
                           const std::vector<std::string>& words) {
    const Ran ran = mash(words);
    EXPECT_EQ(ran.exit, exit) << ::testing::PrintToString(words);
    EXPECT_THAT(ran.err, HasSubstr(said)) << ::testing::PrintToString(words);
  };
  mistake(2, "Did you mean 'SubmitContact' or",
          {"call", "ReferralService/SubmitContct", "--as", "police"});
  mistake(2, "Did you mean 'children'?",
          {"call", "ReferralService/SubmitContact", R"({"childern": []})", "--as", "police"});
  mistake(1, "children: ",
          {"call", "ReferralService/SubmitContact", R"({"request_id": "x"})", "--as", "police",
           "--role", "referrer-system"});
  mistake(1, "ROLE_MAY_NOT_CALL",
          {"replay", "c-1", "--as", "police", "--role", "practitioner", "--user", "p"});
  mistake(1, "ROLE_NOT_ALLOWED",
          {"referral", "list", "--as", "police", "--role", "mash-manager", "--user", "p"});
  mistake(3, "--role",
          {"call", "ReferralService/ListReferrals", "--as", "social-care", "--user", "p"});
  mistake(3, "--user", {"referral", "list"});
  mistake(3, "There are: auditor, operator, police, social-care", {"call", "--as", "polcie"});
  mistake(1, "NOT_FOUND",
          {"referral", "show", "0192f3a4-7c1e-7b43-9d52-0242ac120002", "--user", "t-1"});
  mistake(6, "no folder", {"verify", "--data", file("nowhere")});
  mistake(6, "Cannot read", {"verify", "--bundle", file("nowhere")});
  mistake(4, "Line 1", {"verify", "--bundle", (pki() / "ca.pem").string()});
  fs::remove(pki() / "police/key.pem");
  mistake(3, "key.pem", {"call", "--as", "police"});
  hub_.stop();
  mistake(3, "No hub answers", {"log", "read", "--user", "a-1"});
}

TEST_F(Mash, HelpsWithEachCommand) {
  for (const std::string command : {"call",
                                    "contact submit",
                                    "referral list",
                                    "referral show",
                                    "referral watch",
                                    "referral acknowledge",
                                    "referral accept",
                                    "referral close",
                                    "referral rate",
                                    "referral add",
                                    "referral decide",
                                    "referral revise",
                                    "referral feedback",
                                    "log read",
                                    "log tail",
                                    "replay",
                                    "report timeliness",
                                    "report contacts",
                                    "report requests",
                                    "report discussions",
                                    "checkpoint",
                                    "proof",
                                    "verify",
                                    "backup",
                                    "restore",
                                    "recover",
                                    "erase",
                                    "policy check"}) {
    std::istringstream in(command);
    std::vector<std::string> words(std::istream_iterator<std::string>(in), {});
    words.push_back("--help");
    EXPECT_THAT(done(words), AllOf(HasSubstr("Examples:"), HasSubstr("mash " + command)))
        << command;
  }
  EXPECT_THAT(done({"--version"}), HasSubstr("mash 0."));
  const std::string pack = (hub_.config().policy / "working-together-2018.yaml").string();
  EXPECT_THAT(done({"policy", "check", pack}), HasSubstr("working-together-2018@"));
}

}  // namespace
}  // namespace mash::testing
