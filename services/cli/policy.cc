#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "core/calendar.h"
#include "core/timestamp.h"
#include "mash/common/v1/deadline.pb.h"
#include "policy/pack_file.h"
#include "policy/packs.h"

// mash policy: a pack of either kind, before a hub is given it; and when something would be due.
namespace mash::cli {
namespace {

std::string dates(const policy::Dates& dates) {
  return "from " + to_iso_date(dates.from) +
         (dates.until ? " until " + to_iso_date(*dates.until) : ", no end");
}

std::string number_of(std::size_t number, std::string_view what) {
  return std::to_string(number) + " " + std::string(what);
}

std::string holds(const policy::Pack& pack) {
  return number_of(pack.timescales().size(), "timescales, ") +
         number_of(pack.levels_of_need().size(), "levels of need, ") +
         number_of(pack.ratings().size(), "ratings, ") +
         number_of(pack.contact_outcomes().size(), "contact outcomes, ") +
         number_of(pack.referral_outcomes().size(), "referral outcomes, ") +
         number_of(pack.discussions().functions.size(), "functions in strategy discussions, ") +
         number_of(pack.code_lists().size(), "code lists");
}

std::string holds(const policy::LawfulBasis& law) {
  const std::size_t conditions =
      law.special_conditions().size() + law.schedule_1().size() + law.schedule_8().size();
  return number_of(law.bodies().size(), "bodies, ") +
         number_of(law.categories().size(), "categories, ") +
         number_of(law.article_6().size(), "bases, ") + number_of(conditions, "conditions, ") +
         number_of(law.gateways().size(), "gateways, ") +
         number_of(law.grounds().size(), "grounds, ") + number_of(law.rules().size(), "rules");
}

std::string holds(const policy::NoticeRules& rules) {
  return number_of(rules.rules().size(), "rules on who is told");
}

template <class Pack>
void print_pack(const Pack& pack, Session& session) {
  if (session.settings.json) {
    session.out << nlohmann::ordered_json{{"id", pack.id()},
                                          {"sha256", pack.sha256()},
                                          {"title", pack.title()},
                                          {"from", to_iso_date(pack.in_force().from)}}
                       .dump()
                << '\n';
    return;
  }
  Facts facts;
  facts.add("pack", pack.id());
  facts.add("title", shown(pack.title()));
  facts.add("in force", dates(pack.in_force()));
  facts.add("sha256", pack.sha256());
  facts.add("holds", holds(pack));
  facts.print(session.out);
}

tl::unexpected<Failure> refused(const Error& error) {
  const bool missing = error.reason == "PACK_MISSING";
  return fail(
      missing ? Exit::kFile : Exit::kNotProven, error,
      missing ? "" : "A hub given this refuses to start. docs/policy-packs.md describes packs.");
}

Outcome<void> check(const std::string& file, Session& session) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    const auto packs = policy::Packs::load(file);
    if (!packs) return refused(packs.error());
    for (const policy::Pack* pack : packs->all()) print_pack(*pack, session);
    for (const policy::LawfulBasis* law : packs->laws()) print_pack(*law, session);
    for (const policy::NoticeRules* rules : packs->notices()) print_pack(*rules, session);
    return {};
  }
  const auto pack = policy::load_pack(file);
  if (!pack) return refused(pack.error());
  std::visit([&](const auto& read) { print_pack(read, session); }, *pack);
  return {};
}

struct DueOptions {
  std::string timescale;
  std::string from;
  std::string policy = "deploy/policy";
  std::string calendar = "deploy/calendar/bank-holidays.json";
};

// Weekdays from one day to another that are no working days: bank holidays.
std::vector<std::string> holidays_between(const Calendar& calendar, Day from, Day until) {
  std::vector<std::string> days;
  for (Day day = from; day <= until; day += std::chrono::days(1)) {
    const std::chrono::weekday weekday(day);
    const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
    if (!weekend && !calendar.is_working_day(day))
      days.push_back(to_iso_date(std::chrono::year_month_day(day)));
  }
  return days;
}

