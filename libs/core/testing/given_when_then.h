#pragma once
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "core/decider.h"

namespace mash::testing {

// A decider's test reads as a sentence:
//   given<Referral>({received}).when(acknowledge, triage_officer).then({acknowledged});
//   given<Referral>({received}).when(decide, school).then_refused("NOT_THE_HUB");
template <Decider D>
class Scenario {
 public:
  using Event = typename D::Event;

  explicit Scenario(const std::vector<Event>& history) : state_(fold<D>(history)) {}

  template <class Command>
  Scenario& when(const Command& command, const Context& context) {
    outcome_ = D::decide(state_, command, context);
    return *this;
  }

  void then(const std::vector<Event>& expected) const {
    ASSERT_TRUE(outcome_.has_value())
        << outcome_.error().reason << ": " << outcome_.error().message;
    ASSERT_EQ(outcome_->size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals((*outcome_)[i], expected[i]))
          << "event " << i << " is\n"
          << (*outcome_)[i].DebugString() << "expected\n"
          << expected[i].DebugString();
  }

  void then_nothing_changes() const { then({}); }

  void then_refused(std::string_view reason) const {
    ASSERT_FALSE(outcome_.has_value()) << "accepted, with " << outcome_->size() << " events";
    EXPECT_EQ(outcome_.error().reason, reason);
  }

  const Result<std::vector<Event>>& outcome() const { return outcome_; }

 private:
  typename D::State state_;
  Result<std::vector<Event>> outcome_{};
};

template <Decider D>
Scenario<D> given(const std::vector<typename D::Event>& history) {
  return Scenario<D>(history);
}

template <class Message>
Message proto(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace mash::testing
