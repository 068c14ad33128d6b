#include "cli/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace mash::cli {
namespace {

tl::unexpected<Failure> file_failure(const std::string& message) {
  return fail(Exit::kFile, Code::kInvalidArgument, "FILE", message);
}

std::string why(int error) { return std::generic_category().message(error); }

Outcome<std::string> read_all(std::istream& in, const std::string& name, size_t bytes_max) {
  std::string out;
  std::array<char, 65'536> buffer{};
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    out.append(buffer.data(), static_cast<size_t>(in.gcount()));
    if (out.size() > bytes_max)
      return file_failure(name + " is larger than " + std::to_string(bytes_max) + " bytes.");
  }
  if (in.bad()) return file_failure("Reading " + name + " failed.");
  return out;
}

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return ::fsync(fd) == 0;
}

}  // namespace

Outcome<std::string> read_file(const std::filesystem::path& file, size_t bytes_max) {
  if (file == "-") return read_all(std::cin, "standard input", bytes_max);
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return file_failure(file.string() + " is a folder, not a file.");
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_failure("Cannot read " + file.string() + ": " + why(errno) + ".");
  return read_all(in, file.string(), bytes_max);
}

Outcome<void> write_file(const std::filesystem::path& file, std::string_view bytes,
                         bool overwrite) {
  std::error_code ignored;
  if (!overwrite && std::filesystem::exists(file, ignored))
    return fail(Exit::kFile, Code::kAlreadyExists, "FILE", file.string() + " exists already.",
                "Name another file, or remove that one first.");
  const std::string beside = file.string() + ".part";
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return file_failure("Cannot write " + file.string() + ": " + why(errno) + ".");
  const bool written = write_whole(fd, bytes);
  const int error = errno;
  ::close(fd);
  if (!written || ::rename(beside.c_str(), file.c_str()) != 0) {
    const std::string reason = why(written ? errno : error);
    ::unlink(beside.c_str());
    return file_failure("Cannot write " + file.string() + ": " + reason + ".");
  }
  return {};
}

}  // namespace mash::cli
