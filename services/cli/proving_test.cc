#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/story.h"
#include "cli/testing/fake_hub.h"

// replay, checkpoint, proof and verify --bundle against a hub that may lie.
namespace mash::cli::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Proving : public ::testing::Test {
 protected:
  std::string file(const std::string& name) const { return (hub_.pki().folder() / name).string(); }
  void write_key() const {
    ASSERT_EQ(hub_.mash({"checkpoint", "--key-out", file("hub.key")}).exit, 0);
  }

  FakeHub hub_;
};

TEST_F(Proving, ReplaysACaseStepByStep) {
  const Ran ran = hub_.mash({"replay", kSampleCase});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("10 events, each proved"), HasSubstr("contact received"),
                             HasSubstr("police/pol-01, p-7 as practitioner"),
                             HasSubstr("rating: red"), HasSubstr("2026-03-29 10:00:00Z")));
  EXPECT_THAT(ran.out, HasSubstr(" 10  2026-03-29 10:00:18Z"));
}

TEST_F(Proving, WritesABundleThatVerifiesWithNoHub) {
  const std::string bundle = file("case.bundle");
  const Ran ran = hub_.mash({"replay", kSampleCase, "--out", bundle});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const Ran verified = run_mash({"verify", "--bundle", bundle});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  EXPECT_THAT(verified.out, AllOf(HasSubstr("The bundle holds"), HasSubstr("Compare the key")));
  EXPECT_THAT(run_mash({"verify", "--bundle", bundle, "--story"}).out,
              HasSubstr("contact received"));
  EXPECT_EQ(hub_.mash({"replay", kSampleCase, "--out", bundle}).exit, 6) << "never overwritten";
}

TEST_F(Proving, RefusesAChangedBundleAndSaysWhere) {
  const std::string bundle = file("case.bundle");
  ASSERT_EQ(hub_.mash({"replay", kSampleCase, "--out", bundle}).exit, 0);
  Bundle changed = *Bundle::parse(text_of(bundle));
  changed.entries[2].record.back() ^= 1;
  std::ofstream(bundle) << changed.str();
  const Ran ran = run_mash({"verify", "--bundle", bundle, "--json"});
  EXPECT_EQ(ran.exit, 4);
  const auto error = nlohmann::json::parse(ran.err)["error"];
  EXPECT_EQ(error["reason"], "RECORD_NOT_PROVEN");
  EXPECT_THAT(std::string(error["message"]), HasSubstr("Record 3 of the bundle (position 4)"));
}

TEST_F(Proving, TrustsOnlyTheKeyGiven) {
  const std::string bundle = file("case.bundle");
  ASSERT_EQ(hub_.mash({"replay", kSampleCase, "--out", bundle}).exit, 0);
  write_key();
  EXPECT_EQ(run_mash({"verify", "--bundle", bundle, "--key", file("hub.key")}).exit, 0);
  const std::string stranger = merkle::SigningKey::generate("stranger")->verifier().str();
  const Ran ran = run_mash({"verify", "--key", stranger, "--bundle", bundle});
  EXPECT_EQ(ran.exit, 4);
  EXPECT_THAT(ran.err, HasSubstr("KEY_NOT_TRUSTED"));
  EXPECT_EQ(hub_.mash({"replay", "--key", stranger, kSampleCase}).exit, 4);
  EXPECT_EQ(run_mash({"verify", "--key", file("nothing"), "--bundle", bundle}).exit, 6);
}

TEST_F(Proving, BelievesNoRecordThatTheHubCannotProve) {
  hub_.behaviour.changes_a_record = true;
  const Ran ran = hub_.mash({"replay", kSampleCase, "--out", file("case.bundle")});
  EXPECT_EQ(ran.exit, 4);
  EXPECT_THAT(ran.err, HasSubstr("(position 6)"));
  EXPECT_FALSE(std::filesystem::exists(file("case.bundle")));
}

TEST_F(Proving, SaysThatNothingIsRecordedOfACase) {
  const Ran ran = hub_.mash({"replay", kOtherCase});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.err, HasSubstr("CASE_EMPTY"));
}

