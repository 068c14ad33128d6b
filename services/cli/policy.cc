#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/print.h"
#include "core/timestamp.h"
#include "policy/packs.h"

// mash policy check: a policy pack, before a hub is given it.
namespace mash::cli {
namespace {

std::string dates(const policy::Dates& dates) {
  return "from " + to_iso_date(dates.from) +
         (dates.until ? " until " + to_iso_date(*dates.until) : ", no end");
}

void print_pack(const policy::Pack& pack, Session& session) {
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
  facts.add("holds", std::to_string(pack.timescales().size()) + " timescales, " +
                         std::to_string(pack.levels_of_need().size()) + " levels of need, " +
                         std::to_string(pack.ratings().size()) + " ratings, " +
                         std::to_string(pack.contact_outcomes().size()) + " contact outcomes, " +
                         std::to_string(pack.referral_outcomes().size()) + " referral outcomes, " +
                         std::to_string(pack.code_lists().size()) + " code lists");
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
    return {};
  }
  const auto pack = policy::Pack::load(file);
  if (!pack) return refused(pack.error());
  print_pack(*pack, session);
  return {};
}

}  // namespace

void add_policy(CLI::App& app, Session& session) {
  CLI::App* policy = add_command(app, "policy", "Policy packs.", "");
  policy->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  CLI::App* command = add_command(
      *policy, "check", "Checks a policy pack, or a folder of them, naming every fault.",
      "  mash policy check deploy/policy/working-together-2018.yaml\n"
      "  mash policy check deploy/policy          also that one is in force on every day\n");
  command->add_option("file", *file, "the pack's file, or a folder")->required();
  command->callback(
      [file, &session] { session.run = [file, &session] { return check(*file, session); }; });
}

}  // namespace mash::cli
