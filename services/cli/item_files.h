#pragma once
#include "cli/commands.h"

namespace mash::cli {

// mash item attach and fetch: files of items, in pieces.
void add_item_files(CLI::App& item, Session& session);

}  // namespace mash::cli
