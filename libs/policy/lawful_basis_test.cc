#include "policy/lawful_basis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "core/testing/times.h"
#include "policy/pack_file.h"
#include "policy/packs.h"

namespace mash::policy {
namespace {

using mash::testing::day;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSubsetOf;
using ::testing::SizeIs;

const std::string kFolder = MASH_SOURCE_DIR "/deploy/policy/";

std::string read(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

const std::string& shipped() {
  static const std::string text = read(kFolder + "lawful-basis-2026.yaml");
  return text;
}

LawfulBasis law(const std::string& year) {
  return LawfulBasis::load(kFolder + "lawful-basis-" + year + ".yaml").value();
}

// The shipped pack with one place changed, and where that place is: "law.yaml:7:".
struct Changed {
  std::string yaml;
  std::string line;
};
Changed with(const std::string& before, const std::string& after) {
  Changed changed{.yaml = shipped(), .line = {}};
  const std::size_t at = changed.yaml.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  changed.yaml.replace(at, before.size(), after);
  const auto lines = std::count(changed.yaml.begin(),
                                changed.yaml.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  changed.line = "law.yaml:" + std::to_string(lines + 1) + ":";
  return changed;
}

std::vector<std::string> faults_of(const std::string& yaml) {
  std::vector<std::string> lines;
  const auto read = LawfulBasis::parse(yaml, "law.yaml");
  EXPECT_FALSE(read.has_value()) << "was read";
  if (read) return lines;
  EXPECT_EQ(read.error().reason, "INVALID_PACK");
  for (const auto& fault : read.error().faults)
    lines.push_back(fault.field + " " + fault.description);
  return lines;
}

// One change, one fault, on the line of the change.
void expect_fault(const std::string& before, const std::string& after, const std::string& what) {
  const Changed changed = with(before, after);
  EXPECT_THAT(faults_of(changed.yaml), ElementsAre(AllOf(HasSubstr(changed.line), HasSubstr(what))))
      << before << " -> " << after;
}

TEST(LawfulBasis, KnowsBasesConditionsAndGateways) {
  const LawfulBasis pack = law("2026");
  EXPECT_EQ(pack.id(), "lawful-basis-2026@1");
  EXPECT_THAT(pack.citation(), HasSubstr("lawful-basis-2026@1 sha256:"));
  ASSERT_NE(pack.category("mental-health"), nullptr);
  EXPECT_EQ(pack.category("mental-health")->kind, DataKind::kSpecialCategory);
  EXPECT_EQ(pack.category("police-intelligence")->kind, DataKind::kCriminalOffence);
  EXPECT_EQ(pack.category("education")->kind, DataKind::kOrdinary);
  EXPECT_EQ(pack.article_6("6-1-c")->gateway, GatewayNeed::kDuty);
  EXPECT_TRUE(pack.article_6("6-1-a")->needs_consent);
  EXPECT_TRUE(names_body(pack.article_6("6-1-ea")->bodies, "charity"));
  EXPECT_FALSE(names_body(pack.article_6("6-1-ea")->bodies, "nhs-body"));
  EXPECT_THAT(pack.special_condition("9-2-g")->schedule_1, Contains("sch1-18"));
  EXPECT_THAT(pack.special_condition("9-2-h")->schedule_1, ElementsAre("sch1-2"));
  EXPECT_TRUE(pack.schedule_1("sch1-18")->without_consent_reason);
  EXPECT_EQ(pack.schedule_1("sch1-10")->policy_document,
            PolicyDocument::kUnlessToCompetentAuthority);
  EXPECT_EQ(pack.schedule_8("sch8-4")->policy_document, PolicyDocument::kAlways);
  EXPECT_TRUE(pack.body("police-force")->competent_authority);
  EXPECT_EQ(pack.gateway("magna-carta"), nullptr);
  EXPECT_EQ(pack.rule(Rule::kBasisNeeded).title, "Sharing under UK GDPR needs a basis");
}

TEST(LawfulBasis, SaysWhichBodyDisclosesToWhichUnderAGateway) {
  const LawfulBasis pack = law("2026");
  const Gateway& duty = *pack.gateway("ca2004-s16la");
  EXPECT_TRUE(duty.duty);
  EXPECT_TRUE(duty.permits_request);
  EXPECT_TRUE(duty.serves("nhs-body", "police-force"));
  EXPECT_FALSE(duty.serves("nhs-body", "charity"));
  EXPECT_FALSE(duty.discloses("charity"));
  const Gateway& enquiries = *pack.gateway("ca1989-s47");
  EXPECT_TRUE(enquiries.serves("nhs-body", "local-authority"));
  EXPECT_TRUE(enquiries.serves("local-authority", "charity"));
  EXPECT_FALSE(enquiries.serves("nhs-body", "charity")) << "each route by itself";
  EXPECT_FALSE(enquiries.permits_request) << "AB v Haringey";
  EXPECT_TRUE(pack.gateway("cda1998-s115")->serves("charity", "police-force"));
  EXPECT_TRUE(pack.gateway("common-law-police")->serves("police-force", "charity"));
}

TEST(LawfulBasis, JudgesEachEntryOnItsDates) {
  const auto later = LawfulBasis::parse(
      with("  unverified: {", "  unverified: {from: 2027-04-01, until: 2027-04-30, ").yaml);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(later->ground("unverified", day("2027-03-31")), nullptr);
  EXPECT_NE(later->ground("unverified", day("2027-04-01")), nullptr);
  EXPECT_NE(later->ground("unverified", day("2027-04-30")), nullptr);
  EXPECT_EQ(later->ground("unverified", day("2027-05-01")), nullptr);
  EXPECT_NE(later->ground("unverified"), nullptr);
  EXPECT_TRUE(later->in_force(day("2026-09-30")));
  EXPECT_FALSE(later->in_force(day("2026-09-29")));
}

TEST(LawfulBasis, OfAnotherDayIsAnotherLaw) {
  const auto packs = Packs::load(kFolder);
  ASSERT_TRUE(packs.has_value());
  const auto in_force = [&](const char* on) { return (*packs->law_in_force(day(on)))->name(); };
  EXPECT_EQ(in_force("2018-07-04"), "lawful-basis-2018");
  EXPECT_EQ(in_force("2026-02-04"), "lawful-basis-2018");
  EXPECT_EQ(in_force("2026-02-05"), "lawful-basis-2025");
  EXPECT_EQ(in_force("2026-09-30"), "lawful-basis-2026");
  const auto before = packs->law_in_force(day("2018-07-03"));
  ASSERT_FALSE(before.has_value());
  EXPECT_EQ(before.error().reason, "NO_LAW_IN_FORCE");
  const LawfulBasis* newest = packs->laws().back();
  EXPECT_EQ(packs->find_law(newest->citation()), newest);
  EXPECT_EQ(packs->find_law(newest->id()), newest);
  EXPECT_EQ(packs->find_law("working-together-2018@2"), nullptr) << "that is of the other kind";

  EXPECT_EQ(law("2018").article_6("6-1-ea"), nullptr);
  EXPECT_NE(law("2025").article_6("6-1-ea"), nullptr);
  EXPECT_EQ(law("2025").gateway("ca2004-s16la"), nullptr);
  EXPECT_EQ(law("2025").ground("detriment-16la-3"), nullptr);
  EXPECT_TRUE(law("2026").ground("detriment-16la-3")->second_signature);
}

TEST(LawfulBasis, RefusesReferencesThatAreMisspelt) {
  expect_fault("schedule_1: [sch1-2]", "schedule_1: [sch1-20]", "names no condition of Schedule 1");
  expect_fault("to: [local-authority]", "to: [local-autority]", "names no body of this pack");
  expect_fault("schedule_1: [sch1-3], source: gdpr-9", "schedule_1: [sch1-3], source: gdpr-99",
               "names no source of this pack");
}

// A misspelt rule is two faults: one that is not known, and one that is missing.
TEST(LawfulBasis, RefusesRulesItDoesNotKnowAndMissesThoseItDoes) {
  const Changed changed = with("  purpose-stated:", "  purpose-statd:");
  EXPECT_THAT(faults_of(changed.yaml),
              UnorderedElementsAre(HasSubstr("purpose-statd is no rule of this program"),
                                   HasSubstr("rules must have purpose-stated")));
}

TEST(LawfulBasis, RefusesWordsThatAreNoChoice) {
  expect_fault("kind: criminal-offence", "kind: criminal", "must be one of: ordinary, special-");
  expect_fault("gateway: duty, source", "gateway: two, source", "must be one of: none, any, duty");
  expect_fault("policy_document: always", "policy_document: mostly", "must be one of: never");
  expect_fault("public_authority: true", "public_authority: maybe", "must be true or false");
  expect_fault("kind: lawful-basis", "kind: unlawful-basis", "must be lawful-basis");
  expect_fault("needs_consent: true", "needs_consent: yes", "must be true or false");
  expect_fault("needs_consent: true", "needs_concent: true", "is it misspelt?");
  expect_fault("declines: false", "declines: false, from: 2018-01-01", "not be before the pack's");
}

TEST(LawfulBasis, RefusesWhatCannotBe) {
  expect_fault("name: Not verified, withholds: true", "name: Not verified, withholds: false",
               "a ground for nothing");
  expect_fault("- {from: [police-force]}", "- {from: []}", "must not be empty");
  expect_fault("    routes:\n      - {from: [police-force]}\n", "    routes: []\n",
               "must have at least one");
}

TEST(LawfulBasis, NamesEveryFaultAtOnce) {
  std::string yaml = with("kind: criminal-offence", "kind: criminal").yaml;
  yaml.replace(yaml.find("gateway: duty, source"), 13, "gateway: two!");
  EXPECT_THAT(faults_of(yaml), SizeIs(2));
}

TEST(LawfulBasis, IsNoPolicyPackNorTheOtherWayRound) {
  const auto as_policy = Pack::parse(shipped(), "law.yaml");
  ASSERT_FALSE(as_policy.has_value());
  EXPECT_THAT(as_policy.error().faults.front().description, HasSubstr("which this is not"));
  EXPECT_THAT(faults_of(read(kFolder + "working-together-2018.yaml")),
              Contains(HasSubstr("kind must be lawful-basis")));
  const auto odd = parse_pack("pack: p\nkind: by-law\n", "odd.yaml");
  ASSERT_FALSE(odd.has_value());
  EXPECT_EQ(odd.error().faults.front().field, "odd.yaml:2:7");
  EXPECT_TRUE(std::holds_alternative<LawfulBasis>(parse_pack(shipped()).value()));
  EXPECT_TRUE(std::holds_alternative<Pack>(
      parse_pack(read(kFolder + "working-together-2018.yaml")).value()));
}

TEST(Rules, HaveEachANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kRules; ++i) {
    const auto rule = static_cast<Rule>(i);
    EXPECT_TRUE(names.insert(id_of(rule)).second) << id_of(rule);
    EXPECT_EQ(rule_named(id_of(rule)), rule);
  }
  EXPECT_FALSE(rule_named("be-nice").has_value());
}

// Codes as a data protection officer looks them up: between backticks on docs/lawful-basis.md.
template <class Entries>
void add_codes(const Entries& entries, std::set<std::string>& codes) {
  for (const auto& entry : entries) codes.insert(entry.code);
}

std::set<std::string> codes_on_the_page() {
  std::istringstream page(read(MASH_SOURCE_DIR "/docs/lawful-basis.md"));
  std::set<std::string> codes;
  std::string part;
  for (bool quoted = false; std::getline(page, part, '`'); quoted = !quoted)
    if (quoted) codes.insert(part);
  return codes;
}

TEST(ThePage, ListsEveryRuleAndEveryCodeOfTheShippedPacks) {
  std::set<std::string> codes;
  for (std::size_t i = 0; i < kRules; ++i) codes.insert(std::string(id_of(static_cast<Rule>(i))));
  for (const char* year : {"2018", "2025", "2026"}) {
    const LawfulBasis pack = law(year);
    add_codes(pack.bodies(), codes);
    add_codes(pack.categories(), codes);
    add_codes(pack.article_6(), codes);
    add_codes(pack.special_conditions(), codes);
    add_codes(pack.schedule_1(), codes);
    add_codes(pack.schedule_8(), codes);
    add_codes(pack.gateways(), codes);
    add_codes(pack.grounds(), codes);
    add_codes(pack.notes(), codes);
  }
  EXPECT_THAT(codes, IsSubsetOf(codes_on_the_page()));
}

}  // namespace
}  // namespace mash::policy
