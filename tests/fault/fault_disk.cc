#include "fault/fault_disk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/check.h"

namespace mash::fault {
namespace fs = std::filesystem;
namespace {

using rocksdb::Slice;
using rocksdb::Status;

constexpr uint64_t kSectorBytes = 512;

std::string contents(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void overwrite(const std::string& path, uint64_t offset, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  MASH_CHECK(file.good());
}

Status power_cut() { return Status::IOError("the power is cut"); }

}  // namespace

class FaultDisk::AppendedFile final : public rocksdb::WritableFileWrapper {
 public:
  AppendedFile(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::WritableFile> real)
      : WritableFileWrapper(real.get()),
        disk_(disk),
        path_(std::move(path)),
        real_(std::move(real)) {}

  Status Append(const Slice& data) override {
    if (const auto refused = disk_.write(path_); !refused.ok()) return refused;
    const auto status = real_->Append(data);
    const std::lock_guard lock(disk_.mutex_);
    if (status.ok()) disk_.files_[path_].size += data.size();
    return status;
  }
  Status Append(const Slice& data, const rocksdb::DataVerificationInfo&) override {
    return Append(data);
  }
  Status Truncate(uint64_t size) override {
    if (const auto refused = disk_.write(path_); !refused.ok()) return refused;
    const auto status = real_->Truncate(size);
    const std::lock_guard lock(disk_.mutex_);
    auto& file = disk_.files_[path_];
    file.size = size;
    file.synced = std::min(file.synced, size);
    return status;
  }
  Status Sync() override {
    if (const auto refused = disk_.sync(path_); !refused.ok()) return refused;
    const std::lock_guard lock(disk_.mutex_);
    auto& file = disk_.files_[path_];
    file.synced = file.size;
    return Status::OK();
  }
  Status Fsync() override { return Sync(); }

 private:
  FaultDisk& disk_;
  const std::string path_;
  const std::unique_ptr<rocksdb::WritableFile> real_;
};

class FaultDisk::OverwrittenFile final : public rocksdb::RandomRWFileWrapper {
 public:
  OverwrittenFile(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::RandomRWFile> real)
      : RandomRWFileWrapper(real.get()),
        disk_(disk),
        path_(std::move(path)),
        real_(std::move(real)) {}

  Status Write(uint64_t offset, const Slice& data) override {
    if (const auto refused = disk_.write(path_); !refused.ok()) return refused;
    std::string before(data.size(), '\0');
    Slice was;
    if (const auto status = real_->Read(offset, data.size(), &was, before.data()); !status.ok())
      return status;
    {
      const std::lock_guard lock(disk_.mutex_);
      disk_.files_[path_].overwrites.push_back({offset, was.ToString()});
    }
    return real_->Write(offset, data);
  }
  Status Sync() override {
    if (const auto refused = disk_.sync(path_); !refused.ok()) return refused;
    const std::lock_guard lock(disk_.mutex_);
    disk_.files_[path_].overwrites.clear();
    return Status::OK();
  }
  Status Fsync() override { return Sync(); }

 private:
  FaultDisk& disk_;
  const std::string path_;
  const std::unique_ptr<rocksdb::RandomRWFile> real_;
};

class FaultDisk::ReadFile final : public rocksdb::RandomAccessFileWrapper {
 public:
  ReadFile(const FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::RandomAccessFile> real)
      : RandomAccessFileWrapper(real.get()),
        disk_(disk),
        path_(std::move(path)),
        real_(std::move(real)) {}

  Status Read(uint64_t offset, size_t n, Slice* result, char* scratch) const override {
    const auto refused = disk_.read(path_);
    return refused.ok() ? real_->Read(offset, n, result, scratch) : refused;
  }
  Status MultiRead(rocksdb::ReadRequest* requests, size_t count) override {
    const auto refused = disk_.read(path_);
    if (refused.ok()) return real_->MultiRead(requests, count);
    for (size_t i = 0; i < count; ++i) requests[i].status = refused;
    return refused;
  }
  Status Prefetch(uint64_t offset, size_t n) override {
    const auto refused = disk_.read(path_);
    return refused.ok() ? real_->Prefetch(offset, n) : refused;
  }

 private:
  const FaultDisk& disk_;
  const std::string path_;
  const std::unique_ptr<rocksdb::RandomAccessFile> real_;
};

class FaultDisk::SyncedDirectory final : public rocksdb::DirectoryWrapper {
 public:
  SyncedDirectory(FaultDisk& disk, std::string path, std::unique_ptr<rocksdb::Directory> real)
      : DirectoryWrapper(real.get()),
        disk_(disk),
        path_(fs::path(path + "/").parent_path()),
        real_(std::move(real)) {}

  Status Fsync() override {
    if (const auto refused = disk_.sync(path_); !refused.ok()) return refused;
    const std::lock_guard lock(disk_.mutex_);
    for (auto& [name, file] : disk_.files_)
      if (fs::path(name).parent_path() == path_) file.name_is_synced = true;
    std::erase_if(disk_.renames_,
                  [&](const Rename& rename) { return fs::path(rename.to).parent_path() == path_; });
    return Status::OK();
  }

