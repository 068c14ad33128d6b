#include "cli/json_input.h"

#include <gmock/gmock.h>

#include "mash/log/v1/log_service.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class JsonInput : public ::testing::Test {
 protected:
  Failure refused(const std::string& json) {
    const auto read = from_json(json, "line 7", request_);
    EXPECT_FALSE(read.has_value());
    if (read) return {};
    EXPECT_EQ(read.error().exit, Exit::kUsage);
    return read.error();
  }
  // The one fault found: "field: description".
  std::string fault(const std::string& json) {
    const Failure failure = refused(json);
    EXPECT_THAT(failure.error.faults, SizeIs(1));
    if (failure.error.faults.size() != 1) return {};
    return failure.error.faults[0].field + ": " + failure.error.faults[0].description;
  }

  referral::v1::SubmitContactRequest request_;
};

TEST_F(JsonInput, TakesBothWaysOfNamingAField) {
  ASSERT_TRUE(from_json(R"({"request_id": "a", "immediateDanger": true,
                            "children": [{"identity": {"given_names": "K"}}],
                            "occurred_at": "2026-03-29T10:00:00Z"})",
                        "it", request_));
  EXPECT_TRUE(request_.immediate_danger());
  EXPECT_EQ(request_.children(0).identity().given_names(), "K");
}

TEST_F(JsonInput, NamesAnUnknownFieldByItsPathAndWhatWasPerhapsMeant) {
  EXPECT_EQ(fault(R"({"children": [{}, {"identity": {"given_name": "Kit"}}]})"),
            "children[1].identity.given_name: is not a field of Identity. Did you mean "
            "'given_names'?");
}

TEST_F(JsonInput, SaysWhatATypeShouldBe) {
  EXPECT_EQ(fault(R"({"source": 6})"), "source: should be text, in quotes.");
  EXPECT_EQ(fault(R"({"children": {}})"), "children: should be a list, [...].");
  EXPECT_EQ(fault(R"({"immediate_danger": "yes"})"), "immediate_danger: should be true or false.");
  EXPECT_THAT(fault(R"({"occurred_at": "yesterday"})"), HasSubstr("2026-03-29T10:00:00Z"));
  EXPECT_EQ(fault(R"([])"), "the request: should be an object, {...}, of SubmitContactRequest.");
  log::v1::ReadLogRequest numbers;
  const auto read = from_json(R"({"from": -3, "limit": "12", "backwards": 1})", "it", numbers);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().error.faults, SizeIs(2));
}

TEST_F(JsonInput, OffersTheValuesOfAnEnum) {
  EXPECT_EQ(fault(R"({"lawful_basis": {"article_6": "PUBLIC_TASK"}})"),
            "lawful_basis.article_6: is written 'ARTICLE6_PUBLIC_TASK'.");
  EXPECT_THAT(fault(R"({"lawful_basis": {"article_6": "ARTICLE6_PUBLIC_TASKS"}})"),
              HasSubstr("Did you mean 'ARTICLE6_PUBLIC_TASK'"));
}

TEST_F(JsonInput, NamesEveryFaultAtOnce) {
  const Failure failure = refused(R"({"a1": 1, "source": 2, "children": [{"x9": 1}, 5]})");
  EXPECT_THAT(failure.error.faults, SizeIs(4));
}

TEST_F(JsonInput, SaysWhereTextIsNotJson) {
  const Failure failure = refused("{\"source\": \"6\",\n  \"children\": [}\n");
  EXPECT_THAT(failure.error.message, HasSubstr("line 2, column 16"));
  EXPECT_THAT(failure.error.message, HasSubstr("line 7"));
}

TEST_F(JsonInput, NeverRepeatsAValue) {
  for (const std::string json : {R"({"source": ["Kit Marlow"]})", R"({"children": "Kit Marlow"})",
                                 R"({"source": "Kit Marlow)", R"({"occurred_at": "Kit Marlow"})"}) {
    const Failure failure = refused(json);
    EXPECT_THAT(failure.error.message, Not(HasSubstr("Marlow")));
    for (const FieldFault& each : failure.error.faults)
      EXPECT_THAT(each.description, Not(HasSubstr("Marlow")));
  }
}

TEST_F(JsonInput, RefusesWhatWouldExhaustAParser) {
  EXPECT_THAT(refused(std::string(100'000, '[')).error.message, HasSubstr("deep"));
  EXPECT_THAT(refused(R"({"limit": 1e999})").error.message, HasSubstr("out of range"));
  EXPECT_THAT(refused("{\"source\": \"\xC0\xAF\"}").error.message, HasSubstr("not JSON"));
}

TEST(JsonElements, SplitsAListAndLeavesTheRest) {
  EXPECT_THAT(*json_elements("[{\"a\":1},2]", "it"), ElementsAre("{\"a\":1}", "2"));
  EXPECT_THAT(*json_elements("{}", "it"), ElementsAre("{}"));
  EXPECT_FALSE(json_elements("[", "it"));
}

}  // namespace
}  // namespace mash::cli
