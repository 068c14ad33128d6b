#pragma once
#include <filesystem>

#include "core/result.h"
#include "log/append.h"

namespace mash::feed {

// How far a relay has published, in a file of its own: replaced whole, never half. It is only a
// hint from which none is left out: what it had not kept yet is published again.

// Nothing was published where there is no such file. Refused: kDataLoss, RELAY_CURSOR_MALFORMED.
Result<log::Cursor> read_relay_cursor(const std::filesystem::path& file);

// Refused: kUnavailable, RELAY_CURSOR_UNWRITABLE.
Result<void> write_relay_cursor(const std::filesystem::path& file, const log::Cursor& cursor);

}  // namespace mash::feed
