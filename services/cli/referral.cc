#include <CLI/CLI.hpp>
#include <istream>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/referral_commands.h"
#include "cli/referral_shown.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash referral list, show and watch: what triage and referrers look at.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;

constexpr uint32_t kPageSizeMax = 1'000;

struct FilterOptions {
  std::vector<std::string> stages;
  std::vector<std::string> ratings;
  std::string due_before;
  std::string received_from;
  std::string received_before;
  v1::ReferralFilter filter;
};

struct ListOptions {
  FilterOptions filter;
  std::string at;
  uint64_t limit = 50;
};

struct ShowOptions {
  v1::GetReferralRequest request;
  std::string at;
};

struct WatchOptions {
  FilterOptions filter;
  std::optional<uint64_t> from;
};

void add_filter(CLI::App* command, FilterOptions& options) {
  v1::ReferralFilter& filter = options.filter;
  command->add_option(
      "--stage", options.stages,
      "only at this stage: contact, referral, decided, closed, withdrawn, transferred");
  command->add_option("--rating", options.ratings,
                      "only rated so: red, amber, green; unspecified: not rated");
  command->add_option("--due-before", options.due_before,
                      "only with something due before this time");
  command->add_option("--received-from", options.received_from, "only received from this time on");
  command->add_option("--received-before", options.received_before,
                      "only received before this time");
  command->add_flag_callback(
      "--danger", [&] { filter.set_immediate_danger(true); }, "only with immediate danger");
  command->add_flag_callback(
      "--needs-checking", [&] { filter.set_needs_checking(true); },
      "only those with something set aside for a person to look at");
  command->add_flag_callback(
      "--unborn", [&] { filter.set_unborn(true); }, "only with an unborn child");
  command->add_flag_callback(
      "--re-referral", [&] { filter.set_re_referral(true); },
      "only within twelve months of an earlier referral of a child");
  command->add_flag_callback(
      "--proposals", [&] { filter.set_proposals(true); },
      "only with a likeness that waits for a decision");
  command->add_flag_callback(
      "--challenge-due", [&] { filter.set_challenge_due(true); },
      "only with a challenge that waits for the hub's answer");
  const auto add_all = [](auto* field) {
    return [field](const std::vector<std::string>& values) {
      for (const std::string& value : values) field->Add(std::string(value));
    };
  };
  command->add_option_function<std::vector<std::string>>(
      "--from-agency", add_all(filter.mutable_agencies()), "only sent by this agency");
  command->add_option_function<std::vector<std::string>>(
      "--source", add_all(filter.mutable_sources()), "only from this source, by its code: 6");
  command->add_option_function<std::vector<std::string>>(
      "--assignee", add_all(filter.mutable_assignees()),
      "only assigned to this practitioner; '': to nobody");
  command->add_option_function<std::vector<std::string>>(
      "--area", add_all(filter.mutable_areas()),
      "only for which this authority is responsible, by its code");
  command->add_option_function<std::string>(
      "--case", [&](const std::string& value) { filter.set_case_id(value); }, "only of this case");
}

Outcome<v1::ReferralFilter> read_filter(const FilterOptions& options) {
  v1::ReferralFilter filter = options.filter;
  for (const std::string& word : options.stages) {
    const auto value = read_enum(*v1::ReferralStage_descriptor(), word, "--stage");
    if (!value) return tl::unexpected(value.error());
    filter.add_stages(static_cast<v1::ReferralStage>(*value));
  }
  for (const std::string& word : options.ratings) {
    const auto value = read_enum(*v1::Rating_descriptor(), word, "--rating");
    if (!value) return tl::unexpected(value.error());
    filter.add_ratings(static_cast<v1::Rating>(*value));
  }
  for (const auto& put :
       {put_time(options.due_before, [&] { return filter.mutable_due_before(); }),
        put_time(options.received_from, [&] { return filter.mutable_received_from(); }),
        put_time(options.received_before, [&] { return filter.mutable_received_before(); })})
    if (!put) return tl::unexpected(put.error());
  return filter;
}

Outcome<void> list(const ListOptions& options, Session& session) {
  v1::ListReferralsRequest request;
  auto filter = read_filter(options.filter);
  if (!filter) return tl::unexpected(filter.error());
  *request.mutable_filter() = std::move(*filter);
  if (auto put = put_time(options.at, [&] { return request.mutable_as_at(); }); !put) return put;
  const auto client = connect(session, kUsualTriage);
  if (!client) return tl::unexpected(client.error());
  std::vector<v1::ReferralSummary> found;
  bool more = true;
  while (more && found.size() < options.limit) {
    const uint64_t wanted = options.limit - found.size();
    request.set_page_size(static_cast<uint32_t>(std::min<uint64_t>(wanted, kPageSizeMax)));
    v1::ListReferralsResponse response;
    const auto got =
        client->unary("mash.referral.v1.ReferralService/ListReferrals", request, response);
    if (!got) return got;
    found.insert(found.end(), response.referrals().begin(), response.referrals().end());
    request.set_page_token(response.next_page_token());
    more = !response.next_page_token().empty();
  }
  if (session.settings.json) {
    for (const auto& referral : found) session.out << to_json(referral, false) << '\n';
    return {};
  }
  print_list(found, session.out);
  if (more) session.err << "There are more: --limit shows more than " << options.limit << ".\n";
  return {};
}

