#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/calendar.h"
#include "core/testing/given_when_then.h"
#include "core/testing/times.h"
#include "policy/lawful_basis.h"
#include "policy/pack.h"

// The people, times and papers of tests: who calls, when, and under which law and policy.
namespace mash::cast {

using mash::testing::given;
using mash::testing::proto;
using mash::testing::utc;

inline const policy::Pack& pack() {
  static const policy::Pack pack =
      policy::Pack::load(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml").value();
  return pack;
}

// "2018", "2025" or "2026".
inline const policy::LawfulBasis& law(const std::string& year) {
  static const auto load = [](const std::string& of) {
    return policy::LawfulBasis::load(MASH_SOURCE_DIR "/deploy/policy/lawful-basis-" + of + ".yaml")
        .value();
  };
  static const std::map<std::string, policy::LawfulBasis> laws = {
      {"2018", load("2018")}, {"2025", load("2025")}, {"2026", load("2026")}};
  return laws.at(year);
}
inline const policy::LawfulBasis& law() { return law("2026"); }

inline const Calendar& calendar() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

inline const Agencies& agencies() {
  static const Agencies agencies = {{"education", "school"},
                                    {"health", "nhs-body"},
                                    {"police", "police-force"},
                                    {"refuge", "charity"},
                                    {"social-care", "local-authority"}};
  return agencies;
}

// A Wednesday morning, under the law since 30 September 2026. Ids made for a call are uuid(0),
// uuid(1) and so on.
inline constexpr char kNow[] = "2026-11-25T10:00:00Z";

inline std::string uuid(int number) {
  std::string digits = std::to_string(number);
  return "01925f3a-0000-7000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline Context as(Actor actor, std::string_view now = kNow) {
  Context context{.actor = std::move(actor),
                  .now = utc(now),
                  .pack = &pack(),
                  .law = &law(),
                  .calendar = &calendar(),
                  .agencies = &agencies(),
                  .area = "E10000013",
                  .fresh_ids = {}};
  for (int i = 0; i < 100; ++i) context.fresh_ids.push_back(uuid(i));
  return context;
}

inline const Actor kPolice{"police", "pol-01", "p-17", "practitioner"};
inline const Actor kHealth{"health", "hea-01", "n-4", "practitioner"};
inline const Actor kHealthManager{"health", "hea-01", "n-9", "practitioner"};
inline const Actor kSchool{"education", "sch-01", "t-3", "practitioner"};
inline const Actor kRefuge{"refuge", "ref-01", "r-2", "practitioner"};
inline const Actor kTriage{"social-care", "mash", "o-1", "triage-officer"};
inline const Actor kSocialWorker{"social-care", "mash", "w-1", "social-worker"};
inline const Actor kManager{"social-care", "mash", "m-1", "mash-manager"};
inline const Actor kAuditor{"auditor", "aud-01", "a-1", "auditor"};

}  // namespace mash::cast
