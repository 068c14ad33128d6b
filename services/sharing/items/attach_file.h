#pragma once
#include <memory>

#include "core/result.h"
#include "host/upload.h"

namespace mash::sharing {

// Files on their way to items (AttachFile): each upload is judged before its first byte is taken,
// and its bytes are sealed and written as they come, one chunk in memory. At most
// kUploadsMax at once, and of one agency kUploadsOfAgencyMax: RESOURCE_EXHAUSTED,
// TOO_MANY_UPLOADS.
//
// A file is attached when all of it has come, is what its sender said (FILE_DAMAGED), and of the
// type it says (FILE_TYPE_NOT_ALLOWED, FILE_TYPE_MISMATCH): through the one path of commands, so
// its request id makes sending it again safe. Of an upload that is cut nothing stays. Thread-safe.
class FileUploads {
 public:
  static constexpr size_t kUploadsMax = 32;
  static constexpr size_t kUploadsOfAgencyMax = 8;

  // The desk outlives it and its uploads. kUnavailable, reason FILE_TYPES_MISSING, where the
  // library that tells types has no data to tell them by.
  static Result<std::unique_ptr<FileUploads>> over(const host::Desk& desk);
  ~FileUploads();

  // For one call: host::UploadReactor::begin(desk, *call, *v1::AttachFileRequest::descriptor(),
  // *response, uploads.upload()).
  std::unique_ptr<host::Upload> upload();

 private:
  class Impl;
  class OneUpload;
  explicit FileUploads(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace mash::sharing
