#include "policy/packs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/testing/times.h"
#include "policy/testing/small_timescales.h"

namespace mash::policy {
namespace {

using mash::testing::day;
using mash::testing::utc;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Pack pack(int version, const std::string& from, const std::string& until = "") {
  std::string text = "pack: p\nversion: " + std::to_string(version) +
                     "\ntitle: P\nin_force: {from: " + from +
                     (until.empty() ? "" : ", until: " + until) + "}\n" + R"(
sources: {law: {title: The law}}
hub_hours: {opens: "09:00", closes: "17:00", source: law}
timescales:
  acknowledgement: {allowed: 1 working-day, counted_from: receipt, source: law}
  first-decision: {allowed: 1 working-day, counted_from: receipt, source: law}
  assessment: {allowed: 45 working-days, counted_from: receipt, source: law}
)" + kStrategyTimescales +
                     R"(levels_of_need: {"1": {name: One, description: One, source: law}}
ratings: {red: {name: Red, urgency: 1, information_request: first-decision, source: law}}
information_requests: {due_by_first_decision: true, source: law}
contact_outcomes:
  accepted: {name: A, becomes_referral: true, needs_other_support: false, source: law}
referral_outcomes:
  help: {name: H, threshold_met: false, closes: true, needs_other_support: true, levels: ["1"], source: law}
feedback: {to_each_referrer: true, reasons_required: true, text_max_characters: 100, source: law}
challenges: {levels: {manager: {name: Manager, answer: acknowledgement, source: law}}}
strategy_discussions:
  functions: {social-care: {name: Social care, source: law}}
  quorum: {minimum: {when: always, needs: [social-care], source: law}}
  initial_conference_counted_from: first
  source: law
re_referral: {window: 12 calendar-months, source: law}
patterns: {children_in_context: 3, missing_episodes: 2, missing_window: 90 elapsed-days, missing_factor: A, source: law}
code_lists: {things: {title: T, census_year: 0, source: law, codes: {A: Apple}}}
)";
  auto read = Pack::parse(text);
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().faults.at(0).description);
  return *std::move(read);
}

Result<Packs> packs(Pack one, Pack two) {
  std::vector<Pack> both;
  both.push_back(std::move(one));
  both.push_back(std::move(two));
  return Packs::of(std::move(both));
}

std::string fault_of(const Result<Packs>& packs) {
  if (packs) return "none";
  EXPECT_EQ(packs.error().reason, "INVALID_PACKS");
  EXPECT_EQ(packs.error().faults.size(), 1u);
  return packs.error().faults.at(0).field + " " + packs.error().faults.at(0).description;
}

TEST(Packs, OneHoldsUntilTheNextBegins) {
  const auto known = packs(pack(2, "2024-01-01"), pack(1, "2018-07-04"));
  ASSERT_TRUE(known.has_value());
  const auto id = [&known](std::string_view date) {
    const auto found = known->in_force(day(date));
    return found ? (*found)->id() : found.error().reason;
  };
  EXPECT_EQ(id("2018-07-03"), "NO_PACK_IN_FORCE");
  EXPECT_EQ(id("2018-07-04"), "p@1");
  EXPECT_EQ(id("2023-12-31"), "p@1");
  EXPECT_EQ(id("2024-01-01"), "p@2");
  EXPECT_EQ(id("2099-01-01"), "p@2");
  ASSERT_EQ(known->all().size(), 2u);
  EXPECT_EQ(known->all().front()->id(), "p@1");
}

TEST(Packs, TheDayIsLondons) {
  const auto known = packs(pack(1, "2018-07-04"), pack(2, "2026-07-01"));
  const London zone = London::load().value();
  EXPECT_EQ((*known->in_force(utc("2026-06-30T22:59:59Z"), zone))->id(), "p@1");
  EXPECT_EQ((*known->in_force(utc("2026-06-30T23:00:00Z"), zone))->id(), "p@2");
}

TEST(Packs, AreFoundByWhatAnEventCites) {
  const auto known = packs(pack(1, "2018-07-04"), pack(2, "2024-01-01"));
  const Pack* second = known->find("p@2");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(known->find(second->citation()), second);
  EXPECT_EQ(known->find("p@2 sha256:00"), nullptr);
  EXPECT_EQ(known->find("p@3"), nullptr);
}

