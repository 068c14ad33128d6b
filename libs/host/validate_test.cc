#include "host/validate.h"

#include <gmock/gmock.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/timestamp.pb.h>
#include <gtest/gtest.h>

#include <memory>

#include "google/api/field_behavior.pb.h"
#include "host/request_rules.h"

namespace mash::host {
namespace {

using google::protobuf::Message;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kSchema[] = R"(
  syntax = "proto3";
  package test;
  import "google/api/field_behavior.proto";
  import "google/protobuf/timestamp.proto";
  enum Rating { RATING_UNSPECIFIED = 0; RATING_RED = 1; }
  message Child {
    string name = 1 [(google.api.field_behavior) = REQUIRED];
    Rating rating = 2;
    google.protobuf.Timestamp seen_at = 3;
    repeated Child siblings = 4;
  }
  message Request {
    string request_id = 1 [(google.api.field_behavior) = REQUIRED];
    repeated Child children = 2 [(google.api.field_behavior) = REQUIRED];
    Rating rating = 3 [(google.api.field_behavior) = REQUIRED];
    Child referrer = 4 [(google.api.field_behavior) = REQUIRED];
    bool told = 5 [(google.api.field_behavior) = REQUIRED];
    optional bool agreed = 6 [(google.api.field_behavior) = REQUIRED];
    repeated string notes = 7;
    bytes file = 8;
  }
)";

constexpr char kGood[] = R"(
  request_id: "01925f3a-7c1e-7b43-9d52-0242ac120002"
  children { name: "A" } rating: RATING_RED referrer { name: "B" } agreed: false
)";

class Validate : public ::testing::Test {
 protected:
  Validate() : pool_(google::protobuf::DescriptorPool::generated_pool()) {
    // Touching the messages links their descriptors.
    google::protobuf::Timestamp::descriptor();
    google::api::field_behavior.number();
    google::protobuf::io::ArrayInputStream input(kSchema, sizeof(kSchema) - 1);
    google::protobuf::io::Tokenizer tokens(&input, nullptr);
    google::protobuf::FileDescriptorProto file;
    google::protobuf::compiler::Parser parser;
    EXPECT_TRUE(parser.Parse(&tokens, &file));
    file.set_name("test.proto");
    const auto* built = pool_.BuildFile(file);
    EXPECT_NE(built, nullptr);
    factory_.SetDelegateToGeneratedFactory(true);
    type_ = pool_.FindMessageTypeByName("test.Request");
  }

  std::unique_ptr<Message> request(const std::string& text) {
    std::unique_ptr<Message> message(factory_.GetPrototype(type_)->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    return message;
  }

  std::vector<FieldFault> faults(const Message& message, Kind kind = Kind::kCommand,
                                 const OwnChecks& own = {}) {
    const auto result = validate(message, RequestRules(*type_), kind, limits_, own);
    if (result) return {};
    EXPECT_EQ(result.error().code, Code::kInvalidArgument);
    EXPECT_EQ(result.error().reason, "INVALID_REQUEST");
    return result.error().faults;
  }

  std::vector<FieldFault> faults(const std::string& text) { return faults(*request(text)); }

  RequestLimits limits_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
  const google::protobuf::Descriptor* type_ = nullptr;
};

TEST_F(Validate, TakesAGoodRequest) { EXPECT_THAT(faults(kGood), IsEmpty()); }

TEST_F(Validate, NamesEverythingThatIsMissingAtOnce) {
  EXPECT_THAT(
      faults(R"(children { rating: RATING_RED } children { name: "  \n" })"),
      ElementsAre(
          FieldFault{"request_id", "is required"}, FieldFault{"children[0].name", "is required"},
          FieldFault{"children[1].name", "is required"}, FieldFault{"rating", "is required"},
          FieldFault{"referrer", "is required"}, FieldFault{"agreed", "is required"}));
  EXPECT_THAT(faults(R"(request_id: "01925f3a-7c1e-7b43-9d52-0242ac120002" rating: RATING_RED
                        referrer { name: "B" } agreed: true)"),
              ElementsAre(FieldFault{"children", "needs at least one"}));
}

TEST_F(Validate, AddsWhatTheServiceFindsInTheSameReply) {
  const auto message = request(R"(children { name: "A" } rating: RATING_RED
                                  referrer { name: "B" } agreed: true)");
  EXPECT_THAT(faults(*message, Kind::kCommand,
                     [] {
                       return std::vector<FieldFault>{{"request_id", "said already"},
                                                      {"children[0].nhs_number", "check digit"}};
                     }),
              ElementsAre(FieldFault{"request_id", "is required"},
                          FieldFault{"children[0].nhs_number", "check digit"}));
}

TEST_F(Validate, PassesOverWhatTheServiceForgives) {
  const auto message = request(R"(children { rating: RATING_RED })");
  const auto result = validate(*message, RequestRules(*type_), Kind::kCommand, limits_, {},
                               [](const FieldFault& fault) { return fault.field != "request_id"; });
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().faults, ElementsAre(FieldFault{"request_id", "is required"}));
}

