#include "host/timeouts.h"

#include <gtest/gtest.h>

#include <future>
#include <semaphore>
#include <vector>

namespace mash::host {
namespace {

using std::chrono::milliseconds;

TEST(Timeouts, CallInTheOrderInWhichTheyWereAdded) {
  Timeouts timeouts(milliseconds(1));
  std::vector<int> called;
  std::binary_semaphore done(0);
  for (int i = 0; i < 10; ++i)
    timeouts.add([&, i] {
      called.push_back(i);
      if (i == 9) done.release();
    });
  done.acquire();
  EXPECT_EQ(called, std::vector({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Timeouts, NeverCallWhatWasRemoved) {
  Timeouts timeouts(milliseconds(1));
  std::binary_semaphore go_on(0);
  std::binary_semaphore done(0);
  bool called = false;
  timeouts.add([&] { go_on.acquire(); });  // no other is called until it is removed
  const auto removed = timeouts.add([&] { called = true; });
  timeouts.add([&] { done.release(); });
  timeouts.remove(removed);
  go_on.release();
  done.acquire();  // ends after the other would have
  EXPECT_FALSE(called);
}

TEST(Timeouts, AreAddedAgainOnceNoneIsLeft) {
  Timeouts timeouts(milliseconds(1));
  int called = 0;
  for (int i = 0; i < 3; ++i) {
    std::binary_semaphore done(0);
    timeouts.add([&] {
      ++called;
      done.release();
    });
    done.acquire();
    EXPECT_EQ(called, i + 1);
  }
}

TEST(Timeouts, MayBeRemovedWhileTheyAreCalled) {
  Timeouts timeouts(milliseconds(1));
  std::promise<Timeouts::Id> id;
  std::binary_semaphore done(0);
  const auto own = id.get_future().share();
  int called = 0;
  id.set_value(timeouts.add([&, own] {
    ++called;
    timeouts.remove(own.get());
  }));
  timeouts.add([&] { done.release(); });
  done.acquire();  // those after it come all the same
  EXPECT_EQ(called, 1);
}

TEST(Timeouts, ForgetWhatWaitsWhenTheyGo) {
  bool called = false;
  {
    Timeouts timeouts(std::chrono::hours(1));
    timeouts.add([&] { called = true; });
  }
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace mash::host
