#include "host/steps.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

namespace mash::host {
namespace {

TEST(Steps, AreForgottenWhenTheyEnd) {
  auto held = std::make_shared<int>(0);
  const std::weak_ptr<int> of_the_steps = held;
  run_in_steps([held = std::move(held)] { return ++*held < 3; });
  const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!of_the_steps.expired() && std::chrono::steady_clock::now() < latest)
    std::this_thread::yield();
  EXPECT_TRUE(of_the_steps.expired());
}

}  // namespace
}  // namespace mash::host
