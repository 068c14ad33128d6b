#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mash::sharing {

// How much of a file's beginning tells what it is.
inline constexpr size_t kTellingBytes = 64 << 10;

// Tells what a file is by looking into it, with the data of libmagic. Thread-safe.
class FileTypes {
 public:
  // kUnavailable, reason FILE_TYPES_MISSING, where that data cannot be read.
  static Result<std::unique_ptr<FileTypes>> load();
  ~FileTypes();
  FileTypes(const FileTypes&) = delete;
  FileTypes& operator=(const FileTypes&) = delete;

  // Refuses with kInvalidArgument, reason FILE_TYPE_MISMATCH, a file that begins with `head` and is
  // not of the media type it is said to be.
  Result<void> check(std::string_view head, std::string_view said) const;

  // What it finds, by libmagic's names: "application/pdf".
  std::string type_of(std::string_view head) const;

 private:
  struct Library;
  explicit FileTypes(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace mash::sharing
