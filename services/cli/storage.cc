#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/log_folders.h"
#include "cli/print.h"
#include "core/timestamp.h"
#include "log/backup.h"
#include "log/recover.h"
#include "log/verify.h"
#include "mash/log/v1/log_service.pb.h"

// mash backup, restore and recover: a log's folder on this machine, the hub that owns it stopped.
namespace mash::cli {
namespace {

namespace fs = std::filesystem;

struct StorageOptions {
  std::string data;
  std::string backup;
  std::vector<std::string> logs{"referral", "sharing", "vault"};
  std::string checkpoint;
  std::vector<std::string> keys;
  bool yes = false;
};

constexpr const char* kStopHub = "Stop the hub that has it open first.";

tl::unexpected<Failure> storage_failure(const Error& error, const std::string& advice = {}) {
  if (error.reason == "LOG_IN_USE") return fail(Exit::kFile, error, kStopHub);
  return fail(error.code == Code::kDataLoss ? Exit::kNotProven : Exit::kFile, error, advice);
}

std::string described(const log::Head& head) {
  return std::to_string(head.size) + " records of epoch " + std::to_string(head.epoch) + ", root " +
         merkle::to_hex(head.root);
}

// A head known elsewhere: a checkpoint somebody kept.
Outcome<std::optional<log::Head>> known_elsewhere(const StorageOptions& options) {
  if (options.checkpoint.empty()) return std::nullopt;
  const auto keys = read_keys(options.keys);
  if (!keys) return tl::unexpected(keys.error());
  const auto kept = read_checkpoint(options.checkpoint, *keys);
  if (!kept) return tl::unexpected(kept.error());
  const auto origin = merkle::Origin::parse(kept->checkpoint.origin);
  if (!origin) return fail(Exit::kUsage, origin.error());
  return log::Head{origin->epoch, kept->checkpoint.size, kept->checkpoint.root};
}

// How a log of this name is opened to be mended: nothing in it needs a data key, and the hub signs
// its first checkpoint when it starts.
Outcome<log::LogOptions> options_for(const std::string& name, const fs::path& folder) {
  static const SystemClock clock;
  const auto origin = merkle::Origin::parse(name + "/1");
  if (!origin) return fail(Exit::kFile, origin.error(), folder.string() + " holds no hub's log.");
  log::LogOptions options;
  options.directory = folder;
  options.area = origin->area;
  options.service = origin->service;
  options.clock = &clock;
  return options;
}

Actor operator_of(const Session& session) {
  const Settings& settings = session.settings;
  return {.agency = settings.agency.empty() ? "operator" : settings.agency,
          .system = "mash",
          .practitioner = settings.user,
          .role = "operator"};
}

// Asks before what cannot be undone.
Outcome<void> confirm(const std::string& question, bool yes, Session& session) {
  if (yes) return {};
  if (!session.asks)
    return wrong_usage("Nobody can be asked: " + question, "Give --yes to go on without asking.");
  session.out << question << " Type 'yes' to go on: " << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  if (answer == "yes") return {};
  return fail(Exit::kUsage, Code::kAborted, "NOT_CONFIRMED", "Nothing was changed.");
}

Outcome<log::VerifyReport> verified(const fs::path& folder) {
  auto report = log::verify_directory(folder, {});
  if (!report) return storage_failure(report.error());
  if (report->intact()) return std::move(*report);
  const log::LogFault& fault = report->faults.front();
  return fail(Exit::kNotProven, Code::kDataLoss, fault.reason,
              folder.string() + " is wrong from record " + std::to_string(fault.position) +
                  " on: " + fault.message,
              "'mash verify --data " + folder.string() + "' lists everything wrong with it.");
}

std::string name_of_now() {
  std::string name = to_rfc3339(std::chrono::floor<std::chrono::seconds>(SystemClock().now()));
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

void print_backup(const log::v1::BackupLogResponse& response, Session& session) {
  if (session.settings.json) {
    session.out << to_json(response, false) << '\n';
    return;
  }
  const auto root = merkle::hash_from_bytes(response.root());
  session.out << "Backed up " << shown(response.log()) << ": " << response.size()
              << " records of epoch " << response.epoch() << ", root "
              << (root ? merkle::to_hex(*root) : "?") << "\n  into " << shown(response.folder())
              << " on the hub's machine\n";
}

// The hub copies its own logs while it runs.
Outcome<void> backup_running(const StorageOptions& options, Session& session) {
  const auto client = connect(session, {.agency = "operator", .role = "operator"});
  if (!client) return tl::unexpected(client.error());
  log::v1::BackupLogRequest request;
  request.set_name(options.backup.empty() ? name_of_now() : options.backup);
  for (const std::string& name : options.logs) {
    request.set_log(name);
    log::v1::BackupLogResponse response;
    const auto made =
        client->read("mash.log.v1.LogService/BackupLog", request, response, [&]() -> Outcome<bool> {
          print_backup(response, session);
          return true;
        });
    if (!made) return made;
  }
  return {};
}

Outcome<void> backup(const StorageOptions& options, Session& session) {
  if (options.data.empty()) return backup_running(options, session);
  if (options.backup.empty()) return wrong_usage("--out: the new folder's name is missing.");
  const auto folders = log_folders(options.data);
  if (!folders) return tl::unexpected(folders.error());
  std::error_code ignored;
  if (fs::exists(options.backup, ignored))
    return fail(Exit::kFile, Code::kAlreadyExists, "BACKUP_EXISTS",
                options.backup + " exists already.", "Each backup goes into a folder of its own.");
  for (const fs::path& folder : *folders) {
    const auto report = verified(folder);
    if (!report) return tl::unexpected(report.error());
    auto how = options_for(report->name, folder);
    if (!how) return tl::unexpected(how.error());
    const fs::path into = folders->size() == 1 ? fs::path(options.backup)
                                               : fs::path(options.backup) / folder.filename();
    const auto log = log::EventLog::open(std::move(*how));
    if (!log) return storage_failure(log.error());
    const auto head = log::backup(**log, into);
    if (!head) return storage_failure(head.error());
    session.out << "Backed up " << report->name << ": " << described(*head) << "\n  into "
                << into.string() << '\n';
  }
  session.out << "The vault's keys are in no such backup: back the vault up apart, anew after each "
                 "erasure.\n";
  return {};
}

Outcome<void> restore(const StorageOptions& options, Session& session) {
  const auto from = one_log_folder(options.backup);
  if (!from) return tl::unexpected(from.error());
  const auto known = known_elsewhere(options);
  if (!known) return tl::unexpected(known.error());
  const auto report = verified(*from);
  if (!report) return tl::unexpected(report.error());
  auto how = options_for(report->name, options.data);
  if (!how) return tl::unexpected(how.error());
  Facts facts;
  facts.add("backup", from->string() + ", every byte verified");
  facts.add("log", report->name);
  facts.add("holds", described(report->head));
  if (*known) facts.add("last known", described(**known));
  facts.add("into", options.data);
  facts.print(session.out);
  const std::string question =
      "What was written after the backup is lost, and the log opens a new epoch that says so.";
  if (auto sure = confirm(question, options.yes, session); !sure) return sure;
  const auto log = log::restore(*from, std::move(*how), operator_of(session), *known);
  if (!log) return storage_failure(log.error());
  session.out << "Restored: " << described((**log).head()) << '\n';
  return {};
}

void print_plan(const log::RecoveryPlan& plan, Session& session) {
  Facts facts;
  facts.add("log", plan.name);
  facts.add("problem", plan.problem.empty() ? "none: it opens as it is" : shown(plan.problem));
  facts.add("kept", described(plan.kept));
  facts.add("last known", described(plan.last_known));
  facts.add("lost", std::to_string(plan.lost()) + " records");
  facts.print(session.out);
}

Outcome<void> recover(const StorageOptions& options, Session& session) {
  const auto folder = one_log_folder(options.data);
  if (!folder) return tl::unexpected(folder.error());
  const auto known = known_elsewhere(options);
  if (!known) return tl::unexpected(known.error());
  const auto plan = log::plan_recovery(*folder, *known);
  if (!plan)
    return storage_failure(plan.error(), "'mash restore' puts a backup in the log's place.");
  print_plan(*plan, session);
  if (plan->problem.empty() && plan->lost() == 0) {
    session.out << "There is nothing to recover.\n";
    return {};
  }
  const std::string question = "The " + std::to_string(plan->lost()) +
                               " records lost stay lost, and the log opens a new epoch that says "
                               "so.";
  if (auto sure = confirm(question, options.yes, session); !sure) return sure;
  auto how = options_for(plan->name, *folder);
  if (!how) return tl::unexpected(how.error());
  const auto log = log::recover(std::move(*how), *plan, operator_of(session));
  if (!log) return storage_failure(log.error());
  session.out << "Recovered: " << described((**log).head()) << '\n';
  return {};
}

using Action = Outcome<void> (*)(const StorageOptions&, Session&);

void choose(CLI::App* command, const std::shared_ptr<StorageOptions>& options, Session& session,
            Action action) {
  command->callback([options, &session, action] {
    session.run = [options, &session, action] { return action(*options, session); };
  });
}

void add_known(CLI::App* command, StorageOptions& options) {
  command->add_option("--checkpoint", options.checkpoint,
                      "the newest checkpoint kept elsewhere: how far the log had got");
  command->add_option("--key", options.keys, "the public key that checks its signature");
  command->add_flag("--yes", options.yes, "do not ask");
}

}  // namespace

void add_storage(CLI::App& app, Session& session) {
  auto backed = std::make_shared<StorageOptions>();
  CLI::App* command = add_command(
      app, "backup", "Copies the hub's logs while it runs, or verifies and copies logs at rest.",
      "  mash backup                                      into the hub's own folder of backups\n"
      "  mash backup --out before-update                  under this name there\n"
      "  mash backup --data var/hub --out /backup/2026-03-03     logs at rest, the hub stopped\n");
  command->add_option("--data", backed->data,
                      "at rest: a log's folder, or a hub's with several; absent: a running hub");
  command->add_option("--out", backed->backup,
                      "at rest: the new folder; of a running hub: the backup's name");
  command->add_option("--log", backed->logs, "of a running hub: only this log");
  choose(command, backed, session, backup);

  auto restored = std::make_shared<StorageOptions>();
  command = add_command(
      app, "restore", "Verifies a backup of a log and puts it in place, in a new epoch.",
      "  mash restore --backup /backup/2026-03-03/referral --data var/hub/referral \\\n"
      "      --checkpoint newest.checkpoint\n");
  command->add_option("--backup", restored->backup, "the backup's folder")->required();
  command->add_option("--data", restored->data, "where the log goes; must hold none")->required();
  add_known(command, *restored);
  choose(command, restored, session, restore);

  auto recovered = std::make_shared<StorageOptions>();
  command = add_command(
      app, "recover",
      "Shows what a log that does not open would keep and lose, asks, and opens a new epoch.",
      "  mash recover --data var/hub/referral\n"
      "  mash recover --data var/hub/referral --checkpoint newest.checkpoint --yes\n");
  command->add_option("--data", recovered->data, "the log's folder")->required();
  add_known(command, *recovered);
  choose(command, recovered, session, recover);
}

}  // namespace mash::cli
