#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "cli/outcome.h"

namespace mash::cli {

// Files and standard streams. Refused with Exit::kFile, saying which and why.

// A whole file, "-" being standard input; at most `bytes_max`.
Outcome<std::string> read_file(const std::filesystem::path& file,
                               size_t bytes_max = size_t{256} << 20);

// Writes a new file whole or not at all: beside it first, synced, then renamed. An existing file is
// refused unless `overwrite`.
Outcome<void> write_file(const std::filesystem::path& file, std::string_view bytes,
                         bool overwrite = false);

}  // namespace mash::cli
