#pragma once
#include <rocksdb/env.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fault/chance.h"

namespace mash::fault {

// A disk whose power can be cut, and which can be told to fail.
//
// It remembers what was never synced: bytes appended, bytes overwritten, names made and renamed in
// a directory. When the power is cut, at a given change counted from then on, that change and all
// after it fail; lose_unsynced() then takes away what a real disk may have lost, as chance will
// have it, and the power is back. Thread-safe, but for lose_unsynced(), which wants every file
// closed. Only files opened through it are known to it.
class FaultDisk final : public rocksdb::EnvWrapper {
 public:
  explicit FaultDisk(uint64_t seed) : EnvWrapper(Env::Default()), chance_(seed) {}

  // The power goes at the `changes`-th change from now: a write, sync, creation, renaming, removal.
  void cut_power_after(uint64_t changes);
  bool power_is_cut() const;
  uint64_t changes() const;  // since it was made
  // How much is lost is in the disk's hand: each file's unsynced end from any byte of it on, which
  // tears records; some overwritten sectors; new names. That bytes are there while bytes before
  // them are not is left out: file systems that order data before sizes do not show it.
  void lose_unsynced();

  enum class Failure { kSync, kFull, kRead };
  // From now on, operations of this kind fail on files whose path contains `part`.
  void fail(Failure failure, const std::string& part);
  void heal();

  const char* Name() const override { return "FaultDisk"; }
  // RocksDB sleeps for a second after a failure in the background, before it tries again.
  void SleepForMicroseconds(int) override {}
  rocksdb::Status NewWritableFile(const std::string& path,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override;
  rocksdb::Status ReopenWritableFile(const std::string& path,
                                     std::unique_ptr<rocksdb::WritableFile>* file,
                                     const rocksdb::EnvOptions& options) override;
  rocksdb::Status NewRandomRWFile(const std::string& path,
                                  std::unique_ptr<rocksdb::RandomRWFile>* file,
                                  const rocksdb::EnvOptions& options) override;
  rocksdb::Status NewRandomAccessFile(const std::string& path,
                                      std::unique_ptr<rocksdb::RandomAccessFile>* file,
                                      const rocksdb::EnvOptions& options) override;
  rocksdb::Status NewDirectory(const std::string& path,
                               std::unique_ptr<rocksdb::Directory>* directory) override;
  rocksdb::Status RenameFile(const std::string& from, const std::string& to) override;
  rocksdb::Status DeleteFile(const std::string& path) override;

 private:
  class AppendedFile;
  class OverwrittenFile;
  class ReadFile;
  class SyncedDirectory;

  // Bytes as they were before an overwrite that is not synced.
  struct Overwrite {
    uint64_t offset = 0;
    std::string before;
  };
  struct File {
    uint64_t size = 0;
    uint64_t synced = 0;         // so many of its bytes are safe
    bool name_is_synced = true;  // false: it may vanish whole
    std::vector<Overwrite> overwrites;
  };
  struct Rename {
    std::string from;
    std::string to;
    std::optional<std::string> replaced;  // what `to` held
    File file;
  };

  // Counts a change; refuses it when the power is cut, or it is to fail.
  rocksdb::Status change(const std::string& path);
  rocksdb::Status write(const std::string& path);
  rocksdb::Status sync(const std::string& path);
  rocksdb::Status read(const std::string& path) const;
  bool fails(Failure failure, const std::string& path) const;

  mutable std::mutex mutex_;
  Chance chance_;
  uint64_t changes_ = 0;
  uint64_t cut_at_ = UINT64_MAX;
  std::optional<std::pair<Failure, std::string>> failure_;
  std::map<std::string, File> files_;
  std::vector<Rename> renames_;  // whose directory is not synced yet
};

}  // namespace mash::fault
