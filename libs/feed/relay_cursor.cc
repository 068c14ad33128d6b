#include "feed/relay_cursor.h"

#include <fstream>
#include <system_error>

namespace mash::feed {

Result<log::Cursor> read_relay_cursor(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return log::Cursor{};
  std::ifstream in(file);
  log::Cursor cursor;
  std::string end;
  if (!(in >> cursor.epoch >> cursor.position >> end) || end != "published")
    return refuse(Code::kDataLoss, "RELAY_CURSOR_MALFORMED",
                  "How far the log was published cannot be read from " + file.string() +
                      ": remove it, and everything is published again.");
  return cursor;
}

Result<void> write_relay_cursor(const std::filesystem::path& file, const log::Cursor& cursor) {
  const std::filesystem::path fresh = file.string() + ".new";
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << cursor.epoch << ' ' << cursor.position << " published\n";
    if (!out.flush())
      return refuse(Code::kUnavailable, "RELAY_CURSOR_UNWRITABLE",
                    "How far the log was published cannot be written to " + fresh.string() + ".");
  }
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed)
    return refuse(Code::kUnavailable, "RELAY_CURSOR_UNWRITABLE",
                  "How far the log was published cannot be written: " + failed.message());
  return {};
}

}  // namespace mash::feed
