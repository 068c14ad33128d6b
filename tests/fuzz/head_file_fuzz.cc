// A head file of any bytes: it is read, or refused as damaged; what is read from it, and the head
// written into it next, is read back.
#include <rocksdb/convenience.h>
#include <rocksdb/env.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "core/check.h"
#include "log/head_file.h"

using namespace mash::log;  // NOLINT(google-build-using-namespace): a program of one function

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  static const std::unique_ptr<rocksdb::Env> kMemory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  const std::string input(reinterpret_cast<const char*>(data), size);
  MASH_CHECK(kMemory->CreateDirIfMissing("/log").ok());
  MASH_CHECK(rocksdb::WriteStringToFile(kMemory.get(), input, "/log/head").ok());

  const auto read = HeadFile::read(*kMemory, "/log");
  auto file = HeadFile::open(*kMemory, "/log");
  MASH_CHECK(read.has_value() == file.has_value());
  if (!read) {
    MASH_CHECK(read.error().reason == "HEAD_FILE_DAMAGED");
    return 0;
  }
  MASH_CHECK(file->newest() == *read);
  const Head next{.epoch = 7, .size = size, .root = mash::merkle::leaf_hash(input)};
  MASH_CHECK(file->write(next).has_value());
  MASH_CHECK(HeadFile::read(*kMemory, "/log").value() == next);
  return 0;
}
