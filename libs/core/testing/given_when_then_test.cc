// The tester tested: it passes what holds, and fails, legibly, what does not.
#include "core/testing/given_when_then.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace mash::testing {
namespace {

// A box that holds at most ten: its events and commands are numbers put in.
struct Box {
  using Event = google::protobuf::Int32Value;
  using Events = std::vector<Event>;
  struct State {
    int held = 0;
  };

  static Result<Events> decide(const State& state, const google::protobuf::Int32Value& put,
                               const Context&) {
    if (put.value() == 0) return Events{};
    if (state.held + put.value() <= 10) return Events{put};
    auto refusal = Error{.code = Code::kFailedPrecondition,
                         .reason = "BOX_FULL",
                         .message = "The box holds ten.",
                         .faults = {{"value", "is too much"}},
                         .sources = {{"the maker's leaflet", ""}}};
    return tl::unexpected(std::move(refusal));
  }
  static State evolve(State state, const Event& event) {
    state.held += event.value();
    return state;
  }
};

google::protobuf::Int32Value some(int value) {
  google::protobuf::Int32Value message;
  message.set_value(value);
  return message;
}

const Context kAnybody{.actor = {.agency = "police", .practitioner = "p-1", .role = "officer"}};

TEST(GivenWhenThen, PassesWhatHolds) {
  given<Box>({}).when(some(3), kAnybody).then({some(3)});
  given<Box>({some(4)}).when(some(0), kAnybody).then_nothing_changes();
  given<Box>({some(4), some(4)}).when(some(3), kAnybody).then_refused("BOX_FULL");
  given<Box>({some(8)}).when(some(3), kAnybody).then_refused("BOX_FULL", {"value"});
}

TEST(GivenWhenThen, ASecondCommandGoesOnFromTheFirst) {
  given<Box>({}).when(some(6), kAnybody).when(some(4), kAnybody).then({some(4)});
  given<Box>({}).when(some(6), kAnybody).when(some(5), kAnybody).then_refused("BOX_FULL");
  EXPECT_EQ(given<Box>({some(1)}).when(some(6), kAnybody).state().held, 7);
}

TEST(GivenWhenThen, FailsOnAnotherEventAndShowsTheDifference) {
  EXPECT_NONFATAL_FAILURE(given<Box>({some(1)}).when(some(3), kAnybody).then({some(4)}),
                          "modified: value: 4 -> 3");
}

TEST(GivenWhenThen, FailsOnMoreOrFewerEvents) {
  EXPECT_NONFATAL_FAILURE(given<Box>({}).when(some(3), kAnybody).then({some(3), some(3)}),
                          "number of events");
  EXPECT_NONFATAL_FAILURE(given<Box>({}).when(some(3), kAnybody).then_nothing_changes(),
                          "number of events");
}

TEST(GivenWhenThen, FailsOnARefusalAndTellsTheStory) {
  EXPECT_FATAL_FAILURE(given<Box>({some(9)}).when(some(3), kAnybody).then({some(3)}),
                       "given\n  Int32Value { value: 9 }\n"
                       "when Int32Value { value: 3 }\n"
                       "  by p-1 (officer) of police at 1970-01-01T00:00:00Z\n"
                       "then refused\n"
                       "  BOX_FULL: The box holds ten.\n"
                       "    value is too much\n"
                       "    see the maker's leaflet");
}

TEST(GivenWhenThen, FailsOnAnotherReasonOrOtherFields) {
  EXPECT_NONFATAL_FAILURE(given<Box>({some(9)}).when(some(3), kAnybody).then_refused("BOX_SHUT"),
                          "BOX_FULL: The box holds ten.");
  EXPECT_NONFATAL_FAILURE(
      given<Box>({some(9)}).when(some(3), kAnybody).then_refused("BOX_FULL", {"lid"}), "lid");
}

TEST(GivenWhenThen, FailsWhenNothingIsRefused) {
  EXPECT_FATAL_FAILURE(given<Box>({}).when(some(3), kAnybody).then_refused("BOX_FULL"),
                       "accepted, though expected BOX_FULL");
}

TEST(GivenWhenThen, FailsWhenACommandFollowsARefusal) {
  EXPECT_NONFATAL_FAILURE(given<Box>({some(9)}).when(some(3), kAnybody).when(some(1), kAnybody),
                          "follows one that was refused");
}

TEST(GivenWhenThen, FailsOnATextThatIsNoMessage) {
  EXPECT_NONFATAL_FAILURE(proto<google::protobuf::Int32Value>("weight: 3"), "weight");
  EXPECT_EQ(proto<google::protobuf::Int32Value>("value: 3").value(), 3);
}

}  // namespace
}  // namespace mash::testing
