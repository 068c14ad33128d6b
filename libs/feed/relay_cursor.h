#pragma once
#include <filesystem>
#include <string>

#include "core/result.h"
#include "log/append.h"

namespace mash::feed {

// How far a relay has published, in a file of its own: one line with the log's name, epoch and
// position and the SHA-256 of those. Replaced whole, never half: what is written lies on the disk
// before it takes the place of what was. It is only a hint from which none is left out: what it had
// not kept yet is published again.

// `log`: "mash/E10000013/referral". Of epoch 0 where there is no such file: nothing was published,
// or the file was lost. Refused: kDataLoss, RELAY_CURSOR_MALFORMED, also where it is another log's.
Result<log::Cursor> read_relay_cursor(const std::filesystem::path& file, const std::string& log);

// Refused: kUnavailable, RELAY_CURSOR_UNWRITABLE; then the file is what it was.
Result<void> write_relay_cursor(const std::filesystem::path& file, const std::string& log,
                                const log::Cursor& cursor);

// Puts a file that cannot be read aside, as "<file>.damaged", for whoever wants to look at it.
void put_relay_cursor_aside(const std::filesystem::path& file);

}  // namespace mash::feed
