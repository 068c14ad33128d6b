#pragma once
#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mash::vault {

// The vault's RocksDB: three column families, each write synced. Private to the vault. Threads may
// share one, as RocksDB allows.
class VaultStore {
 public:
  enum class Family : std::size_t { kMeta, kBlocks, kBlockKeys };

  struct Put {
    Family family;
    std::string key;
    std::string value;
  };

  struct Row {
    std::string key;
    std::string value;
  };

  // Opens, or makes, the database; read-only it must exist.
  static Result<std::unique_ptr<VaultStore>> open(const std::filesystem::path& directory,
                                                  rocksdb::Env* env, bool read_only = false);
  ~VaultStore();
  VaultStore(const VaultStore&) = delete;
  VaultStore& operator=(const VaultStore&) = delete;

  Result<std::optional<std::string>> get(Family family, std::string_view key) const;

  // The row with the greatest key that is not above `key`; of all rows when `key` is empty.
  Result<std::optional<Row>> at_or_before(Family family, std::string_view key) const;

  // Every row in order, until `each` refuses.
  using Visit = std::function<Result<void>(std::string_view key, std::string_view value)>;
  Result<void> for_each(Family family, const Visit& each) const;

  // All of it or nothing, synced.
  Result<void> write(const std::vector<Put>& puts);
  Result<void> remove(Family family, std::string_view key);

  // Brings what was written into files of its own.
  Result<void> flush();

  // Rewrites the files that hold blocks from `first` to `last`, every block key and the rest, so
  // that what was overwritten is in no file any more, the write-ahead log included.
  Result<void> rewrite(const std::string& first, const std::string& last);

  // A copy made of hard links where the file system can.
  Result<void> checkpoint(const std::filesystem::path& directory);

 private:
  VaultStore() = default;
  Result<void> remove_replaced_files();
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<std::size_t>(family)];
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, 3> handles_{};
};

}  // namespace mash::vault
