#include "log/recover.h"

#include <rocksdb/env.h>

#include <utility>

#include "log/head_file.h"
#include "log/opening.h"
#include "log/store.h"

namespace mash::log {
namespace fs = std::filesystem;
namespace {

constexpr size_t kCacheBytes = 32 << 20;

tl::unexpected<Error> not_recoverable(const Error& error) {
  return refuse(Code::kDataLoss, "LOG_NOT_RECOVERABLE",
                "What the store still holds does not agree with itself, so a backup is needed: " +
                    error.message);
}

// A copy of a log's files to try things on: opening a store replays its write-ahead log, and so
// changes it. Table files are never changed, so they are linked.
class TrialCopy {
 public:
  static Result<TrialCopy> make(const fs::path& directory) {
    TrialCopy copy(directory.string() + ".trial");
    std::error_code failed;
    fs::remove_all(copy.path_, failed);
    fs::create_directories(copy.path_, failed);
    for (const auto& file : fs::directory_iterator(directory, failed)) {
      if (failed) break;
      if (file.path().filename() == "LOCK") continue;
      const auto to = copy.path_ / file.path().filename();
      if (file.path().extension() == ".sst") {
        fs::create_hard_link(file.path(), to, failed);
      } else {
        fs::copy_file(file.path(), to, failed);
      }
      if (failed) break;
    }
    if (failed)
      return refuse(Code::kUnavailable, "STORE_FAILED",
                    "Copying " + directory.string() + " to look at it: " + failed.message());
    return copy;
  }
  TrialCopy(TrialCopy&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TrialCopy& operator=(TrialCopy&&) = delete;
  ~TrialCopy() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  const fs::path& path() const { return path_; }

 private:
  explicit TrialCopy(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

// Why the log does not open as it is, or does not hold what is known elsewhere; empty when nothing
// is wrong.
std::string problem_of(const fs::path& directory, const std::optional<Head>& acknowledged,
                       const std::optional<Head>& known_elsewhere) {
  const auto trial = TrialCopy::make(directory);
  if (!trial) return trial.error().message;
  const auto store = Store::open({.directory = trial->path(),
                                  .block_cache_bytes = kCacheBytes,
                                  .memtable_bytes = kCacheBytes,
                                  .create = false});
  if (!store) return store.error().message;
  const auto stored = (**store).head();
  if (!stored) return stored.error().message;
  if (const auto kept = check_head_file(*stored, acknowledged); !kept) return kept.error().message;
  const Head head = stored->value_or(Head{});
  const auto tree = load_tree(**store, head.size);
  if (!tree) return tree.error().message;
  for (const auto& known : {acknowledged, known_elsewhere}) {
    if (!known) continue;
    const auto agreed = check_acknowledged(head, *known, **store, *tree);
    if (!agreed) return agreed.error().message;
  }
  return {};
}

bool newer(const Head& a, const Head& b) {
  return a.epoch != b.epoch ? a.epoch > b.epoch : a.size > b.size;
}

}  // namespace

Result<RecoveryPlan> plan_recovery(const fs::path& directory,
                                   const std::optional<Head>& known_elsewhere) {
  // A damaged head file is a problem to recover from, not one to stop at.
  const auto from_file = HeadFile::read(*rocksdb::Env::Default(), directory);
  std::optional<Head> acknowledged;
  if (from_file) acknowledged = *from_file;
  std::optional<Head> last_known = acknowledged;
  if (known_elsewhere && (!last_known || newer(*known_elsewhere, *last_known)))
    last_known = known_elsewhere;

  RecoveryPlan plan;
  plan.problem =
      from_file ? problem_of(directory, acknowledged, known_elsewhere) : from_file.error().message;
  const auto trial = TrialCopy::make(directory);
  if (!trial) return tl::unexpected(trial.error());
  const auto store = Store::open({.directory = trial->path(),
                                  .block_cache_bytes = kCacheBytes,
                                  .memtable_bytes = kCacheBytes,
                                  .create = false,
                                  .keep_readable_prefix = true});
  if (!store) return not_recoverable(store.error());
  const auto name = (**store).name();
  if (!name) return not_recoverable(name.error());
  const auto stored = (**store).head();
  if (!stored) return not_recoverable(stored.error());
  plan.name = *name;
  plan.kept = stored->value_or(Head{.epoch = 1, .size = 0, .root = merkle::empty_root()});
  plan.last_known = last_known.value_or(plan.kept);
  const auto tree = load_tree(**store, plan.kept.size);
  if (!tree) return not_recoverable(tree.error());
  if (tree->root() != plan.kept.root)
    return not_recoverable({.message = "The records do not lead to the root stored with them."});
  return plan;
}

Result<std::unique_ptr<EventLog>> recover(LogOptions options, const RecoveryPlan& plan,
                                          const Actor& actor) {
  return EventLog::open_new_epoch(
      std::move(options),
      {.reason = v1::EPOCH_REASON_RECOVERED, .actor = actor, .last_known = plan.last_known});
}

}  // namespace mash::log
