#include <CLI/CLI.hpp>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

// mash report: counts of a period, as at any time.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;

constexpr char kContacts[] = "mash.referral.v1.ReferralService/ReportTimeliness";
constexpr char kRequests[] = "mash.sharing.v1.SharingService/ReportRequests";
constexpr char kDiscussions[] = "mash.strategy.v1.StrategyService/ReportDiscussions";

struct Period {
  std::string from;
  std::string to;
  std::string at;
};

// "2 d 3 h", "4 h 20 min", "35 s": the two largest parts.
std::string duration(uint64_t seconds) {
  struct Unit {
    uint64_t seconds;
    const char* name;
  };
  constexpr std::array kUnits{Unit{86'400, "d"}, Unit{3'600, "h"}, Unit{60, "min"}, Unit{1, "s"}};
  for (size_t i = 0; i < kUnits.size(); ++i) {
    if (seconds < kUnits[i].seconds) continue;
    std::string text = std::to_string(seconds / kUnits[i].seconds) + " " + kUnits[i].name;
    const uint64_t rest = seconds % kUnits[i].seconds;
    if (i + 1 == kUnits.size() || rest < kUnits[i + 1].seconds) return text;
    return text + " " + std::to_string(rest / kUnits[i + 1].seconds) + " " + kUnits[i + 1].name;
  }
  return "0 s";
}

// In time, of those that were done or should have been.
std::string share(uint64_t in_time, uint64_t late, uint64_t overdue) {
  const uint64_t due = in_time + late + overdue;
  return due == 0 ? "-" : std::to_string(in_time * 100 / due) + " %";
}

void add_row(Table& table, const std::string& source, const std::string& level,
             const v1::TimelinessRow& row) {
  table.add({source, level, std::to_string(row.contacts()), std::to_string(row.referrals()),
             std::to_string(row.decided_in_time()), std::to_string(row.decided_late()),
             std::to_string(row.undecided()), std::to_string(row.overdue()),
             share(row.decided_in_time(), row.decided_late(), row.overdue()),
             std::to_string(row.withdrawn()), std::to_string(row.re_referrals()),
             std::to_string(row.challenged())});
}

void print_report(const v1::ReportTimelinessResponse& report, std::ostream& out) {
  Table table({"source", "level", "contacts", "referrals", "in time", "late", "undecided",
               "overdue", "share", "withdrawn", "re-referrals", "challenged"});
  for (const v1::TimelinessRow& row : report.rows())
    add_row(table, row.source().empty() ? "-" : shown(row.source()),
            row.level_of_need().empty() ? "-" : shown(row.level_of_need()), row);
  add_row(table, "all", "", report.total());
  table.print(out);
  Table outcomes({"outcome", "contacts"});
  for (const auto& [code, count] : std::map<std::string, uint32_t>(
           report.total().outcomes().begin(), report.total().outcomes().end()))
    outcomes.add({shown(code), std::to_string(count)});
  if (!outcomes.empty()) {
    out << '\n';
    outcomes.print(out);
  }
  out << "\nThe first decision took " << duration(report.median_s())
      << " in half of the cases, and at most " << duration(report.ninetieth_s())
      << " in nine of ten. Read at position " << report.position() << ".\n";
}

void add_row(Table& table, const std::string& agency, const std::string& rating,
             const sharing::v1::RequestCounts& row) {
  table.add({agency, rating, std::to_string(row.requests()), std::to_string(row.in_time()),
             std::to_string(row.late()), std::to_string(row.open()), std::to_string(row.overdue()),
             share(row.in_time(), row.late(), row.overdue()), std::to_string(row.with_items()),
             std::to_string(row.nothing_held()), std::to_string(row.declined()),
             std::to_string(row.extended())});
}

void print_report(const sharing::v1::ReportRequestsResponse& report, std::ostream& out) {
  Table table({"agency", "rating", "requests", "in time", "late", "open", "overdue", "share",
               "items", "nothing held", "declined", "put off"});
  for (const sharing::v1::RequestCounts& row : report.rows())
    add_row(table, shown(row.agency()), enum_word(v1::Rating_Name(row.rating()), "Rating"), row);
  add_row(table, "all", "", report.total());
  table.print(out);
  out << "\nRead at position " << report.position() << ".\n";
}

void add_row(Table& table, const std::string& what, const strategy::v1::TimelinessCount& row) {
  table.add({what, std::to_string(row.in_time()), std::to_string(row.late()),
             std::to_string(row.open()), std::to_string(row.overdue()),
             std::to_string(row.not_needed()), share(row.in_time(), row.late(), row.overdue())});
}

// By key, in order.
template <class Counts>
auto sorted(const Counts& counts) {
  return std::map<std::string, typename Counts::mapped_type>(counts.begin(), counts.end());
}

void print_report(const strategy::v1::ReportDiscussionsResponse& report, std::ostream& out) {
  Facts facts;
  facts.add("sittings", std::to_string(report.sittings()) + ", " +
                            std::to_string(report.quorate()) + " quorate, " +
                            std::to_string(report.emergency()) + " as an emergency without");
  for (const auto& [function, times] : sorted(report.absent()))
    facts.add(shown(function) + " missing", std::to_string(times));
  for (const auto& [agency, times] : sorted(report.attended()))
    facts.add(shown(agency) + " attended", std::to_string(times));
  facts.add("section 47 enquiries started", std::to_string(report.section_47_started()));
  facts.add("decisions disagreed with", std::to_string(report.dissents()));
  facts.add("decisions challenged", std::to_string(report.challenges()));
  facts.print(out);
  Table table({"fell due", "in time", "late", "open", "overdue", "not needed", "share"});
  add_row(table, "discussions", report.discussions());
  for (const auto& [kind, counts] : sorted(report.conferences()))
    add_row(table, "conferences, " + shown(kind), counts);
  for (const auto& [agency, counts] : sorted(report.actions()))
    add_row(table, "actions of " + shown(agency), counts);
  out << '\n';
  table.print(out);
  out << "\nRead at position " << report.position() << ".\n";
}

