#include "cli/log_folders.h"

#include <algorithm>

namespace mash::cli {
namespace fs = std::filesystem;
namespace {

// A log's folder holds a RocksDB store; so does the vault's, of keys, and so do look-ups made from
// a log, which are no logs.
bool is_log(const fs::path& folder) {
  std::error_code ignored;
  const std::string name = folder.filename().string();
  return fs::exists(folder / "CURRENT", ignored) && name != "keys" && !name.ends_with("-lookup");
}

// What may be a log, damaged as it is, when somebody points right at it.
bool is_store(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "CURRENT", ignored) || fs::exists(folder / "head", ignored);
}

}  // namespace

Outcome<std::vector<fs::path>> log_folders(const fs::path& data) {
  std::error_code failed;
  if (!fs::is_directory(data, failed))
    return fail(Exit::kFile, Code::kNotFound, "LOG_MISSING",
                "There is no folder " + data.string() + ".");
  if (is_store(data)) return std::vector<fs::path>{data};
  std::vector<fs::path> out;
  for (fs::recursive_directory_iterator
           it(data, fs::directory_options::skip_permission_denied, failed),
       end;
       it != end; it.increment(failed)) {
    if (failed) break;
    if (it.depth() > 2) it.disable_recursion_pending();
    std::error_code ignored;
    if (!it->is_directory(ignored) || !is_log(it->path())) continue;
    out.push_back(it->path());
    it.disable_recursion_pending();
  }
  if (failed)
    return fail(Exit::kFile, Code::kUnavailable, "FILE",
                "Cannot look into " + data.string() + ": " + failed.message() + ".");
  if (out.empty())
    return fail(Exit::kFile, Code::kNotFound, "LOG_MISSING",
                "There is no log in " + data.string() + ".",
                "A hub's logs lie in var/hub/<service>, or where its configuration says.");
  std::sort(out.begin(), out.end());
  return out;
}

Outcome<fs::path> one_log_folder(const fs::path& data) {
  auto folders = log_folders(data);
  if (!folders) return tl::unexpected(std::move(folders.error()));
  if (folders->size() == 1) return std::move(folders->front());
  std::string names;
  for (const fs::path& folder : *folders) names += (names.empty() ? "" : ", ") + folder.string();
  return wrong_usage(data.string() + " has several logs: " + names + ".",
                     "This works on one log at a time: name its own folder.");
}

}  // namespace mash::cli