TEST_F(Validate, TakesUuidsOnlyAsRequestIds) {
  for (const std::string id :
       {"1", "01925F3A-7C1E-7B43-9D52-0242AC120002", "{01925f3a-7c1e-7b43-9d52-0242ac120002}"}) {
    const auto found = faults(R"(request_id: ")" + id + R"(" children { name: "A" }
        rating: RATING_RED referrer { name: "B" } agreed: true)");
    ASSERT_EQ(found.size(), 1u) << id;
    EXPECT_EQ(found[0].field, "request_id");
    EXPECT_THAT(found[0].description, HasSubstr("UUID"));
  }
}

TEST_F(Validate, NamesFieldsItDoesNotKnowInCommandsAndPassesThemInQueries) {
  auto message = request(kGood);
  message->GetReflection()->MutableUnknownFields(message.get())->AddVarint(4711, 1);
  EXPECT_THAT(faults(*message),
              ElementsAre(FieldFault{"", "has a field this hub does not know, number 4711"}));
  EXPECT_THAT(faults(*message, Kind::kQuery), IsEmpty());
}

TEST_F(Validate, RefusesEnumNumbersItDoesNotKnow) {
  auto message = request(kGood);
  message->GetReflection()->SetEnumValue(message.get(), type_->FindFieldByName("rating"), 9);
  EXPECT_THAT(faults(*message),
              ElementsAre(FieldFault{"rating", "has a value this hub does not know, number 9"}));
}

TEST_F(Validate, RefusesTimesThatAreNone) {
  const auto found = faults(std::string(kGood) + "children { name: \"C\" seen_at { nanos: -1 } }");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].field, "children[1].seen_at");
}

TEST_F(Validate, RefusesControlCharactersAndLongTextWithoutRepeatingThem) {
  limits_.text_bytes_max = 40;
  EXPECT_THAT(faults(std::string(kGood) + R"(notes: "fine\n\tmore" notes: "secret\x07bell"
                                             file: "\x00\x01")"),
              ElementsAre(FieldFault{"notes[1]", "must not hold control characters"}));
  EXPECT_THAT(faults(std::string(kGood) + "notes: \"" + std::string(41, 'x') + "\""),
              ElementsAre(FieldFault{"notes[0]", "is longer than 40 bytes"}));
}

TEST_F(Validate, BoundsListsDepthSizeAndFaults) {
  limits_.list_items_max = 3;
  limits_.depth_max = 4;
  EXPECT_THAT(faults(std::string(kGood) + "notes: ['a', 'b', 'c', 'd']"),
              ElementsAre(FieldFault{"notes", "has more than 3 items"}));

  const std::string deep =
      "children { name: 'a' siblings { name: 'b' siblings { name: 'c' siblings { name: 'd' } } } }";
  EXPECT_THAT(faults(std::string(kGood) + deep),
              ElementsAre(FieldFault{"children[1].siblings[0].siblings[0].siblings[0]",
                                     "is nested more than 4 messages deep"}));

  limits_.faults_max = 2;
  EXPECT_EQ(faults("").size(), 2u);

  limits_.request_bytes_max = 10;
  EXPECT_THAT(faults(kGood), ElementsAre(FieldFault{"", "the request is larger than 10 bytes"}));
}

}  // namespace
}  // namespace mash::host
