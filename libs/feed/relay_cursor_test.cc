#include "feed/relay_cursor.h"

#include <gtest/gtest.h>

#include <fstream>

#include "log/testing/temp_log.h"

namespace mash::feed {
namespace {

class RelayCursor : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.folder() / "published"; }

  log::testing::TempLog folder_;
};

TEST_F(RelayCursor, OfNothingPublishedIsTheBeginning) {
  EXPECT_EQ(read_relay_cursor(file()).value(), log::Cursor{});
}

TEST_F(RelayCursor, IsReadAsItWasWrittenLast) {
  ASSERT_TRUE(write_relay_cursor(file(), {.epoch = 1, .position = 7}).has_value());
  ASSERT_TRUE(write_relay_cursor(file(), {.epoch = 2, .position = 5}).has_value());
  EXPECT_EQ(read_relay_cursor(file()).value(), (log::Cursor{.epoch = 2, .position = 5}));
}

TEST_F(RelayCursor, ThatIsNoneIsRefusedWithWhatToDo) {
  for (const char* content : {"", "1", "1 7", "one seven published"}) {
    std::ofstream(file()) << content;
    const auto read = read_relay_cursor(file());
    ASSERT_FALSE(read.has_value()) << content;
    EXPECT_EQ(read.error().reason, "RELAY_CURSOR_MALFORMED");
  }
}

TEST_F(RelayCursor, ThatCannotBeWrittenSaysSo) {
  const auto written = write_relay_cursor(folder_.folder() / "none" / "published", {});
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().reason, "RELAY_CURSOR_UNWRITABLE");
}

}  // namespace
}  // namespace mash::feed
