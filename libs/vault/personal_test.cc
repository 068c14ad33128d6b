#include "vault/personal.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "core/testing/given_when_then.h"
#include "mash/log/v1/log_events.pb.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "testing/specimen.pb.h"

namespace mash::vault {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::MessageDifferencer;
using mash::testing::proto;
using testing::Opened;
using testing::SpecimenEvent;

// Fills a message with random content of every shape. Every string tells by its first letters
// whether the schema calls it personal.
class Filler {
 public:
  explicit Filler(uint64_t seed) : random_(seed) {}

  void fill(Message& message, int depth = 0, bool is_personal = false) {
    const Descriptor* const type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      if (chance(3)) continue;
      const bool personal = is_personal || field->name().starts_with("secret") ||
                            field->name() == "number_to_secret" || field->name() == "born_at";
      const int count = field->is_repeated() ? below(4) : 1;
      for (int n = 0; n < count; ++n) fill(message, *field, depth, personal);
    }
    if (chance(8))
      message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(
          900, "SECRET" + std::to_string(random_()));
  }

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  bool chance(int one_in) { return below(one_in) == 0; }

  void fill(Message& message, const FieldDescriptor& field, int depth, bool personal) {
    const Reflection* const reflection = message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (depth > 4) return;
      Message* const inner = field.is_repeated() ? reflection->AddMessage(&message, &field)
                                                 : reflection->MutableMessage(&message, &field);
      if (field.is_map()) {
        fill_entry(*inner, depth + 1, personal);
      } else {
        fill(*inner, depth + 1, personal);
      }
      return;
    }
    fill_scalar(message, field, personal);
  }

  // Keys of a map must differ, and their being random 64 bits sees to it; both fields are set, as a
  // map's always are.
  void fill_entry(Message& entry, int depth, bool personal) {
    const Descriptor* const type = entry.GetDescriptor();
    fill_scalar(entry, *type->map_key(), personal, /*may_be_empty=*/false);
    if (type->map_value()->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      fill(*entry.GetReflection()->MutableMessage(&entry, type->map_value()), depth, personal);
    } else {
      fill_scalar(entry, *type->map_value(), personal);
    }
  }

  void fill_scalar(Message& message, const FieldDescriptor& field, bool personal,
                   bool may_be_empty = true) {
    const Reflection* const r = message.GetReflection();
    const std::string text = may_be_empty && chance(5)
                                 ? ""
                                 : (personal ? "SECRET" : "PUBLIC") + std::to_string(random_());
    const bool list = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return list ? r->AddString(&message, &field, text) : r->SetString(&message, &field, text);
      case FieldDescriptor::CPPTYPE_INT32:
        return list ? r->AddInt32(&message, &field, below(9))
                    : r->SetInt32(&message, &field, below(9));
      case FieldDescriptor::CPPTYPE_INT64:
        return r->SetInt64(&message, &field, below(9));
      case FieldDescriptor::CPPTYPE_UINT32:
        return r->SetUInt32(&message, &field, static_cast<uint32_t>(random_()));
      case FieldDescriptor::CPPTYPE_UINT64:
        return r->SetUInt64(&message, &field, random_());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return r->SetDouble(&message, &field, below(9));
      case FieldDescriptor::CPPTYPE_ENUM:
        return r->SetEnumValue(&message, &field, below(3));
      default:
        FAIL() << "the specimen has a field the test cannot fill: " << field.full_name();
    }
  }

  std::mt19937_64 random_;
};

std::string differences(const Message& one, const Message& other) {
  std::string text;
  MessageDifferencer differencer;
  differencer.ReportDifferencesToString(&text);
  differencer.Compare(one, other);
  return text;
}

TEST(Personal, SplittingAndMergingIsTheSameEventForAnyContent) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Filler filler(seed);
  int with_personal = 0;
  for (int round = 0; round < 3'000; ++round) {
    SpecimenEvent event;
    filler.fill(event);
    const SplitEvent parts = split(event);
    ASSERT_EQ(parts.plain->SerializeAsString().find("SECRET"), std::string::npos)
        << parts.plain->DebugString();
    auto merged = std::unique_ptr<Message>(parts.plain->New());
    ASSERT_TRUE(merged->ParseFromString(parts.plain->SerializeAsString()));  // as the log does
    if (parts.personal) {
      ++with_personal;
      SpecimenEvent personal;
      ASSERT_TRUE(personal.ParseFromString(parts.personal->SerializeAsString()));
      const auto put_back = merge(*merged, personal);
      ASSERT_TRUE(put_back.has_value()) << event.DebugString();
    }
    ASSERT_EQ(differences(event, *merged), "");
  }
  EXPECT_GT(with_personal, 1'000);
}

