#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/proving.h"
#include "cli/story.h"

// mash replay: what happened in a case, step by step, proved; with --out as a bundle to verify
// offline.
namespace mash::cli {
namespace {

struct ReplayOptions {
  std::string case_id;
  std::string at;
  std::string out;
  std::string purpose;
  std::string log = "referral";
  std::vector<std::string> keys;
};

void tell_case(const ToldCase& told, bool with_content, Session& session) {
  const merkle::Checkpoint& checkpoint = told.proven.checkpoint;
  session.out << "Case " << shown(told.proven.case_id) << " in " << checkpoint.origin << '\n'
              << told.entries.size() << " events, each proved to be in the log by its signed "
              << "checkpoint of " << checkpoint.size << " records\n\n";
  for (size_t i = 0; i < told.entries.size(); ++i) {
    const auto& entry = told.entries[i];
    const Content content = !with_content    ? Content::kNotAskedFor
                            : entry.erased() ? Content::kErased
                                             : Content::kShown;
    tell(i + 1, told.proven.records[i], entry.event_json(), content, session.out);
  }
}

Outcome<void> replay(const ReplayOptions& options, Session& session) {
  log::v1::ReplayCaseRequest request;
  request.set_case_id(options.case_id);
  request.set_purpose(options.purpose);
  request.set_log(options.log);
  if (auto put = put_time(options.at, [&] { return request.mutable_as_at(); }); !put) return put;
  const auto trusted = read_keys(options.keys);
  if (!trusted) return tl::unexpected(trusted.error());
  const auto client = connect(session, kUsualAuditor);
  if (!client) return tl::unexpected(client.error());
  const auto told = fetch_case(*client, request);
  if (!told) return tl::unexpected(told.error());
  if (auto good = check_trusted(told->bundle.keys.front(), *trusted); !good) return good;
  if (options.out.empty() || session.settings.json) {
    if (session.settings.json)
      for (const auto& entry : told->entries) session.out << to_json(entry, false) << '\n';
    else
      tell_case(*told, !options.purpose.empty(), session);
  }
  if (options.out.empty()) return {};
  if (auto written = write_file(options.out, told->bundle.str()); !written) return written;
  if (!session.settings.json)
    session.out << "Wrote " << options.out << ": " << told->entries.size()
                << " records with their proofs and the public key.\n"
                << "Anybody can check it with: mash verify --bundle " << options.out << '\n';
  return {};
}

}  // namespace

void add_replay(CLI::App& app, Session& session) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = add_command(
      app, "replay", "Tells what happened in a case step by step, every step proved.",
      "  mash replay 0192f3a4-... --user a-7\n"
      "  mash replay 0192f3a4-... --at '2026-03-03 10:00'           as it stood then, London time\n"
      "  mash replay 0192f3a4-... --purpose 'rapid review 2026/3'   with what was sealed\n"
      "  mash replay 0192f3a4-... --out case.bundle                 to verify anywhere, offline\n");
  command->add_option("case", options->case_id, "the case's id")->required();
  command->add_option("--at", options->at, "as the log stood at this time");
  command->add_option("--out", options->out, "write a self-contained bundle instead");
  command->add_option("--purpose", options->purpose,
                      "why content is wanted; it goes on the record");
  command->add_option("--log", options->log, "the log: the hub keeps one for each service")
      ->capture_default_str();
  command->add_option("--key", options->keys, "trust this public key only (or a file of them)");
  command->callback([options, &session] {
    session.run = [options, &session] { return replay(*options, session); };
  });
}

}  // namespace mash::cli
