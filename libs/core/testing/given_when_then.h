#pragma once
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "core/decider.h"
#include "core/timestamp.h"

namespace mash::testing {

// A message in one line, for test output.
inline std::string brief(const google::protobuf::Message& message) {
  const std::string text = message.ShortDebugString();
  return message.GetDescriptor()->name() + " { " + text + (text.empty() ? "}" : " }");
}

// A refusal with everything it says.
inline std::string brief(const Error& error) {
  std::string text = error.reason + ": " + error.message;
  for (const auto& fault : error.faults) text += "\n    " + fault.field + " " + fault.description;
  for (const auto& source : error.sources) text += "\n    see " + source.description;
  return text;
}

// A command that is no request: what a service makes of one. Its test says what is in it.
template <class Command>
  requires(!std::derived_from<Command, google::protobuf::Message>)
std::string brief(const Command&) {
  return "a command of the service";
}

// A decider's test reads as a sentence:
//   given<Referral>({received}).when(acknowledge, triage_officer).then({acknowledged});
//   given<Referral>({received}).when(decide, school).then_refused("NOT_THE_HUB");
// Where it does not hold, the failure tells the whole scenario. A second when() goes on from what
// the first one brought about; nothing may follow a refusal.
template <Decider D>
class Scenario {
 public:
  using Event = typename D::Event;

  explicit Scenario(const std::vector<Event>& history) : state_(fold<D>(history)) {
    story_ = history.empty() ? "given nothing\n" : "given\n" + lines(history);
  }

  template <class Command>
  Scenario& when(const Command& command, const Context& context) {
    if (outcome_) {
      state_ = fold<D>(*outcome_, std::move(state_));
      story_ += lines(*outcome_);
    } else {
      ADD_FAILURE() << "a command follows one that was refused\n" << told();
    }
    story_ += "when " + brief(command) + "\n  by " + context.actor.practitioner + " (" +
              context.actor.role + ") of " + context.actor.agency + " at " +
              to_rfc3339(context.now) + "\n";
    outcome_ = D::decide(state_, command, context);
    return *this;
  }

  // These events and no others, field for field.
  void then(const std::vector<Event>& expected) const {
    ASSERT_TRUE(outcome_.has_value()) << "refused, though expected\n" << lines(expected) << told();
    for (std::size_t i = 0; i < std::min(expected.size(), outcome_->size()); ++i) {
      std::string differences;
      google::protobuf::util::MessageDifferencer differencer;
      differencer.ReportDifferencesToString(&differences);
      EXPECT_TRUE(differencer.Compare(expected[i], (*outcome_)[i]))
          << "event " << i + 1 << " differs from the expected:\n"
          << differences << told();
    }
    EXPECT_EQ(outcome_->size(), expected.size()) << "the number of events differs; expected\n"
                                                 << lines(expected) << told();
  }

  // Already so: accepted, and nothing happened.
  void then_nothing_changes() const { then({}); }

  // Refused with this reason and, where given, faults in exactly these fields.
  void then_refused(std::string_view reason) const {
    ASSERT_FALSE(outcome_.has_value()) << "accepted, though expected " << reason << "\n" << told();
    EXPECT_EQ(outcome_.error().reason, reason) << told();
  }
  void then_refused(std::string_view reason, const std::vector<std::string>& fields) const {
    then_refused(reason);
    if (outcome_) return;
    std::vector<std::string> found;
    for (const auto& fault : outcome_.error().faults) found.push_back(fault.field);
    EXPECT_EQ(found, fields) << told();
  }

  const Result<std::vector<Event>>& outcome() const { return outcome_; }

  // The state after the outcome's events, for what only it shows.
  typename D::State state() const { return outcome_ ? fold<D>(*outcome_, state_) : state_; }

 private:
  static std::string lines(const std::vector<Event>& events) {
    std::string text;
    for (const auto& event : events) text += "  " + brief(event) + "\n";
    return text;
  }

  std::string told() const {
    if (!outcome_) return story_ + "then refused\n  " + brief(outcome_.error()) + "\n";
    return story_ + (outcome_->empty() ? "then nothing\n" : "then\n" + lines(*outcome_));
  }

  typename D::State state_;
  Result<std::vector<Event>> outcome_{};
  std::string story_;
};

template <Decider D>
Scenario<D> given(const std::vector<typename D::Event>& history) {
  return Scenario<D>(history);
}

// A message from its text form; one that cannot be read fails the test.
template <class Message>
Message proto(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

}  // namespace mash::testing
