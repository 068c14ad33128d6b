#pragma once
#include <filesystem>
#include <memory>
#include <optional>

#include "core/result.h"
#include "log/head.h"

namespace rocksdb {
class Env;
class RandomRWFile;
}  // namespace rocksdb

namespace mash::log {

// What was last acknowledged, kept apart from RocksDB: a flipped length in a write-ahead log can
// end its replay early and silently, and this small file is what notices. Two slots of 4 KiB are
// written in turn, each with a sequence number and a checksum, so a torn write leaves the other
// (docs/formats/head-file.md). Not thread-safe: the writer owns it.
class HeadFile {
 public:
  // Opens `head` in the directory, or makes it. DATA_LOSS, reason HEAD_FILE_DAMAGED, when neither
  // slot can be read.
  static Result<HeadFile> open(rocksdb::Env& env, const std::filesystem::path& directory);
  // Puts a damaged file aside as `head.damaged` and makes a new one: for recovery alone.
  static Result<HeadFile> replace(rocksdb::Env& env, const std::filesystem::path& directory);
  // Reads the file without opening it for writing; nothing when there is none.
  static Result<std::optional<Head>> read(rocksdb::Env& env,
                                          const std::filesystem::path& directory);

  HeadFile(HeadFile&&) noexcept;
  HeadFile& operator=(HeadFile&&) noexcept;
  ~HeadFile();

  // The newest head in the file; nothing when it was just made.
  const std::optional<Head>& newest() const { return newest_; }

  // Writes and syncs. UNAVAILABLE, reason HEAD_FILE_FAILED: whether it is on the disk is not known
  // then.
  Result<void> write(const Head& head);

 private:
  HeadFile(std::unique_ptr<rocksdb::RandomRWFile> file, std::optional<Head> newest,
           uint64_t sequence);

  std::unique_ptr<rocksdb::RandomRWFile> file_;
  std::optional<Head> newest_;
  uint64_t sequence_ = 0;
};

}  // namespace mash::log
