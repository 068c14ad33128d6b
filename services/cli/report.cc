#include <CLI/CLI.hpp>
#include <array>
#include <map>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash report timeliness: how soon contacts were decided on, and how.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;

struct TimelinessOptions {
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

// In time, of those that were decided or should have been.
std::string share_in_time(const v1::TimelinessRow& row) {
  const uint64_t due = row.decided_in_time() + row.decided_late() + row.overdue();
  return due == 0 ? "-" : std::to_string(row.decided_in_time() * 100 / due) + " %";
}

void add_row(Table& table, const std::string& source, const std::string& level,
             const v1::TimelinessRow& row) {
  table.add({source, level, std::to_string(row.contacts()), std::to_string(row.referrals()),
             std::to_string(row.decided_in_time()), std::to_string(row.decided_late()),
             std::to_string(row.undecided()), std::to_string(row.overdue()), share_in_time(row),
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

Outcome<void> timeliness(const TimelinessOptions& options, Session& session) {
  v1::ReportTimelinessRequest request;
  for (const auto& put : {put_time(options.from, [&] { return request.mutable_from(); }),
                          put_time(options.to, [&] { return request.mutable_to(); }),
                          put_time(options.at, [&] { return request.mutable_as_at(); })})
    if (!put) return put;
  const auto client = connect(session, kUsualManager);
  if (!client) return tl::unexpected(client.error());
  v1::ReportTimelinessResponse report;
  const auto got =
      client->unary("mash.referral.v1.ReferralService/ReportTimeliness", request, report);
  if (!got) return got;
  if (session.settings.json)
    session.out << to_json(report, false) << '\n';
  else
    print_report(report, session.out);
  return {};
}

}  // namespace

void add_report(CLI::App& app, Session& session) {
  CLI::App* report = add_command(app, "report", "Counts for managers and inspectors.", "");
  report->require_subcommand(1);
  auto options = std::make_shared<TimelinessOptions>();
  CLI::App* command = add_command(
      *report, "timeliness",
      "How soon the contacts of a period were decided on, and how, by source and level of need.",
      "  mash report timeliness --from 2026-03-01 --to 2026-04-01 --user mgr-01\n"
      "  mash report timeliness --from 2026-03-01 --to 2026-04-01 --at '2026-04-02 09:00'\n"
      "  mash report timeliness --from 2026-01-01 --to 2027-01-01 --as auditor --user aud-03 "
      "--json\n");
  command->add_option("--from", options->from, "received from this time on")->required();
  command->add_option("--to", options->to, "received before this time")->required();
  command->add_option("--at", options->at, "as it stood at this time");
  command->callback([options, &session] {
    session.run = [options, &session] { return timeliness(*options, session); };
  });
}

}  // namespace mash::cli
