#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/print.h"
#include "core/timestamp.h"
#include "policy/pack_file.h"
#include "policy/packs.h"

// mash policy check: a pack of either kind, before a hub is given it.
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
    return {};
  }
  const auto pack = policy::load_pack(file);
  if (!pack) return refused(pack.error());
  std::visit([&](const auto& read) { print_pack(read, session); }, *pack);
  return {};
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
}

}  // namespace mash::cli
