#include "cli/bundle.h"

#include <gmock/gmock.h>

#include <span>
#include <vector>

#include "cli/testing/sample_case.h"
#include "merkle/checkpoint.h"
#include "merkle/note.h"

namespace mash::cli::testing {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

Result<ProvenCase> check(std::string_view text) {
  return Bundle::parse(text).and_then([](const Bundle& bundle) { return verify_bundle(bundle); });
}

// Why it is refused; "" when it is not.
std::string reason(const Bundle& bundle) {
  const auto checked = verify_bundle(bundle);
  return checked ? "" : checked.error().reason;
}

TEST(Bundle, IsReadBackAsItWasWrittenAndProven) {
  const SampleLog log(20);
  const Bundle bundle = log.bundle();
  const auto read = Bundle::parse(bundle.str());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->entries, bundle.entries);
  const auto proven = check(bundle.str());
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(proven->case_id, kSampleCase);
  EXPECT_EQ(proven->checkpoint.size, 20U);
  EXPECT_THAT(proven->records, SizeIs(10));
}

TEST(Bundle, IsRefusedWithAnyByteFlipped) {
  const std::string good = SampleLog(5).bundle().str();
  ASSERT_TRUE(check(good));
  for (size_t at = 0; at < good.size(); ++at) {
    for (const char flip : {'\x01', '\x20', '\x80'}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      const auto checked = check(bad);
      ASSERT_FALSE(checked) << "byte " << at << " flipped by " << int{flip} << " went unnoticed";
      EXPECT_FALSE(checked.error().message.empty());
    }
  }
}

TEST(Bundle, IsRefusedWithAnyByteMissingOrAdded) {
  const std::string good = SampleLog(4).bundle().str();
  for (size_t at = 0; at < good.size(); ++at) {
    std::string shorter = good;
    shorter.erase(at, 1);
    EXPECT_FALSE(check(shorter)) << "without byte " << at;
    std::string longer = good;
    longer.insert(at, 1, good[at] == '\n' ? '\n' : 'A');
    if (longer == good) continue;
    EXPECT_FALSE(check(longer)) << "with one more before byte " << at;
    EXPECT_FALSE(check(good.substr(0, at))) << "cut off at " << at;
  }
  EXPECT_FALSE(check(good + "\n"));
  EXPECT_FALSE(check(good + good));
}

TEST(Bundle, NamesTheFirstWrongRecord) {
  Bundle bundle = SampleLog(20).bundle();
  bundle.entries[3].record.back() ^= 1;
  bundle.entries[5].record.back() ^= 1;
  const auto checked = verify_bundle(bundle);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().reason, "RECORD_NOT_PROVEN");
  EXPECT_THAT(checked.error().message, HasSubstr("Record 4 of the bundle (position 6)"));
}

TEST(Bundle, IsRefusedWhenARecordWasLeftOut) {
  Bundle bundle = SampleLog(20).bundle();
  bundle.entries.erase(bundle.entries.begin() + 2);
  EXPECT_EQ(reason(bundle), "RECORD_MISSING");
  bundle.entries.clear();
  EXPECT_EQ(reason(bundle), "RECORD_MISSING");
}

TEST(Bundle, IsRefusedWhenRecordsChangePlacesOrRepeat) {
  Bundle swapped = SampleLog(20).bundle();
  std::swap(swapped.entries[1], swapped.entries[2]);
  EXPECT_THAT(reason(swapped), AnyOf("RECORD_MISPLACED", "RECORD_MISSING"));
  Bundle repeated = SampleLog(20).bundle();
  repeated.entries.insert(repeated.entries.begin() + 1, repeated.entries[0]);
  EXPECT_EQ(reason(repeated), "RECORD_MISPLACED");
}

TEST(Bundle, IsRefusedWithARecordOfAnotherCase) {
  const SampleLog log(20);
  Bundle bundle = log.bundle();
  bundle.entries.push_back(log.entry(19));  // odd positions are another case's
  EXPECT_EQ(reason(bundle), "RECORD_OF_ANOTHER_CASE");
}

TEST(Bundle, IsRefusedWhenOfAnotherAreaOrAnEarlierEpochThanItsRecords) {
  EXPECT_EQ(reason(SampleLog(4, {.area = "E08000025"}).bundle()), "RECORD_OF_ANOTHER_LOG");
  EXPECT_EQ(reason(SampleLog(4, {.record_epoch = 2}).bundle()), "RECORD_MISPLACED");
}

TEST(Bundle, IsRefusedUnlessExactlyItsKeysHaveSigned) {
  const SampleLog log(6);
  Bundle idle = log.bundle();
  idle.keys.push_back(merkle::SigningKey::generate("witness.example")->verifier());
  EXPECT_EQ(reason(idle), "CHECKPOINT_UNSIGNED") << "a key that has signed nothing";

  const auto witness = merkle::SigningKey::generate("witness.example");
  Bundle cosigned = log.bundle();
  const std::vector<merkle::SigningKey> both{log.key(), *witness};
  cosigned.checkpoint = *merkle::sign_note(merkle::parse_note(cosigned.checkpoint)->text, both);
  EXPECT_EQ(reason(cosigned), "CHECKPOINT_UNSIGNED") << "a signature nobody can check";
  cosigned.keys.push_back(witness->verifier());
  EXPECT_EQ(reason(cosigned), "");

  Bundle forged = log.bundle();
  const auto forger = merkle::SigningKey::generate(forged.keys[0].name());
  forged.checkpoint =
      *merkle::sign_note(merkle::parse_note(forged.checkpoint)->text, std::span(&*forger, 1));
  EXPECT_EQ(reason(forged), "CHECKPOINT_UNSIGNED");
}

TEST(Bundle, SaysWhichLineIsMalformed) {
  const auto refused = [](std::string_view text) { return Bundle::parse(text).error().message; };
  EXPECT_THAT(refused(""), HasSubstr("Line 1"));
  EXPECT_THAT(refused("mash-bundle/v1\ncase c\nrecords x\n"), HasSubstr("Line 3"));
  EXPECT_THAT(refused("mash-bundle/v1\ncase c\nrecords 1\n\nrecord 0\n***\n"), HasSubstr("Line 6"));
  EXPECT_THAT(refused(std::string(1 << 20, '\n')), HasSubstr("Line 1"));
}

}  // namespace
}  // namespace mash::cli::testing
