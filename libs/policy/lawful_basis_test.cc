#include "policy/lawful_basis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/packs.h"

namespace mash::policy {
namespace {

TEST(Shipped, AllAreRead) {
  const auto packs = Packs::load(MASH_SOURCE_DIR "/deploy/policy");
  if (!packs)
    for (const auto& fault : packs.error().faults)
      ADD_FAILURE() << fault.field << " " << fault.description;
  ASSERT_TRUE(packs.has_value());
  EXPECT_EQ(packs->laws().size(), 3U);
}

}  // namespace
}  // namespace mash::policy
