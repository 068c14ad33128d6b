#include "policy/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <sstream>

#include "core/testing/times.h"
#include "policy/lawful_basis.h"
#include "policy/testing/small_timescales.h"

namespace mash::policy {
namespace {

using mash::testing::day;
using mash::testing::london;
using mash::testing::utc;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::UnorderedElementsAre;

constexpr const char* kShipped = MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml";

const Pack& shipped() {
  static const Pack pack = Pack::load(kShipped).value();
  return pack;
}

const std::string& shipped_text() {
  static const std::string text = [] {
    std::ifstream file(kShipped);
    std::stringstream whole;
    whole << file.rdbuf();
    return whole.str();
  }();
  return text;
}

const Calendar& calendar() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

// A small pack that is right, to be broken one way at a time.
const std::string kSmall = std::string(R"(pack: small
version: 3
title: Small
in_force: {from: 2020-01-01, until: 2025-12-31}
sources:
  law: {title: The law}
hub_hours: {opens: "08:30", closes: "17:30", source: law}
timescales:
  acknowledgement: {allowed: 4 hub-hours, counted_from: receipt, source: law}
  first-decision: {allowed: 1 working-day, notice: 8 elapsed-hours, counted_from: receipt, source: law}
  assessment: {allowed: 45 working-days, counted_from: receipt, source: law}
  old-rule: {allowed: 3 elapsed-days, counted_from: receipt, source: law, until: 2021-06-30}
)") + kStrategyTimescales + R"(levels_of_need:
  "1": {name: Universal, description: Every child, source: law}
ratings:
  red: {name: Red, urgency: 1, information_request: old-rule, source: law}
information_requests: {due_by_first_decision: false, source: law}
contact_outcomes:
  accepted: {name: Accepted, becomes_referral: true, needs_other_support: false, source: law}
referral_outcomes:
  early-help: {name: Early help, threshold_met: false, closes: true, needs_other_support: true, levels: ["1"], source: law}
feedback: {to_each_referrer: true, reasons_required: true, text_max_characters: 100, source: law}
strategy_discussions:
  functions:
    social-care: {name: Social care, bodies: [local-authority], source: law}
    midwives: {name: Midwives, source: law}
  quorum:
    minimum: {when: always, needs: [social-care], source: law}
    unborn: {when: unborn, needs: [midwives, social-care], source: law}
  initial_conference_counted_from: last
  source: law
re_referral: {window: 12 calendar-months, source: law}
patterns: {children_in_context: 3, missing_episodes: 2, missing_window: 90 elapsed-days, missing_factor: A, source: law}
challenges:
  levels:
    manager: {name: Manager, answer: acknowledgement, source: law}
    partners: {name: Partners, answer: old-rule, source: law}
code_lists:
  things: {title: Things, census_year: 2025, source: law, codes: {A: Apple}, retired: {B: Bun}}
)";

std::string edited(std::string_view from, std::string_view to, std::string text = kSmall) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::vector<std::string> faults_of(std::string_view text) {
  const auto pack = Pack::parse(text, "p.yaml");
  std::vector<std::string> texts;
  if (pack) return texts;
  EXPECT_EQ(pack.error().reason, "INVALID_PACK");
  for (const auto& fault : pack.error().faults)
    texts.push_back(fault.field + " " + fault.description);
  return texts;
}

TEST(WorkingTogether2018, IsNamedByIdAndDigest) {
  EXPECT_EQ(shipped().id(), "working-together-2018@3");
  EXPECT_THAT(shipped().citation(), MatchesRegex("working-together-2018@3 sha256:[0-9a-f]{64}"));
  EXPECT_TRUE(shipped().in_force().hold(day("2018-07-04")));
  EXPECT_FALSE(shipped().in_force().hold(day("2018-07-03")));
  EXPECT_TRUE(shipped().in_force().hold(day("2040-01-01")));
}

TEST(WorkingTogether2018, HasTheTimescalesOfTheGuidance) {
  const auto allowed = [](std::string_view name) {
    const TimescaleRule* rule = shipped().timescale(name);
    if (rule == nullptr) return std::string("none");
    return std::to_string(rule->timescale.allowed.amount) + " " +
           std::string(name_of(rule->timescale.allowed.clock));
  };
  EXPECT_EQ(allowed("acknowledgement"), "1 working-days");
  EXPECT_EQ(allowed("first-decision"), "1 working-days");
  EXPECT_EQ(allowed("assessment"), "45 working-days");
  EXPECT_EQ(allowed("information-request-red"), "4 elapsed-hours");
  EXPECT_EQ(allowed("information-request-amber"), "24 elapsed-hours");
  EXPECT_EQ(allowed("information-request-green"), "72 elapsed-hours");
  EXPECT_EQ(allowed("initial-conference"), "15 working-days");
  EXPECT_EQ(allowed("core-group"), "10 working-days");
  EXPECT_EQ(allowed("first-review-conference"), "3 calendar-months");
  EXPECT_EQ(allowed("next-review-conference"), "6 calendar-months");
  EXPECT_EQ(allowed("pre-birth-conference"), "-70 elapsed-days");
  EXPECT_EQ(allowed("review-after-birth"), "1 calendar-months");
  EXPECT_EQ(allowed("transfer-in-conference"), "15 working-days");
  EXPECT_EQ(allowed("police-protection"), "72 elapsed-hours");
  EXPECT_EQ(allowed("emergency-protection-order"), "8 elapsed-days");
  EXPECT_EQ(allowed("emergency-protection-order-extension"), "7 elapsed-days");
  EXPECT_EQ(allowed("strategy-discussion"), "3 working-days");
  EXPECT_EQ(allowed("strategy-discussion-urgent"), "4 elapsed-hours");
  EXPECT_EQ(allowed("discussion-reconvening"), "1 working-days");
  EXPECT_EQ(allowed("discussion-record"), "1 working-days");
  EXPECT_EQ(allowed("discussion-action"), "5 working-days");
  EXPECT_EQ(allowed("conference-request"), "3 working-days");
  EXPECT_EQ(allowed("designated-officer"), "1 working-days");
  EXPECT_EQ(allowed("serious-incident"), "5 working-days");
}

TEST(WorkingTogether2018, EveryRuleSaysWhereItComesFrom) {
  const auto check = [](const Basis& basis, const std::string& name) {
    EXPECT_FALSE(basis.source.description.empty()) << name;
    EXPECT_TRUE(basis.in_force.hold(day("2026-11-22"))) << name;
  };
  for (const auto& rule : shipped().timescales()) check(rule.basis, rule.timescale.name);
  for (const auto& level : shipped().levels_of_need()) check(level.basis, level.code);
  for (const auto& rating : shipped().ratings()) check(rating.basis, rating.code);
  for (const auto& outcome : shipped().contact_outcomes()) check(outcome.basis, outcome.code);
  for (const auto& outcome : shipped().referral_outcomes()) check(outcome.basis, outcome.code);
  for (const auto& list : shipped().code_lists()) check(list.basis, list.name);
  for (const auto& level : shipped().challenge_levels()) check(level.basis, level.code);
  for (const auto& function : shipped().discussions().functions)
    check(function.basis, function.code);
  for (const auto& rule : shipped().discussions().quorum) check(rule.basis, rule.name);
  check(shipped().discussions().basis, "strategy discussions");
  EXPECT_THAT(shipped().timescale("first-decision")->basis.source.description,
              HasSubstr("chapter 1, paragraph 71"));
}

TEST(WorkingTogether2018, EveryTimescaleGivesADeadlineThatCitesIt) {
  const Time start = utc("2026-11-20T16:55:00Z");
  for (const auto& rule : shipped().timescales()) {
    const auto deadline = shipped().deadline(rule.timescale.name, start, calendar());
    ASSERT_TRUE(deadline.has_value()) << rule.timescale.name;
    EXPECT_EQ(deadline->pack, "working-together-2018@3");
    EXPECT_LT(deadline->approaching_from, deadline->due) << rule.timescale.name;
  }
  const auto decision = shipped().deadline(kFirstDecision, start, calendar());
  EXPECT_EQ(london(calendar(), decision->due), "2026-11-23 23:59:59");
}

TEST(WorkingTogether2018, OutcomesBelowTheThresholdCloseAndNameOtherSupport) {
  for (const auto& outcome : shipped().referral_outcomes()) {
    EXPECT_EQ(outcome.closes, !outcome.threshold_met) << outcome.code;
    EXPECT_EQ(outcome.needs_other_support, !outcome.threshold_met) << outcome.code;
  }
  const ReferralOutcome* immediate = shipped().referral_outcome("immediate-protection");
  ASSERT_NE(immediate, nullptr);
  EXPECT_TRUE(immediate->threshold_met);
  EXPECT_TRUE(immediate->allows_level("4"));
  EXPECT_FALSE(immediate->allows_level("2"));
  EXPECT_THAT(immediate->starts, ElementsAre("assessment"));
  EXPECT_EQ(shipped().referral_outcomes().size(), 8u);
  EXPECT_TRUE(shipped().contact_outcome("accepted")->becomes_referral);
  EXPECT_FALSE(shipped().contact_outcome("no-further-action")->becomes_referral);
  EXPECT_EQ(shipped().contact_outcomes().size(), 5u);
  EXPECT_EQ(shipped().referral_outcome("nothing"), nullptr);
}

TEST(WorkingTogether2018, HasTheCodesOfTheCensus) {
  const CodeList* sources = shipped().codes("referral-source");
  ASSERT_NE(sources, nullptr);
  EXPECT_EQ(sources->codes.size(), 22u);
  EXPECT_EQ(sources->find("6")->name, "Police");
  const CodeList* factors = shipped().codes("factors");
  EXPECT_TRUE(factors->takes("18B"));
  EXPECT_FALSE(factors->takes("18A"));
  EXPECT_NE(factors->find("18A"), nullptr);
  EXPECT_FALSE(factors->takes("99Z"));
  EXPECT_TRUE(shipped().codes("category-of-abuse")->takes("NEG"));
  EXPECT_TRUE(shipped().codes("primary-need")->takes("N8"));
  EXPECT_EQ(shipped().codes("colours"), nullptr);
}

TEST(WorkingTogether2018, AChallengeGoesUpLevelsThatEachHaveATimeToAnswer) {
  std::vector<std::string> codes;
  for (const auto& level : shipped().challenge_levels()) {
    codes.push_back(level.code);
    EXPECT_NE(shipped().timescale(level.answer), nullptr) << level.code;
  }
  EXPECT_THAT(codes, ElementsAre("team-manager", "head-of-service", "safeguarding-partners"));
}

TEST(WorkingTogether2018, ADiscussionNeedsSocialCarePoliceAndHealthAndWhoTheChildCallsFor) {
  const DiscussionRules& rules = shipped().discussions();
  EXPECT_THAT(rules.needed(false, false), ElementsAre("social-care", "police", "health"));
  EXPECT_THAT(rules.needed(true, false),
              ElementsAre("social-care", "police", "health", "accommodation"));
  EXPECT_THAT(rules.needed(false, true),
              ElementsAre("social-care", "police", "health", "maternity"));
  EXPECT_THAT(rules.needed(true, true),
              ElementsAre("social-care", "police", "health", "accommodation", "maternity"));
  EXPECT_FALSE(rules.conference_from_last);
  EXPECT_EQ(rules.function("nobody"), nullptr);
  std::vector<std::string> open_to_schools;
  for (const auto& function : rules.functions)
    if (function.open_to("school")) open_to_schools.push_back(function.code);
  EXPECT_THAT(open_to_schools, ElementsAre("education", "referrer", "early-help", "other"));
}

TEST(WorkingTogether2018, TheBodiesOfFunctionsAreThoseOfTheLawfulBasisPacks) {
  for (const char* year : {"2018", "2025", "2026"}) {
    const auto law = LawfulBasis::load(MASH_SOURCE_DIR "/deploy/policy/lawful-basis-" +
                                       std::string(year) + ".yaml")
                         .value();
    for (const auto& function : shipped().discussions().functions)
      for (const auto& body : function.bodies)
        EXPECT_NE(law.body(body), nullptr) << function.code << " " << body << " " << year;
  }
}

TEST(WorkingTogether2018, OutcomesThatCallForADiscussionSayByWhenItIsDue) {
  for (const auto& outcome : shipped().referral_outcomes()) {
    std::string_view expected;
    if (outcome.code == "strategy-discussion-or-section-47") expected = kStrategyDiscussion;
    if (outcome.code == "immediate-protection") expected = kStrategyDiscussionUrgent;
    EXPECT_EQ(outcome.discussion, expected) << outcome.code;
  }
}

TEST(WorkingTogether2018, RequestsAreDueByRatingAndByTheDecision) {
  const Time start = utc("2026-11-18T09:00:00Z");
  const Deadline decision = shipped().deadline(kFirstDecision, start, calendar()).value();
  const auto red = shipped().information_request("red", start, &decision, calendar());
  EXPECT_EQ(red->due, utc("2026-11-18T13:00:00Z"));
  const auto green = shipped().information_request("green", start, &decision, calendar());
  EXPECT_EQ(green->due, decision.due);
  EXPECT_EQ(green->capped_by, "first-decision");
  const auto alone = shipped().information_request("green", start, nullptr, calendar());
  EXPECT_EQ(alone->due, utc("2026-11-21T09:00:00Z"));
  Deadline made = decision;
  made.done_at = start;
  EXPECT_EQ(shipped().information_request("green", start, &made, calendar()), alone);
  EXPECT_EQ(shipped().information_request("blue", start, nullptr, calendar()).error().reason,
            "UNKNOWN_RATING");
  EXPECT_LT(shipped().rating("red")->urgency, shipped().rating("green")->urgency);
}

TEST(WorkingTogether2018, AReReferralComesWithinTwelveMonths) {
  const auto within = [](std::string_view previous, std::string_view now) {
    return shipped().is_re_referral(utc(previous), utc(now), calendar()).value();
  };
  EXPECT_TRUE(within("2025-11-22T10:00:00Z", "2026-11-22T23:59:59Z"));
  EXPECT_FALSE(within("2025-11-22T10:00:00Z", "2026-11-23T00:00:00Z"));
  EXPECT_FALSE(within("2026-11-23T10:00:00Z", "2026-11-22T10:00:00Z"));
}

TEST(WorkingTogether2018, ChildrenMeetAndGoMissingRepeatedlyByLocalProtocol) {
  const auto within = [](std::string_view previous, std::string_view now) {
    return shipped().is_repeated_missing(utc(previous), utc(now), calendar()).value();
  };
  EXPECT_EQ(shipped().patterns().children_in_context, 3);
  EXPECT_EQ(shipped().patterns().missing_episodes, 2);
  EXPECT_TRUE(within("2026-01-10T10:00:00Z", "2026-04-10T09:00:00Z"));
  EXPECT_FALSE(within("2026-01-10T10:00:00Z", "2026-04-10T09:00:01Z"));
  EXPECT_TRUE(shipped().codes("factors")->takes(shipped().patterns().missing_factor));
}

TEST(Pack, KeepsRulesToTheirDates) {
  const Pack pack = Pack::parse(kSmall).value();
  EXPECT_TRUE(pack.deadline("old-rule", utc("2021-06-30T12:00:00Z"), calendar()).has_value());
  EXPECT_EQ(pack.deadline("old-rule", utc("2021-07-01T12:00:00Z"), calendar()).error().reason,
            "RULE_NOT_IN_FORCE");
  EXPECT_EQ(pack.deadline("first-decision", utc("2019-12-31T12:00:00Z"), calendar()).error().reason,
            "RULE_NOT_IN_FORCE");
  EXPECT_EQ(pack.deadline("none", utc("2021-06-30T12:00:00Z"), calendar()).error().reason,
            "UNKNOWN_TIMESCALE");
}

TEST(Pack, HubHoursAndCapsAreThePacksOwn) {
  const Pack pack = Pack::parse(kSmall).value();
  const auto due = pack.deadline("acknowledgement", utc("2021-02-01T16:30:00Z"), calendar());
  EXPECT_EQ(london(calendar(), due->due), "2021-02-02 11:30:00");
  const Deadline decision =
      pack.deadline("first-decision", utc("2021-02-01T16:30:00Z"), calendar()).value();
  EXPECT_EQ(
      pack.information_request("red", utc("2021-02-01T16:30:00Z"), &decision, calendar())->due,
      utc("2021-02-04T16:30:00Z"));
}

TEST(Pack, SaysWhoADiscussionNeedsInItsOrderAndNobodyTwice) {
  const Pack pack = Pack::parse(kSmall).value();
  EXPECT_THAT(pack.discussions().needed(true, false), ElementsAre("social-care"));
  EXPECT_THAT(pack.discussions().needed(false, true), ElementsAre("social-care", "midwives"));
  EXPECT_TRUE(pack.discussions().conference_from_last);
  EXPECT_TRUE(pack.discussions().function("midwives")->open_to("charity"));
  EXPECT_FALSE(pack.discussions().function("social-care")->open_to("charity"));
}

TEST(Pack, DigestIsOfEveryByte) {
  const Pack one = Pack::parse(kSmall).value();
  const Pack other = Pack::parse(kSmall + "\n").value();
  EXPECT_EQ(one.id(), other.id());
  EXPECT_NE(one.sha256(), other.sha256());
}

TEST(Pack, NamesEveryFaultWithItsPlace) {
  std::string text = edited("version: 3", "version: three");
  text = edited("from: 2020-01-01", "from: 2020-02-30", text);
  text = edited("4 hub-hours", "4 fortnights", text);
  text = edited("urgency: 1", "urgency: 0", text);
  text = edited("title: Things, ", "titel: Things, ", text);
  EXPECT_THAT(
      faults_of(text),
      UnorderedElementsAre(
          "p.yaml:2:10 version must be a whole number from 1 to 1000000",
          "p.yaml:4:18 in_force.from must be a day from 1990 to 2149, as in 2018-07-04",
          HasSubstr("p.yaml:9:30 timescales.acknowledgement.allowed must be an amount and a clock"),
          HasSubstr("p.yaml:33:29 ratings.red.urgency must be a whole number"),
          HasSubstr("code_lists.things.title is missing"),
          HasSubstr("code_lists.things.titel is not known here: is it misspelt?")));
}

// One way to be wrong: what to write instead of what, and what must be said of it.
struct Breakage {
  const char* from;
  const char* to;
  const char* said;
};

TEST(Pack, FindsWhatIsWrong) {
  const Breakage breakages[] = {
      {"pack: small", "pack: s m", "pack must be a name"},
      {"pack: small", "pack: [a]", "pack must be text"},
      {"title: Small\n", "", "title is missing"},
      {"until: 2025-12-31", "until: 2019-12-31", "in_force.until must not be before from"},
      {"law: {title: The law}", "law: {title: The law}\n  odd: {title: Odd}", "odd is not used"},
      {"law: {title: The law}", "law: {title: \"\"}", "sources.law.title must not be empty"},
      {"\"08:30\"", "\"8:30\"", "hub_hours.opens must be a time of day"},
      {"\"08:30\"", "\"18:30\"", "hub_hours.closes must be after it opens"},
      {"\"08:30\"", "\"08:61\"", "hub_hours.opens must be a time of day"},
      {"4 hub-hours", "-4 hub-hours", "cannot count hub hours back"},
      {"4 hub-hours", "0 hub-hours", "must be an amount and a clock"},
      {"4 hub-hours", "4", "must be an amount and a clock"},
      {"4 hub-hours", "99999 hub-hours", "must be an amount and a clock"},
      {"notice: 8 elapsed-hours", "notice: 1 hub-hour", "notice must be a positive amount"},
      {"notice: 8 elapsed-hours", "notice: -8 elapsed-hours", "notice must be a positive amount"},
      {"  assessment: {", "  asessment: {", "timescales must have assessment"},
      {"counted_from: receipt, source: law}", "counted_from: receipt, source: lore}",
       "source names no source of this pack: lore"},
      {"until: 2021-06-30", "until: 2026-06-30", "until must not be after the pack's own"},
      {"until: 2021-06-30", "from: 2019-06-30", "from must not be before the pack's own"},
      {"until: 2021-06-30", "from: 2023-01-01, until: 2022-01-01", "must not be before from"},
      {"information_request: old-rule", "information_request: none", "names no timescale: none"},
      {"becomes_referral: true", "becomes_referral: false",
       "must have one that becomes a referral"},
      {"becomes_referral: true", "becomes_referral: yes", "must be true or false"},
      {"levels: [\"1\"]", "levels: []", "must name at least one level of need"},
      {"levels: [\"1\"]", "levels: [\"7\"]", "names no level of need: 7"},
      {"levels: [\"1\"]", "levels: [[]]", "must be a list of words"},
      {"levels: [\"1\"]", "levels: [\"1\"], starts: [none]", "starts names no timescale: none"},
      {"levels: [\"1\"]", "levels: [\"1\"], starts: [assessment]", "starts must be empty where"},
      {"text_max_characters: 100", "text_max_characters: 0", "must be a whole number from 1"},
      {"12 calendar-months", "-12 calendar-months", "re_referral.window must be positive"},
      {"90 elapsed-days", "-90 elapsed-days", "patterns.missing_window must be positive"},
      {"children_in_context: 3", "children_in_context: 1", "must be a whole number from 2"},
      {"codes: {A: Apple}", "codes: {A: \"\"}", "codes.A must be the code's words"},
      {"codes: {A: Apple}", "codes: {B: Apple}", "retired.B is in the list already"},
      {"codes: {A: Apple}", "codes: {\"A b\": Apple}", "must be of letters, digits and hyphens"},
      {"answer: acknowledgement", "answer: none",
       "challenges.levels.manager.answer names no timescale: none"},
      {"partners: {name: Partners, ", "partners: {", "challenges.levels.partners.name is missing"},
      {"  levels:\n", "  steps:\n", "challenges.steps is not known here"},
      {"levels: [\"1\"]", "levels: [\"1\"], discussion: none",
       "early-help.discussion names no timescale: none"},
      {"levels: [\"1\"]", "levels: [\"1\"], discussion: pre-birth-conference",
       "early-help.discussion must not count back: pre-birth-conference"},
      {"levels: [\"1\"]", "levels: [\"1\"], discussion: discussion-record",
       "early-help.discussion must be left out where the outcome closes the referral"},
      {"  discussion-record: {", "  discussion-records: {",
       "timescales must have discussion-record"},
      {"  core-group: {", "  core-groups: {", "timescales must have core-group"},
      {"strategy_discussions:", "strategy_meetings:", "strategy_discussions is missing"},
      {"  functions:\n", "  roles:\n", "strategy_discussions.functions is missing"},
      {"  quorum:\n", "  quorums:\n", "strategy_discussions.quorums is not known here"},
      {"bodies: [local-authority]", "bodies: []", "functions.social-care.bodies must not be empty"},
      {"bodies: [local-authority]", "bodies: [[]]", "bodies must be a list of words"},
      {"midwives: {name: Midwives, ", "midwives: {", "functions.midwives.name is missing"},
      {"midwives: {name: Midwives, source: law}", "midwives: {name: Midwives}",
       "functions.midwives.source is missing"},
      {"needs: [midwives, social-care]", "needs: [midwives, police]",
       "quorum.unborn.needs names no function: police"},
      {"needs: [social-care]", "needs: []", "minimum.needs must name at least one function"},
      {"when: unborn", "when: born",
       "quorum.unborn.when must be one of: always, looked-after, unborn"},
      {"when: always", "when: looked-after", "quorum must have a rule for when: always"},
      {"counted_from: last", "counted_from: middle",
       "initial_conference_counted_from must be one of: first, last"},
      {"  initial_conference_counted_from: last\n", "",
       "initial_conference_counted_from is missing"},
      {"counted_from: last\n  source: law", "counted_from: last",
       "strategy_discussions.source is missing"},
      {"re_referral:", "re_refferal:", "re_refferal is not known here"},
      {"re_referral: {window: 12 calendar-months, source: law}", "re_referral: []",
       "re_referral must be a map"},
      {"levels_of_need:\n  \"1\": {name: Universal, description: Every child, source: law}",
       "levels_of_need: {}", "levels_of_need must not be empty"},
  };
  for (const auto& [from, to, said] : breakages) {
    const auto faults = faults_of(edited(from, to));
    EXPECT_THAT(faults, Contains(HasSubstr(said))) << from << " -> " << to;
    EXPECT_THAT(faults, Contains(MatchesRegex("p\\.yaml:[0-9]+:[0-9]+ .*"))) << to;
  }
  EXPECT_THAT(faults_of(kSmall), ElementsAre());
}

TEST(Pack, RefusesWhatIsNoMapAtAll) {
  for (const char* text : {"", "[]", "7", "~", "a: &x 1\nb: *x", "a: [", "{}"})
    EXPECT_FALSE(faults_of(text).empty()) << text;
}

TEST(Pack, AMissingFileIsSaidToBeMissing) {
  EXPECT_EQ(Pack::load("/nowhere/pack.yaml").error().reason, "PACK_MISSING");
  EXPECT_FALSE(Pack::load("/").has_value());
}

RC_GTEST_PROP(PackProperty, AChangedByteGivesAPackOrFaultsWithPlaces, ()) {
  std::string text = kSmall;
  const int changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i)
    text[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size())))] =
        *rc::gen::elementOf(std::string("aZ9 \n-:,[]{}#&*!|>'\"\x80"));
  const auto pack = Pack::parse(text, "p.yaml");
  if (!pack) {
    RC_ASSERT(pack.error().reason == "INVALID_PACK");
    RC_ASSERT(!pack.error().faults.empty());
  }
}

RC_GTEST_PROP(PackProperty, APackCutShortIsNeverTaken, ()) {
  // Its last section is one that every pack has, so any cut before it leaves something out.
  const auto end = static_cast<int>(shipped_text().find("re_referral:"));
  const auto length = static_cast<std::size_t>(*rc::gen::inRange(0, end));
  RC_ASSERT(!Pack::parse(shipped_text().substr(0, length)).has_value());
}

}  // namespace
}  // namespace mash::policy