Outcome<void> show(ShowOptions& options, Session& session) {
  v1::GetReferralRequest& request = options.request;
  if (auto put = put_time(options.at, [&] { return request.mutable_as_at(); }); !put) return put;
  const auto client = connect(session, kUsualTriage);
  if (!client) return tl::unexpected(client.error());
  v1::GetReferralResponse response;
  const auto got = client->unary("mash.referral.v1.ReferralService/GetReferral", request, response);
  if (!got) return got;
  if (session.settings.json)
    session.out << to_json(response.referral(), false) << '\n';
  else
    print_detail(response.referral(), session.out);
  return {};
}

Outcome<void> watch(const WatchOptions& options, Session& session) {
  v1::WatchReferralsRequest request;
  auto filter = read_filter(options.filter);
  if (!filter) return tl::unexpected(filter.error());
  *request.mutable_filter() = std::move(*filter);
  if (options.from) request.set_from_position(*options.from);
  const auto client = connect(session, kUsualTriage);
  if (!client) return tl::unexpected(client.error());
  v1::WatchReferralsResponse message;
  return client->read(
      "mash.referral.v1.ReferralService/WatchReferrals", request, message, [&]() -> Outcome<bool> {
        if (session.settings.json) session.out << to_json(message, false) << '\n';
        for (const v1::ReferralChange& change : message.changes()) {
          if (session.settings.json) break;
          session.out << message.next_position() << "  " << shown(change.changed_at()) << "  "
                      << shown(change.change()) << "  " << on_one_line(change.referral()) << '\n';
        }
        session.out.flush();
        return true;
      });
}

void add_list(CLI::App& referral, Session& session) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(
      referral, "list",
      "Referrals in triage's order: immediate danger first, then by rating and due time.",
      "  mash referral list --user t-1\n"
      "  mash referral list --stage contact --rating red --due-before '2026-03-03 17:00'\n"
      "  mash referral list --at '2026-03-03 10:00'        the queue as it stood then\n"
      "  mash referral list --as police --role practitioner --user p-7\n");
  add_filter(command, options->filter);
  command->add_option("--at", options->at, "as the list stood at this time");
  command->add_option("--limit", options->limit, "at most so many")->capture_default_str();
  command->callback([options, &session] {
    session.run = [options, &session] { return list(*options, session); };
  });
}

void add_show(CLI::App& referral, Session& session) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      add_command(referral, "show", "One referral: as much of it as the caller may see.",
                  "  mash referral show 0192f3a4-... --user t-1\n"
                  "  mash referral show 0192f3a4-... --at '2026-03-03 10:00'\n"
                  "  mash referral show 0192f3a4-... --as auditor --user a-7 --purpose 'rapid "
                  "review 2026/3'\n");
  command
      ->add_option_function<std::string>(
          "id",
          [&request = options->request](const std::string& id) { request.set_referral_id(id); },
          "the contact's or referral's id")
      ->required();
  command->add_option("--at", options->at, "as it stood at this time");
  command->add_option_function<std::string>(
      "--purpose",
      [&request = options->request](const std::string& text) { request.set_purpose(text); },
      "why it is asked; it goes on the record, and an auditor must say");
  command->callback([options, &session] {
    session.run = [options, &session] { return show(*options, session); };
  });
}

void add_watch(CLI::App& referral, Session& session) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command =
      add_command(referral, "watch", "Changes to referrals as they happen, until interrupted.",
                  "  mash referral watch --user t-1\n"
                  "  mash referral watch --danger --from 120 --json\n");
  add_filter(command, options->filter);
  command->add_option("--from", options->from, "resume from this position");
  command->callback([options, &session] {
    session.run = [options, &session] { return watch(*options, session); };
  });
}

}  // namespace

void add_referral(CLI::App& app, Session& session) {
  CLI::App* referral =
      add_command(app, "referral", "Contacts and referrals: look at them and work on them.", "");
  referral->require_subcommand(1);
  add_list(*referral, session);
  add_show(*referral, session);
  add_watch(*referral, session);
  add_triage(*referral, session);
  add_decisions(*referral, session);
  add_challenges(*referral, session);
}

}  // namespace mash::cli