 private:
  FaultDisk& disk_;
  const fs::path path_;
  const std::unique_ptr<rocksdb::Directory> real_;
};

void FaultDisk::cut_power_after(uint64_t changes) {
  const std::lock_guard lock(mutex_);
  cut_at_ = changes_ + changes;
}

bool FaultDisk::power_is_cut() const {
  const std::lock_guard lock(mutex_);
  return changes_ >= cut_at_;
}

uint64_t FaultDisk::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

void FaultDisk::fail(Failure failure, const std::string& part) {
  const std::lock_guard lock(mutex_);
  failure_ = {failure, part};
}

void FaultDisk::heal() {
  const std::lock_guard lock(mutex_);
  failure_.reset();
}

bool FaultDisk::fails(Failure failure, const std::string& path) const {
  return failure_ && failure_->first == failure && path.find(failure_->second) != std::string::npos;
}

Status FaultDisk::change(const std::string&) {
  const std::lock_guard lock(mutex_);
  if (changes_ >= cut_at_) return power_cut();
  return ++changes_ >= cut_at_ ? power_cut() : Status::OK();
}

Status FaultDisk::write(const std::string& path) {
  if (const auto refused = change(path); !refused.ok()) return refused;
  const std::lock_guard lock(mutex_);
  return fails(Failure::kFull, path) ? Status::NoSpace("the disk is full") : Status::OK();
}

Status FaultDisk::sync(const std::string& path) {
  if (const auto refused = change(path); !refused.ok()) return refused;
  const std::lock_guard lock(mutex_);
  return fails(Failure::kSync, path) ? Status::IOError("cannot sync") : Status::OK();
}

Status FaultDisk::read(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  return fails(Failure::kRead, path) ? Status::IOError("cannot read") : Status::OK();
}

Status FaultDisk::NewWritableFile(const std::string& path,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) {
  if (const auto refused = write(path); !refused.ok()) return refused;
  std::unique_ptr<rocksdb::WritableFile> real;
  const auto status = EnvWrapper::NewWritableFile(path, &real, options);
  if (!status.ok()) return status;
  {
    const std::lock_guard lock(mutex_);
    files_[path] = {.name_is_synced = false, .overwrites = {}};
  }
  *file = std::make_unique<AppendedFile>(*this, path, std::move(real));
  return status;
}

Status FaultDisk::ReopenWritableFile(const std::string& path,
                                     std::unique_ptr<rocksdb::WritableFile>* file,
                                     const rocksdb::EnvOptions& options) {
  if (const auto refused = write(path); !refused.ok()) return refused;
  std::unique_ptr<rocksdb::WritableFile> real;
  const auto status = EnvWrapper::ReopenWritableFile(path, &real, options);
  if (status.ok()) *file = std::make_unique<AppendedFile>(*this, path, std::move(real));
  return status;
}

Status FaultDisk::NewRandomRWFile(const std::string& path,
                                  std::unique_ptr<rocksdb::RandomRWFile>* file,
                                  const rocksdb::EnvOptions& options) {
  std::unique_ptr<rocksdb::RandomRWFile> real;
  const auto status = EnvWrapper::NewRandomRWFile(path, &real, options);
  if (status.ok()) *file = std::make_unique<OverwrittenFile>(*this, path, std::move(real));
  return status;
}

Status FaultDisk::NewRandomAccessFile(const std::string& path,
                                      std::unique_ptr<rocksdb::RandomAccessFile>* file,
                                      const rocksdb::EnvOptions& options) {
  std::unique_ptr<rocksdb::RandomAccessFile> real;
  const auto status = EnvWrapper::NewRandomAccessFile(path, &real, options);
  if (status.ok()) *file = std::make_unique<ReadFile>(*this, path, std::move(real));
  return status;
}

Status FaultDisk::NewDirectory(const std::string& path,
                               std::unique_ptr<rocksdb::Directory>* directory) {
  std::unique_ptr<rocksdb::Directory> real;
  const auto status = EnvWrapper::NewDirectory(path, &real);
  if (status.ok()) *directory = std::make_unique<SyncedDirectory>(*this, path, std::move(real));
  return status;
}

Status FaultDisk::RenameFile(const std::string& from, const std::string& to) {
  if (const auto refused = change(to); !refused.ok()) return refused;
  std::optional<std::string> replaced;
  if (fs::exists(to)) replaced = contents(to);
  const auto status = EnvWrapper::RenameFile(from, to);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  const File file = files_[from];
  renames_.push_back({from, to, std::move(replaced), file});
  files_.erase(from);
  files_[to] = file;
  files_[to].name_is_synced = true;  // the renaming is what may be undone
  return status;
}

Status FaultDisk::DeleteFile(const std::string& path) {
  if (const auto refused = change(path); !refused.ok()) return refused;
  const auto status = EnvWrapper::DeleteFile(path);
  const std::lock_guard lock(mutex_);
  files_.erase(path);
  return status;
}

void FaultDisk::lose_unsynced() {
  const std::lock_guard lock(mutex_);
  const bool names_are_lost = chance_.coin();
  for (auto it = renames_.rbegin(); names_are_lost && it != renames_.rend(); ++it) {
    if (!fs::exists(it->to)) continue;
    fs::rename(it->to, it->from);
    files_.erase(it->to);
    files_[it->from] = it->file;
    if (it->replaced) std::ofstream(it->to, std::ios::binary) << *it->replaced;
  }
  for (const auto& [path, file] : files_) {
    if (!fs::exists(path)) continue;
    if (!file.name_is_synced && names_are_lost) {
      fs::remove(path);
      continue;
    }
    if (file.size > file.synced)
      fs::resize_file(path, file.synced + chance_.below(file.size - file.synced + 1));
    // Sector by sector a disk may have written an overwrite or not.
    for (auto it = file.overwrites.rbegin(); it != file.overwrites.rend(); ++it)
      for (uint64_t at = 0; at < it->before.size(); at += kSectorBytes)
        if (chance_.coin()) overwrite(path, it->offset + at, it->before.substr(at, kSectorBytes));
  }
  files_.clear();
  renames_.clear();
  cut_at_ = UINT64_MAX;
  failure_.reset();
}

}  // namespace mash::fault
