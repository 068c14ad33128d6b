#include "feed/relay_cursor.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "log/testing/temp_log.h"

namespace mash::feed {
namespace {

constexpr char kLog[] = "mash/E10000013/notes";

class RelayCursor : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.folder() / "published"; }
  std::string content() const {
    std::ostringstream all;
    all << std::ifstream(file(), std::ios::binary).rdbuf();
    return all.str();
  }
  void put(const std::string& content) const {
    std::ofstream(file(), std::ios::binary | std::ios::trunc) << content;
  }
  void expect_malformed() const {
    const auto read = read_relay_cursor(file(), kLog);
    ASSERT_FALSE(read.has_value()) << content();
    EXPECT_EQ(read.error().reason, "RELAY_CURSOR_MALFORMED");
  }

  log::testing::TempLog folder_;
};

TEST_F(RelayCursor, OfNothingPublishedIsTheBeginning) {
  EXPECT_EQ(read_relay_cursor(file(), kLog).value(), log::Cursor{});
}

TEST_F(RelayCursor, IsReadAsItWasWrittenLast) {
  ASSERT_TRUE(write_relay_cursor(file(), kLog, {.epoch = 1, .position = 7}).has_value());
  ASSERT_TRUE(write_relay_cursor(file(), kLog, {.epoch = 2, .position = 5}).has_value());
  EXPECT_EQ(read_relay_cursor(file(), kLog).value(), (log::Cursor{.epoch = 2, .position = 5}));
}

TEST_F(RelayCursor, TornAnywhereIsMalformed) {
  ASSERT_TRUE(write_relay_cursor(file(), kLog, {.epoch = 1, .position = 71}).has_value());
  const std::string whole = content();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    put(whole.substr(0, size));
    expect_malformed();
  }
}

TEST_F(RelayCursor, WithAnyBitFlippedIsMalformed) {
  ASSERT_TRUE(write_relay_cursor(file(), kLog, {.epoch = 1, .position = 71}).has_value());
  const std::string whole = content();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    put(flipped);
    expect_malformed();
  }
}

TEST_F(RelayCursor, ThatIsNoneOrAnotherLogsIsMalformed) {
  for (const char* content : {"", "1", "1 7 published\n", "mash/E10000013/notes 1 7\n"}) {
    put(content);
    expect_malformed();
  }
  ASSERT_TRUE(write_relay_cursor(file(), "mash/E10000013/other", {.epoch = 1}).has_value());
  expect_malformed();
}

TEST_F(RelayCursor, ThatWasPutAsideIsThereToBeLookedAt) {
  put("1 7");
  put_relay_cursor_aside(file());
  EXPECT_EQ(read_relay_cursor(file(), kLog).value(), log::Cursor{});
  EXPECT_TRUE(std::filesystem::exists(file().string() + ".damaged"));
}

TEST_F(RelayCursor, ThatCannotBeWrittenSaysSoAndStaysWhatItWas) {
  const auto nowhere = write_relay_cursor(folder_.folder() / "none" / "published", kLog, {});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().reason, "RELAY_CURSOR_UNWRITABLE");
  ASSERT_TRUE(write_relay_cursor(file(), kLog, {.epoch = 1, .position = 7}).has_value());
  std::filesystem::create_directory(file().string() + ".new");  // where it would be written
  EXPECT_FALSE(write_relay_cursor(file(), kLog, {.epoch = 1, .position = 9}).has_value());
  EXPECT_EQ(read_relay_cursor(file(), kLog)->position, 7U);
}

}  // namespace
}  // namespace mash::feed
