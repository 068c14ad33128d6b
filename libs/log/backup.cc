#include "log/backup.h"

#include <fcntl.h>
#include <rocksdb/env.h>
#include <rocksdb/utilities/checkpoint.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "log/head_file.h"
#include "log/opening.h"
#include "log/store.h"

namespace mash::log {
namespace fs = std::filesystem;
namespace {

Result<void> checkpoint_into(const EventLog& log, const fs::path& directory) {
  rocksdb::Checkpoint* made = nullptr;
  auto status = rocksdb::Checkpoint::Create(&log.store().db(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  // Flushed first (0: always), so that the copy rests on no write-ahead log, whose hard link could
  // be unsynced.
  if (status.ok()) status = checkpoint->CreateCheckpoint(directory.string(), 0);
  if (!status.ok()) return tl::unexpected(store_error(status, "Making the backup"));
  return {};
}

// Opens the copy, whose head may be newer than when the backup began, and writes its head file.
Result<Head> complete(const fs::path& directory) {
  auto store = Store::open({.directory = directory,
                            .block_cache_bytes = 8 << 20,
                            .memtable_bytes = 1 << 20,
                            .create = false});
  if (!store) return tl::unexpected(store.error());
  const auto head = (**store).head();
  if (!head) return tl::unexpected(head.error());
  if (!head->has_value()) return Head{.epoch = 1, .size = 0, .root = merkle::empty_root()};
  const auto tree = load_tree(**store, (**head).size);
  if (!tree) return tl::unexpected(tree.error());
  if (tree->root() != (**head).root)
    return refuse(Code::kDataLoss, "BACKUP_DAMAGED", "The copy's records do not lead to its root.");
  return HeadFile::open(*rocksdb::Env::Default(), directory).and_then([&](HeadFile file) {
    return file.write(**head).map([&] { return **head; });
  });
}

std::error_code sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  const std::error_code failed(synced ? 0 : errno, std::generic_category());
  if (file >= 0) ::close(file);
  return failed;
}

// Beside its place first, synced, then into it under its name: a copy cut short is no log.
std::error_code copy_synced(const fs::path& from, const fs::path& to) {
  const fs::path half = to.string() + ".restoring";
  std::error_code failed;
  fs::remove_all(half, failed);
  if (!failed) fs::create_directories(half, failed);
  if (!failed) fs::copy(from, half, failed);
  if (failed) return failed;
  for (const auto& file : fs::directory_iterator(half, failed))
    if (!failed) failed = sync(file.path());
  if (!failed) failed = sync(half);
  if (!failed) fs::rename(half, to, failed);
  return failed ? failed : sync(to.parent_path());
}

}  // namespace

Result<Head> backup(const EventLog& log, const fs::path& directory) {
  std::error_code ignored;
  if (fs::exists(directory, ignored))
    return refuse(Code::kAlreadyExists, "BACKUP_EXISTS", directory.string() + " exists already.");
  fs::create_directories(directory.parent_path(), ignored);
  return checkpoint_into(log, directory).and_then([&] { return complete(directory); });
}

Result<std::unique_ptr<EventLog>> restore(const fs::path& backup, LogOptions options,
                                          const Actor& actor,
                                          const std::optional<Head>& last_known) {
  std::error_code ignored;
  if (fs::exists(options.directory / "CURRENT", ignored))
    return refuse(Code::kAlreadyExists, "LOG_EXISTS",
                  options.directory.string() + " holds a log already.");
  // Whole and without a slash at its end, so that it has a name and a parent.
  options.directory = fs::absolute(options.directory / "").parent_path();
  const auto report = verify_directory(backup, {});
  if (!report) return tl::unexpected(report.error());
  if (!report->intact())
    return refuse(Code::kDataLoss, "BACKUP_DAMAGED",
                  "The backup is damaged at record " +
                      std::to_string(report->faults.front().position) + ": " +
                      report->faults.front().message);
  if (const auto failed = copy_synced(backup, options.directory); failed)
    return refuse(Code::kUnavailable, "STORE_FAILED",
                  "Copying the backup to " + options.directory.string() + ": " + failed.message());
  return EventLog::open_new_epoch(std::move(options),
                                  {.reason = v1::EPOCH_REASON_RESTORED,
                                   .actor = actor,
                                   .last_known = last_known ? last_known : report->head});
}

}  // namespace mash::log
