#pragma once
#include <rocksdb/env.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace mash::vault::testing {

// A disk that refuses to sync once it is told to.
class FailingEnv final : public rocksdb::EnvWrapper {
 public:
  FailingEnv() : EnvWrapper(Env::Default()) {}
  std::atomic<bool> fails{false};

  rocksdb::Status NewWritableFile(const std::string& name,
                                  std::unique_ptr<rocksdb::WritableFile>* file,
                                  const rocksdb::EnvOptions& options) override {
    std::unique_ptr<rocksdb::WritableFile> real;
    const rocksdb::Status status = EnvWrapper::NewWritableFile(name, &real, options);
    if (status.ok()) *file = std::make_unique<File>(std::move(real), fails);
    return status;
  }
  const char* Name() const override { return "FailingEnv"; }

 private:
  class File final : public rocksdb::WritableFileWrapper {
   public:
    File(std::unique_ptr<rocksdb::WritableFile> real, const std::atomic<bool>& fails)
        : WritableFileWrapper(real.get()), real_(std::move(real)), fails_(fails) {}
    rocksdb::Status Sync() override {
      return fails_ ? rocksdb::Status::IOError("no sync today") : WritableFileWrapper::Sync();
    }

   private:
    std::unique_ptr<rocksdb::WritableFile> real_;
    const std::atomic<bool>& fails_;
  };
};

}  // namespace mash::vault::testing