template <class Request, class Response>
Outcome<Response> report_of(const Period& period, const char* method, const Client& client) {
  Request request;
  for (const auto& put : {put_time(period.from, [&] { return request.mutable_from(); }),
                          put_time(period.to, [&] { return request.mutable_to(); }),
                          put_time(period.at, [&] { return request.mutable_as_at(); })})
    if (!put) return tl::unexpected(put.error());
  Response report;
  if (const auto got = client.unary(method, request, report); !got)
    return tl::unexpected(got.error());
  return report;
}

template <class Request, class Response>
Outcome<void> print_one(const Period& period, const char* method, Session& session) {
  const auto client = connect(session, kUsualManager);
  if (!client) return tl::unexpected(client.error());
  const auto report = report_of<Request, Response>(period, method, *client);
  if (!report) return tl::unexpected(report.error());
  if (session.settings.json)
    session.out << to_json(*report, false) << '\n';
  else
    print_report(*report, session.out);
  return {};
}

// All of them, as one: what inspectors ask for.
Outcome<void> print_all(const Period& period, Session& session) {
  const auto client = connect(session, kUsualManager);
  if (!client) return tl::unexpected(client.error());
  const auto contacts = report_of<v1::ReportTimelinessRequest, v1::ReportTimelinessResponse>(
      period, kContacts, *client);
  if (!contacts) return tl::unexpected(contacts.error());
  const auto requests =
      report_of<sharing::v1::ReportRequestsRequest, sharing::v1::ReportRequestsResponse>(
          period, kRequests, *client);
  if (!requests) return tl::unexpected(requests.error());
  const auto discussions =
      report_of<strategy::v1::ReportDiscussionsRequest, strategy::v1::ReportDiscussionsResponse>(
          period, kDiscussions, *client);
  if (!discussions) return tl::unexpected(discussions.error());
  if (session.settings.json) {
    session.out << R"({"contacts":)" << to_json(*contacts, false) << R"(,"requests":)"
                << to_json(*requests, false) << R"(,"discussions":)" << to_json(*discussions, false)
                << "}\n";
    return {};
  }
  session.out << "Contacts\n";
  print_report(*contacts, session.out);
  session.out << "\nInformation requests\n";
  print_report(*requests, session.out);
  session.out << "\nStrategy discussions, conferences and actions\n";
  print_report(*discussions, session.out);
  return {};
}

// One report: its name, what it counts, examples, and what its period is of.
struct ReportWords {
  const char* name;
  const char* about;
  const char* examples;
  const char* period_of;
};

// A command over a period.
void add_over_period(CLI::App& parent, Session& session, const ReportWords& words,
                     std::function<Outcome<void>(const Period&)> print) {
  auto period = std::make_shared<Period>();
  CLI::App* command = add_command(parent, words.name, words.about, words.examples);
  const std::string of = words.period_of;
  command->add_option("--from", period->from, of + " from this time on")->required();
  command->add_option("--to", period->to, of + " before this time")->required();
  command->add_option("--at", period->at, "as it stood at this time");
  command->callback([period, print = std::move(print), &session] {
    session.run = [period, print] { return print(*period); };
  });
}

template <class Request, class Response>
void add_one(CLI::App& parent, Session& session, const char* method, const ReportWords& words) {
  add_over_period(parent, session, words, [method, &session](const Period& period) {
    return print_one<Request, Response>(period, method, session);
  });
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  CLI::App* report = add_command(app, "report", "Counts for managers and inspectors.", "");
  report->require_subcommand(1);
  add_over_period(
      *report, session,
      {.name = "timeliness",
       .about = "How timely all of it was: contacts decided, requests answered, discussions and "
                "conferences held, actions done.",
       .examples =
           "  mash report timeliness --from 2026-03-01 --to 2026-04-01 --user mgr-01\n"
           "  mash report timeliness --from 2026-03-01 --to 2026-04-01 --at '2026-04-02 09:00'\n"
           "  mash report timeliness --from 2026-01-01 --to 2027-01-01 --as auditor --user aud-03 "
           "--json\n",
       .period_of = "received, made, held or due"},
      [&session](const Period& period) { return print_all(period, session); });
  add_one<v1::ReportTimelinessRequest, v1::ReportTimelinessResponse>(
      *report, session, kContacts,
      {.name = "contacts",
       .about = "How soon the contacts of a period were decided on, and how, by source and level "
                "of need.",
       .examples = "  mash report contacts --from 2026-03-01 --to 2026-04-01 --user mgr-01\n",
       .period_of = "received"});
  add_one<sharing::v1::ReportRequestsRequest, sharing::v1::ReportRequestsResponse>(
      *report, session, kRequests,
      {.name = "requests",
       .about = "How timely the information requests of a period were answered, and how, by agency "
                "and rating.",
       .examples = "  mash report requests --from 2026-03-01 --to 2026-04-01 --user mgr-01\n",
       .period_of = "made"});
  add_one<strategy::v1::ReportDiscussionsRequest, strategy::v1::ReportDiscussionsResponse>(
      *report, session, kDiscussions,
      {.name = "discussions",
       .about = "Strategy discussions of a period and who was there; discussions, conferences and "
                "actions that fell due in it, and whether they were in time.",
       .examples = "  mash report discussions --from 2026-03-01 --to 2026-04-01 --user mgr-01\n",
       .period_of = "held, or due,"});
}

}  // namespace mash::cli
