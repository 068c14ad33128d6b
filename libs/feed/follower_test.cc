#include "feed/follower.h"

#include <gtest/gtest.h>

#include "feed/testing/follower_cases.h"
#include "feed/testing/local_log.h"
#include "log/testing/temp_log.h"

namespace mash::feed::testing {

INSTANTIATE_TEST_SUITE_P(Local, FollowerCases, ::testing::Values(kLocal));

namespace {

TEST(Following, ReadsSealedPartsWhereTheyAreAskedFor) {
  log::testing::TempLog log;
  log::testing::write_note(*log, {.case_id = log.fresh_case()}).value();
  for (const bool with_sealed : {false, true}) {
    bool sealed = false;
    Follower follower({.feed = std::make_shared<LocalFeed>(*log, with_sealed),
                       .reaction = {.stored = [] { return log::Cursor{}; },
                                    .begin = [](uint64_t) {},
                                    .follow = [&](const log::Record& record) -> Result<void> {
                                      sealed = record.sealed.has_value();
                                      return {};
                                    },
                                    .settle = [](bool) -> Result<uint64_t> { return 1; }}});
    ASSERT_TRUE(follower.wait_until(1, std::chrono::seconds(120)));
    EXPECT_EQ(sealed, with_sealed);
  }
}

}  // namespace
}  // namespace mash::feed::testing
