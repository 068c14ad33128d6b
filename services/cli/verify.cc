#include "log/verify.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bundle.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/log_folders.h"
#include "cli/print.h"
#include "cli/proving.h"
#include "cli/story.h"

// mash verify: offline, a log's folder byte by byte, or a bundle with public keys alone.
namespace mash::cli {
namespace {

using Json = nlohmann::ordered_json;

struct VerifyOptions {
  std::string data;
  std::string bundle;
  std::string checkpoint;
  std::vector<std::string> keys;
  unsigned threads = 2;
  bool story = false;
};

// A kept checkpoint against the tree a bundle leads to. Only equal sizes can be compared offline.
Outcome<void> compare(const KeptCheckpoint& kept, const merkle::Checkpoint& bundled) {
  const auto name = [](const std::string& origin) { return origin.substr(0, origin.rfind('/')); };
  const bool same_log = name(kept.checkpoint.origin) == name(bundled.origin);
  if (!same_log)
    return fail(Exit::kNotProven, Code::kDataLoss, "CHECKPOINT_MISMATCH",
                "The kept checkpoint is of " + kept.checkpoint.origin + ", the bundle of " +
                    bundled.origin + ".");
  if (kept.checkpoint.size != bundled.size)
    return fail(Exit::kNotProven, Code::kFailedPrecondition, "CHECKPOINT_NOT_COMPARABLE",
                "The kept checkpoint is of " + std::to_string(kept.checkpoint.size) +
                    " records and the bundle's of " + std::to_string(bundled.size) +
                    ": offline only equal sizes can be compared.",
                "The bundle by itself holds. Ask the hub whether its log has only grown since: "
                "'mash checkpoint --since FILE'.");
  if (kept.checkpoint.root != bundled.root)
    return fail(Exit::kNotProven, Code::kDataLoss, "CHECKPOINT_MISMATCH",
                "The kept checkpoint and the bundle's are of one size and have two roots: the log "
                "has shown two histories.",
                "Keep both files: together they prove it.");
  return {};
}

void print_proven(const ProvenCase& proven, const Bundle& bundle, bool trusted, bool story,
                  Session& session) {
  if (story) {
    for (size_t i = 0; i < proven.records.size(); ++i)
      tell(i + 1, proven.records[i], "", Content::kNotAskedFor, session.out);
  }
  Facts facts;
  facts.add("case", shown(proven.case_id));
  facts.add("log", proven.checkpoint.origin);
  facts.add("records", std::to_string(proven.records.size()) +
                           ", each proved by the checkpoint of " +
                           std::to_string(proven.checkpoint.size) + " records");
  facts.add("from", shown(proven.records.front().prefix.recorded_at));
  facts.add("to", shown(proven.records.back().prefix.recorded_at));
  for (const merkle::VerifierKey& key : bundle.keys) facts.add("signed with", key.str());
  facts.print(session.out);
  session.out << "The bundle holds: nothing in it was changed, and no stream lacks an event before "
                 "its last one here.\n";
  if (!trusted)
    session.out << "Compare the key with the one the hub's operator publishes, or give that with "
                   "--key.\n";
}

Outcome<void> verify_bundle_file(const VerifyOptions& options, Session& session) {
  const auto trusted = read_keys(options.keys);
  if (!trusted) return tl::unexpected(trusted.error());
  const auto text = read_file(options.bundle, kBundleBytesMax);
  if (!text) return tl::unexpected(text.error());
  const auto bundle = Bundle::parse(*text);
  const std::string advice = "Do not rely on " + options.bundle +
                             ": get it again from whoever made it, and keep this one.";
  if (!bundle) return fail(Exit::kNotProven, bundle.error(), advice);
  const auto proven = verify_bundle(*bundle);
  if (!proven) return fail(Exit::kNotProven, proven.error(), advice);
  if (auto good = check_trusted(bundle->keys.front(), *trusted); !good) return good;
  if (!options.checkpoint.empty()) {
    const auto kept = read_checkpoint(options.checkpoint, bundle->keys);
    if (!kept) return tl::unexpected(kept.error());
    if (auto same = compare(*kept, proven->checkpoint); !same) return same;
  }
  if (session.settings.json)
    session.out << Json{{"holds", true},
                        {"case_id", proven->case_id},
                        {"records", proven->records.size()},
                        {"origin", proven->checkpoint.origin},
                        {"size", proven->checkpoint.size},
                        {"key", bundle->keys.front().str()},
                        {"key_trusted", !trusted->empty()}}
                       .dump()
                << '\n';
  else
    print_proven(*proven, *bundle, !trusted->empty(), options.story, session);
  return {};
}

Json as_json(const log::VerifyReport& report) {
  Json out{{"log", report.name},
           {"intact", report.intact()},
           {"epoch", report.head.epoch},
           {"records", report.head.size},
           {"root", merkle::to_hex(report.head.root)},
           {"sealed_parts", report.sealed_parts},
           {"erased_parts", report.erased_parts},
           {"files", report.blobs},
           {"faults", Json::array()}};
  for (const log::LogFault& fault : report.faults)
    out["faults"].push_back(
        {{"position", fault.position}, {"reason", fault.reason}, {"message", fault.message}});
  return out;
}

void print_report(const log::VerifyReport& report, bool compared, Session& session) {
  if (session.settings.json) {
    session.out << as_json(report).dump() << '\n';
    return;
  }
  Facts facts;
  facts.add("log", report.name + ", epoch " + std::to_string(report.head.epoch));
  facts.add("records", std::to_string(report.head.size));
  facts.add("root", merkle::to_hex(report.head.root));
  facts.add("sealed parts", std::to_string(report.sealed_parts) + ", and " +
                                std::to_string(report.erased_parts) + " erased with their keys");
  if (report.blobs > 0) facts.add("files", std::to_string(report.blobs));
  if (compared) facts.add("kept checkpoint", report.intact() ? "the log contains it" : "see below");
  facts.add("finding",
            report.intact() ? "intact: every byte was read and every hash recomputed" : "WRONG");
  facts.print(session.out);
  if (report.intact()) {
    session.out << '\n';
    return;
  }
  Table table({"RECORD", "REASON", "WHAT"});
  for (const log::LogFault& fault : report.faults)
    table.add({std::to_string(fault.position), fault.reason, shown(fault.message)});
  table.print(session.out);
  session.out << '\n';
}

std::string log_name(const std::string& origin) { return origin.substr(0, origin.rfind('/')); }

// Whether a kept checkpoint is to be held against this one of several folders: a hub names each
// log's folder after its service.
bool is_of(const merkle::Checkpoint& kept, const std::filesystem::path& folder, size_t folders) {
  const auto origin = merkle::Origin::parse(kept.origin);
  return folders == 1 || (origin && folder.filename() == origin->service);
}

tl::unexpected<Failure> cannot_look(const Error& error, const std::filesystem::path& folder) {
  if (error.reason == "LOG_IN_USE")
    return fail(Exit::kFile, error,
                "Stop the hub first, or verify it while it runs: 'mash call LogService/VerifyLog "
                "--as auditor'.");
  return fail(Exit::kNotProven, error,
              "'mash recover --data " + folder.string() + "' shows what would be kept and lost.");
}

// Without its head file nobody can tell whether a log still has its end.
void note_missing_head(const std::filesystem::path& folder, log::VerifyReport& report) {
  std::error_code ignored;
  if (report.head.size == 0 || std::filesystem::exists(folder / "head", ignored)) return;
  report.faults.push_back(
      {.position = report.head.size,
       .reason = "HEAD_FILE_MISSING",
       .message = "The head file is gone, which says how far the log had got."});
}

Failure wrong_log(const log::VerifyReport& report) {
  const log::LogFault& fault = report.faults.front();
  return {Exit::kNotProven,
          {.code = Code::kDataLoss,
           .reason = fault.reason,
           .message = report.name + " is wrong from record " + std::to_string(fault.position) +
                      " on: " + fault.message},
          "Do not go on writing to it. 'mash recover' shows what it still holds; 'mash restore' "
          "puts a backup in its place."};
}

Outcome<void> verify_data(const VerifyOptions& options, Session& session) {
  const auto keys = read_keys(options.keys);
  if (!keys) return tl::unexpected(keys.error());
  std::optional<KeptCheckpoint> kept;
  if (!options.checkpoint.empty()) {
    auto read = read_checkpoint(options.checkpoint, *keys);
    if (!read) return tl::unexpected(std::move(read.error()));
    kept = std::move(*read);
  }
  const auto folders = log_folders(options.data);
  if (!folders) return tl::unexpected(folders.error());
  std::optional<Failure> first_wrong;
  bool compared_any = false;
  for (const std::filesystem::path& folder : *folders) {
    log::VerifyOptions how{.threads = options.threads};
    const bool compared = kept && is_of(kept->checkpoint, folder, folders->size());
    if (compared) how.known = kept->checkpoint;
    compared_any = compared_any || compared;
    auto report = log::verify_directory(folder, how);
    if (!report) return cannot_look(report.error(), folder);
    note_missing_head(folder, *report);
    if (compared && report->name != log_name(kept->checkpoint.origin))
      return fail(Exit::kNotProven, Code::kDataLoss, "CHECKPOINT_MISMATCH",
                  folder.string() + " holds " + report->name + ", the kept checkpoint is of " +
                      kept->checkpoint.origin + ".");
    print_report(*report, compared, session);
    if (!report->intact() && !first_wrong) first_wrong = wrong_log(*report);
  }
  if (first_wrong) return tl::unexpected(std::move(*first_wrong));
  if (kept && !compared_any)
    return fail(Exit::kNotProven, Code::kNotFound, "CHECKPOINT_MISMATCH",
                options.data + " has no log " + log_name(kept->checkpoint.origin) +
                    ", of which the kept checkpoint is.");
  if (kept && !kept->signature_checked && !session.settings.json)
    session.out << "The kept checkpoint's own signature was not checked: give the public key with "
                   "--key.\n";
  return {};
}

}  // namespace

void add_verify(CLI::App& app, Session& session) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = add_command(
      app, "verify", "Verifies a log's folder, or a bundle, offline.",
      "  mash verify --bundle case.bundle                      with the public keys in it alone\n"
      "  mash verify --bundle case.bundle --key hub.key --story\n"
      "  mash verify --data var/hub                            every byte of every log; hub "
      "stopped\n"
      "  mash verify --data var/hub/referral --checkpoint last-month.checkpoint --key hub.key\n");
  auto* source = command->add_option_group("what to verify");
  source->add_option("--data", options->data, "a log's folder, or a hub's with several");
  source->add_option("--bundle", options->bundle, "a file that 'mash replay --out' wrote");
  source->require_option(1);
  command->add_option("--checkpoint", options->checkpoint,
                      "a checkpoint kept elsewhere, which must be contained");
  command->add_option("--key", options->keys, "trust this public key only (or a file of them)");
  command->add_option("--threads", options->threads, "threads to verify a folder with")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  command->add_flag("--story", options->story, "tell the bundle's story too");
  command->callback([options, &session] {
    session.run = [options, &session] {
      return options->bundle.empty() ? verify_data(*options, session)
                                     : verify_bundle_file(*options, session);
    };
  });
}

}  // namespace mash::cli