void print_due(const Deadline& deadline, const policy::TimescaleRule& rule,
               const Calendar& calendar, Session& session) {
  const London& london = calendar.london();
  std::vector<std::string> holidays;
  if (deadline.allowed.clock == ClockKind::kWorkingDays)
    holidays = holidays_between(calendar, london.day(std::min(deadline.start, deadline.due)),
                                london.day(std::max(deadline.start, deadline.due)));
  if (session.settings.json) {
    common::v1::Deadline message;
    to_proto(deadline, &message);
    session.out << to_json(message, false) << '\n';
    return;
  }
  Facts facts;
  facts.add("timescale", deadline.kind);
  facts.add("allowed", std::to_string(deadline.allowed.amount) + " " +
                           std::string(name_of(deadline.allowed.clock)) + " from " +
                           rule.counted_from);
  facts.add("from", shown(deadline.start));
  facts.add("due", shown(deadline.due));
  std::string not_counted;
  for (const std::string& day : holidays) not_counted += (not_counted.empty() ? "" : ", ") + day;
  if (!not_counted.empty()) facts.add("bank holidays not counted", not_counted);
  facts.add("source", shown(rule.basis.source.description));
  facts.add("pack", deadline.pack);
  facts.add("calendar", deadline.calendar);
  facts.print(session.out);
}

Outcome<void> due(const DueOptions& options, Session& session) {
  const auto from = read_time(options.from);
  if (!from) return tl::unexpected(from.error());
  const auto calendar = Calendar::load(options.calendar);
  if (!calendar) return fail(Exit::kFile, calendar.error());
  const auto packs = policy::Packs::load(options.policy);
  if (!packs) return refused(packs.error());
  const auto pack = packs->in_force(*from, calendar->london());
  if (!pack) return refused(pack.error());
  const policy::TimescaleRule* rule = (*pack)->timescale(options.timescale);
  if (rule == nullptr) {
    std::string known;
    for (const policy::TimescaleRule& each : (*pack)->timescales())
      known += (known.empty() ? "There are: " : ", ") + each.timescale.name;
    return wrong_usage("'" + options.timescale + "' is no timescale of " + (*pack)->id() + ".",
                       known + ".");
  }
  const auto deadline = (*pack)->deadline(options.timescale, *from, *calendar);
  if (!deadline) return refused(deadline.error());
  print_due(*deadline, *rule, *calendar, session);
  return {};
}

void add_due(CLI::App& policy, Session& session) {
  auto options = std::make_shared<DueOptions>();
  CLI::App* command = add_command(
      policy, "due", "When something would be due, by which rule, and which days do not count.",
      "  mash policy due initial-conference --from '2026-12-14 14:00'\n"
      "  mash policy due police-protection --from '2026-10-24 22:10'\n");
  command->add_option("timescale", options->timescale, "its name in the policy pack")->required();
  command->add_option("--from", options->from, "what it is counted from")->required();
  command->add_option("--policy", options->policy, "the folder of packs");
  command->add_option("--calendar", options->calendar, "the file of bank holidays");
  command->callback([options, &session] {
    session.run = [options, &session] { return due(*options, session); };
  });
}

}  // namespace

void add_policy(CLI::App& app, Session& session) {
  CLI::App* policy = add_command(app, "policy", "Policy packs.", "");
  policy->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  CLI::App* command = add_command(
      *policy, "check", "Checks a pack of rules, or a folder of them, naming every fault.",
      "  mash policy check deploy/policy/working-together-2018.yaml\n"
      "  mash policy check deploy/policy/lawful-basis-2026.yaml\n"
      "  mash policy check deploy/policy          also that one of each kind is in force on every "
      "day\n");
  command->add_option("file", *file, "the pack's file, or a folder")->required();
  command->callback(
      [file, &session] { session.run = [file, &session] { return check(*file, session); }; });
  add_due(*policy, session);
}

}  // namespace mash::cli