TEST(Personal, TheKindOfAnEventAndItsOperationalFieldsStay) {
  const auto event = proto<SpecimenEvent>(R"(opened {
    public_id: 'p' secret_name: 'Ann' public_ids: 'a' mixes { public_id: '1' }
    mixes { public_id: '2' secret_text: 'Bob' } mixes { public_id: '3' } at { seconds: 5 }
    secret_choice: 'x' })");
  const SplitEvent parts = split(event);
  EXPECT_TRUE(MessageDifferencer::Equals(
      *parts.plain, proto<SpecimenEvent>(R"(opened { public_id: 'p' public_ids: 'a'
        mixes { public_id: '1' } mixes { public_id: '2' } mixes { public_id: '3' }
        at { seconds: 5 } })")));
  EXPECT_TRUE(MessageDifferencer::Equals(
      *parts.personal, proto<SpecimenEvent>(R"(opened { secret_name: 'Ann' mixes {}
        mixes { secret_text: 'Bob' } secret_choice: 'x' })")));
}

TEST(Personal, AnEventWithNothingPersonalHasNothingToSeal) {
  const auto event = proto<SpecimenEvent>("opened { public_id: 'p' mixed { public_id: 'q' } }");
  const SplitEvent parts = split(event);
  EXPECT_EQ(parts.personal, nullptr);
  EXPECT_TRUE(MessageDifferencer::Equals(*parts.plain, event));
}

TEST(Personal, AnOptionalFieldSetToNothingComesBackSet) {
  const auto event = proto<SpecimenEvent>("opened { secret_maybe: '' }");
  const SplitEvent parts = split(event);
  ASSERT_NE(parts.personal, nullptr);
  EXPECT_FALSE(static_cast<const SpecimenEvent&>(*parts.plain).opened().has_secret_maybe());
  ASSERT_TRUE(merge(*parts.plain, *parts.personal).has_value());
  EXPECT_TRUE(MessageDifferencer::Equals(*parts.plain, event));
}

TEST(Personal, RefusesASealedPartOfAnotherEvent) {
  const auto base = proto<SpecimenEvent>("opened { mixes {} public_choice: 'c' }");
  for (const char* other : {
           "closed {}",                                       // another kind
           "opened { public_id: 'forged' }",                  // not personal
           "opened { mixes {} mixes { secret_text: 'x' } }",  // more than there are
           "opened { mixed { secret_text: 'x' } }",           // in what is not there
           "opened { secret_choice: 'x' }",                   // another was chosen
           "opened { public_to_mixed { key: 'k' value { secret_text: 'x' } } }",
       }) {
    SpecimenEvent event = base;
    const auto merged = merge(event, proto<SpecimenEvent>(other));
    ASSERT_FALSE(merged.has_value()) << other;
    EXPECT_EQ(merged.error().reason, "SEALED_PART_MISFIT");
    EXPECT_EQ(merged.error().code, Code::kDataLoss);
  }
  auto event = proto<SpecimenEvent>("opened { secret_name: 'Ann' }");
  EXPECT_FALSE(merge(event, proto<SpecimenEvent>("opened { secret_name: 'Bob' }")).has_value());
  Opened type;
  EXPECT_FALSE(merge(event, type).has_value());
}

TEST(Personal, NamesEveryFieldThatIsNotClassified) {
  EXPECT_TRUE(check_classified(*SpecimenEvent::descriptor()).has_value());
  const auto checked = check_classified(*testing::UnclassifiedEvent::descriptor());
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(checked.error().reason, "EVENT_UNCLASSIFIED");
  std::vector<std::string> fields;
  for (const FieldFault& fault : checked.error().faults) fields.push_back(fault.field);
  const std::string package = "mash.vault.testing.";
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre(
                          package + "Careless.forgotten", package + "Careless.forgotten_at",
                          package + "Careless.forgotten_by_name", package + "Careless.anything",
                          package + "Whole.secret_first", package + "Whole.secret_more",
                          package + "UnclassifiedEvent.vanishing"));
}

TEST(Personal, TheEventsOfTheLogAndTheVaultAreClassified) {
  for (const Descriptor* event : {log::v1::LogEvent::descriptor(), log::v1::LookEvent::descriptor(),
                                  v1::KeyEvent::descriptor()}) {
    const auto checked = check_classified(*event);
    EXPECT_TRUE(checked.has_value()) << checked.error().message;
  }
}

}  // namespace
}  // namespace mash::vault