TEST(Packs, StayWhereTheyAreWhenMoved) {
  auto known = packs(pack(1, "2018-07-04"), pack(2, "2024-01-01"));
  const Pack* first = known->find("p@1");
  const Packs moved = *std::move(known);
  EXPECT_EQ(moved.find("p@1"), first);
}

TEST(Packs, RefuseOverlapsGapsAndTwins) {
  EXPECT_EQ(fault_of(packs(pack(1, "2018-07-04", "2023-12-31"), pack(2, "2024-01-01"))), "none");
  EXPECT_EQ(fault_of(packs(pack(1, "2018-07-04", "2024-01-01"), pack(2, "2024-01-01"))),
            "p@2 begins on 2024-01-01, while p@1 holds until 2024-01-01");
  EXPECT_EQ(fault_of(packs(pack(1, "2018-07-04", "2023-12-30"), pack(2, "2024-01-01"))),
            "p@2 begins on 2024-01-01, and no pack holds after 2023-12-30");
  EXPECT_EQ(fault_of(packs(pack(1, "2018-07-04"), pack(2, "2018-07-04"))),
            "p@2 begins on 2018-07-04, as p@1 does");
  EXPECT_EQ(fault_of(packs(pack(1, "2018-07-04"), pack(1, "2024-01-01"))), "p@1 is there twice");
  EXPECT_EQ(fault_of(Packs::of({})), "packs are missing: a hub needs one");
}

TEST(Packs, AfterTheLastEndNoneIsInForce) {
  const auto known = packs(pack(1, "2018-07-04"), pack(2, "2024-01-01", "2025-12-31"));
  EXPECT_FALSE(known->in_force(day("2026-01-01")).has_value());
}

TEST(Packs, TheShippedFolderIsWhole) {
  const auto known = Packs::load(MASH_SOURCE_DIR "/deploy/policy");
  ASSERT_TRUE(known.has_value()) << known.error().message;
  EXPECT_TRUE(known->in_force(day("2026-11-22")).has_value());
}

class PackFolder : public ::testing::Test {
 public:
  ~PackFolder() override { std::filesystem::remove_all(path_); }

 protected:
  PackFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "packs-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(path_ / name) << text;
  }

  std::filesystem::path path_;
};

TEST_F(PackFolder, WithoutPacksIsRefused) {
  EXPECT_EQ(Packs::load(path_.string()).error().reason, "PACK_MISSING");
  EXPECT_EQ(Packs::load((path_ / "none").string()).error().reason, "PACK_MISSING");
}

TEST_F(PackFolder, HoldsPacksOfBothKindsEachInForceByItself) {
  const std::filesystem::path shipped = MASH_SOURCE_DIR "/deploy/policy";
  std::filesystem::copy(shipped / "working-together-2018.yaml", path_);
  std::filesystem::copy(shipped / "lawful-basis-2025.yaml", path_);
  auto known = Packs::load(path_.string());
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->all().size(), 1u);
  ASSERT_EQ(known->laws().size(), 1u);
  EXPECT_TRUE(known->in_force(day("2019-01-01")).has_value());
  EXPECT_FALSE(known->law_in_force(day("2019-01-01")).has_value());
  std::filesystem::copy(shipped / "lawful-basis-2025.yaml", path_ / "twin.yaml");
  known = Packs::load(path_.string());
  ASSERT_FALSE(known.has_value());
  EXPECT_EQ(known.error().faults.front().description, "is there twice");
  EXPECT_EQ(known.error().faults.back().description,
            "begins on 2026-02-05, as lawful-basis-2025@1 does");
  write("twin.yaml", "pack: p\nkind: by-law\n");
  EXPECT_EQ(
      fault_of(Packs::load(path_.string())),
      "twin.yaml:2:7 kind must be lawful-basis or notifications; a policy pack has no such key");
}

TEST_F(PackFolder, ShowsTheFaultsOfAllItsFiles) {
  write("a.yaml", "a: [");
  write("b.yaml", "x: *y");
  write("notes.txt", "not a pack");
  const auto known = Packs::load(path_.string());
  ASSERT_FALSE(known.has_value());
  std::vector<std::string> fields;
  for (const auto& fault : known.error().faults) fields.push_back(fault.field);
  EXPECT_THAT(fields, ElementsAre(HasSubstr("a.yaml:"), HasSubstr("b.yaml:")));
}

}  // namespace
}  // namespace mash::policy
