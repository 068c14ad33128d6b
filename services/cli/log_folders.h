#pragma once
#include <filesystem>
#include <vector>

#include "cli/outcome.h"

namespace mash::cli {

// The folders of logs: `data` itself when it is one, or else those below it, in order. Refused with
// Exit::kFile: no such folder, or no log in it.
Outcome<std::vector<std::filesystem::path>> log_folders(const std::filesystem::path& data);

// The one log in `data`, for what is done to one log at a time.
Outcome<std::filesystem::path> one_log_folder(const std::filesystem::path& data);

}  // namespace mash::cli
