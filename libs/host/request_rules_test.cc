#include "host/request_rules.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "mash/referral/v1/referral_service.pb.h"

namespace mash::host {
namespace {

const FieldRule* rule_for(const TypeRules& rules, const std::string& name) {
  const auto at = std::ranges::find_if(
      rules.fields, [&](const FieldRule& rule) { return rule.field->name() == name; });
  return at == rules.fields.end() ? nullptr : &*at;
}

class OfAContact : public ::testing::Test {
 protected:
  const RequestRules rules_{*referral::v1::SubmitContactRequest::descriptor()};
};

TEST_F(OfAContact, NameTheRequestId) {
  const auto* rule = rule_for(rules_.request(), "request_id");
  ASSERT_NE(rule, nullptr);
  EXPECT_TRUE(rule->request_id);
  EXPECT_TRUE(rule->required);
  EXPECT_EQ(rule->holds, FieldRule::Holds::kText);
}

TEST_F(OfAContact, LeaveOutWhatNothingIsAskedOf) {
  EXPECT_EQ(rule_for(rules_.request(), "immediate_danger"), nullptr);
}

TEST_F(OfAContact, TellATimeFromOtherMessages) {
  const auto* rule = rule_for(rules_.request(), "occurred_at");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->holds, FieldRule::Holds::kTime);
  EXPECT_EQ(rule->inner, nullptr);
}

TEST_F(OfAContact, ReachIntoListsOfMessages) {
  const auto* children = rule_for(rules_.request(), "children");
  ASSERT_NE(children, nullptr);
  EXPECT_TRUE(children->repeated);
  ASSERT_NE(children->inner, nullptr);
  const auto* identity = rule_for(*children->inner, "identity");
  ASSERT_NE(identity, nullptr);
  EXPECT_EQ(identity->holds, FieldRule::Holds::kMessage);
  EXPECT_NE(rule_for(*identity->inner, "family_name"), nullptr);
}

TEST(RequestRules, OfATypeThatContainsItselfRefersToItself) {
  const RequestRules rules(*google::protobuf::DescriptorProto::descriptor());
  const auto* nested = rule_for(rules.request(), "nested_type");
  ASSERT_NE(nested, nullptr);
  EXPECT_EQ(nested->inner, &rules.request());
}

}  // namespace
}  // namespace mash::host