TEST_F(Proving, ShowsThatTheLogHasOnlyGrown) {
  hub_.behaviour.shown_size = 7;
  ASSERT_EQ(hub_.mash({"checkpoint", "--out", file("old.checkpoint")}).exit, 0);
  hub_.behaviour.shown_size = 0;
  const Ran grown = hub_.mash({"checkpoint", "--since", file("old.checkpoint")});
  EXPECT_EQ(grown.exit, 0) << grown.err;
  EXPECT_THAT(grown.out, HasSubstr("the log has only grown"));

  hub_.behaviour.other_history = true;
  EXPECT_THAT(hub_.mash({"checkpoint", "--since", file("old.checkpoint")}).err,
              HasSubstr("CHECKPOINT_MISMATCH"));
  hub_.behaviour = {.shown_size = 5};
  const Ran shorter = hub_.mash({"checkpoint", "--since", file("old.checkpoint")});
  EXPECT_EQ(shorter.exit, 4);
  EXPECT_THAT(shorter.err, HasSubstr("it has become shorter"));
}

TEST_F(Proving, ComparesABundleWithAKeptCheckpointOfItsSize) {
  ASSERT_EQ(hub_.mash({"replay", kSampleCase, "--out", file("case.bundle")}).exit, 0);
  ASSERT_EQ(hub_.mash({"checkpoint", "--out", file("same.checkpoint")}).exit, 0);
  hub_.behaviour.shown_size = 7;
  ASSERT_EQ(hub_.mash({"checkpoint", "--out", file("old.checkpoint")}).exit, 0);
  const auto verify = [&](const std::string& kept) {
    return run_mash({"verify", "--bundle", file("case.bundle"), "--checkpoint", file(kept)});
  };
  EXPECT_EQ(verify("same.checkpoint").exit, 0);
  EXPECT_THAT(verify("old.checkpoint").err, HasSubstr("CHECKPOINT_NOT_COMPARABLE"));
  EXPECT_EQ(verify("case.bundle").exit, 4) << "not a checkpoint at all";
}

TEST_F(Proving, ProvesOneRecord) {
  const Ran ran = hub_.mash({"proof", "4", "--out", file("4.tlog-proof")});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("the signed checkpoint of 20 records"));
  EXPECT_THAT(text_of(file("4.tlog-proof")), HasSubstr("c2sp.org/tlog-proof@v1\nindex 4\n"));
  EXPECT_EQ(hub_.mash({"proof", "20"}).exit, 1);
  EXPECT_EQ(hub_.mash({"proof", "four"}).exit, 2);
}

TEST_F(Proving, ReadsTheLogAsATableOrAsJson) {
  const Ran table = hub_.mash({"log", "read", "--from", "2", "--limit", "3"});
  EXPECT_EQ(table.exit, 0) << table.err;
  EXPECT_EQ(std::count(table.out.begin(), table.out.end(), '\n'), 4);
  const Ran json = hub_.mash({"log", "read", "--from", "1", "--limit", "1", "--json"});
  const auto entry = nlohmann::json::parse(json.out);
  EXPECT_EQ(entry["position"], 1);
  EXPECT_EQ(entry["event"]["contact_received"]["agency"], "police");
  EXPECT_EQ(entry["recorded_at"], "2026-03-29T10:00:01Z");
  const Ran tail = hub_.mash({"log", "tail"});
  EXPECT_THAT(tail.out, AllOf(HasSubstr("\n10 "), Not(HasSubstr("\n9 "))));
}

TEST(Story, KnowsEveryEventOfTheProtos) {
  // Found among the files of this program: an event nobody told the story about would be one here.
  size_t events = 0;
  for (const char* file :
       {"mash/log/v1/log_events.proto", "mash/referral/v1/referral_events.proto",
        "mash/referral/v1/person_events.proto", "mash/vault/v1/vault_events.proto"}) {
    const auto* described =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(file);
    ASSERT_NE(described, nullptr) << file;
    for (int i = 0; i < described->message_type_count(); ++i) {
      const auto* type = described->message_type(i);
      if (type->FindOneofByName("kind") == nullptr) continue;
      ++events;
      log::Record record;
      record.body.set_type(type->full_name());
      EXPECT_TRUE(event_of(record, "")) << type->full_name();
    }
  }
  EXPECT_EQ(events, 6U);
}

TEST_F(Proving, TakesTimesAsLondonShowsThem) {
  EXPECT_EQ(hub_.mash({"replay", kSampleCase, "--at", "2026-03-03 10:00"}).exit, 0);
  const Ran ran = hub_.mash({"replay", kSampleCase, "--at", "yesterday"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("'yesterday' is not a time"));
}

}  // namespace
}  // namespace mash::cli::testing
