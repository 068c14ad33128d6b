#include "sharing/items/file_type.h"

#include <magic.h>

#include <algorithm>
#include <cctype>
#include <mutex>

#include "core/check.h"

namespace mash::sharing {
namespace {

// Only what the types taken need: each of its other looks is work, and some of it parses deeply.
constexpr int kHow = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR |
                     MAGIC_NO_CHECK_APPTYPE | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF |
                     MAGIC_NO_CHECK_TOKENS | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_JSON;

bool is_header_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

// Whether it begins with the header of an e-mail: lines "Name: value", folded ones between them,
// and the sender among them. Which line comes first differs from one program to the next, and the
// library knows only some.
bool begins_with_mail_header(std::string_view head) {
  bool has_sender = false;
  while (!head.empty()) {
    std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(head.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') continue;
    const std::string_view name = line.substr(0, line.find(':'));
    if (name.size() == line.size() || !is_header_name(name)) return false;
    has_sender = has_sender || name == "From";
  }
  return has_sender;
}

// What is plain text to its reader may look like a program's source.
bool is_text(std::string_view found) {
  return found == "text/plain" || found.starts_with("text/x-");
}

bool is_what_it_says(std::string_view found, std::string_view said, std::string_view head) {
  if (said == "text/plain") return is_text(found);
  if (said == "application/rtf") return found == "text/rtf";
  if (said == "message/rfc822" && is_text(found)) return begins_with_mail_header(head);
  return found == said;
}

}  // namespace

struct FileTypes::Library {
  explicit Library(magic_t opened) : magic(opened) {}
  ~Library() { magic_close(magic); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  std::mutex mutex;
  const magic_t magic;
};

FileTypes::FileTypes(std::unique_ptr<Library> library) : library_(std::move(library)) {}
FileTypes::~FileTypes() = default;

Result<std::unique_ptr<FileTypes>> FileTypes::load() {
  const magic_t opened = magic_open(kHow);
  MASH_CHECK(opened != nullptr);
  auto library = std::make_unique<Library>(opened);
  if (magic_load(opened, nullptr) != 0)
    return refuse(Code::kUnavailable, "FILE_TYPES_MISSING",
                  "The data that tells what a file is cannot be read; the package libmagic-mgc "
                  "brings it.");
  return std::unique_ptr<FileTypes>(new FileTypes(std::move(library)));
}

std::string FileTypes::type_of(std::string_view head) const {
  const std::lock_guard lock(library_->mutex);
  const char* found = magic_buffer(library_->magic, head.data(), head.size());
  return found == nullptr ? "" : found;
}

Result<void> FileTypes::check(std::string_view head, std::string_view said) const {
  if (is_what_it_says(type_of(head), said, head)) return {};
  return refuse(Code::kInvalidArgument, "FILE_TYPE_MISMATCH",
                "The file is not of the type that it is said to be.");
}

}  // namespace mash::sharing
