#include "cli/form_field.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include <sstream>

#include "cli/testing/command.h"
#include "core/testing/given_when_then.h"
#include "mash/referral/v1/person_service.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::cli {
namespace {

namespace v1 = referral::v1;
using google::protobuf::util::MessageDifferencer;
using mash::testing::proto;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::run_mash;

// The message after one option.
template <class Request>
Request filled(const std::string& path, const std::vector<std::string>& given,
               const std::string& input = {}) {
  Request request;
  std::istringstream in(input);
  const auto done = fill_field(request, path, given, "--it", in);
  EXPECT_TRUE(done.has_value()) << path;
  return request;
}

template <class Request>
std::string refusal(const std::string& path, const std::string& given) {
  Request request;
  std::istringstream in;
  const auto done = fill_field(request, path, {given}, "--it", in);
  EXPECT_FALSE(done.has_value()) << path;
  return done ? "" : done.error().error.message;
}

TEST(FormField, ReadsAsTheSchemaSays) {
  EXPECT_EQ(filled<v1::AssignReferralRequest>("assignee", {"tri-07"}).assignee(), "tri-07");
  EXPECT_EQ(filled<v1::AssignReferralRequest>("reason", {"-"}, "for the\nnight").reason(),
            "for the\nnight");
  EXPECT_EQ(filled<v1::RateReferralRequest>("rating", {"red"}).rating(), v1::RATING_RED);
  EXPECT_TRUE(filled<v1::AcceptTransferRequest>("accepted", {"true"}).accepted());
  EXPECT_EQ(filled<v1::FindPersonsRequest>("limit", {"7"}).limit(), 7U);
  EXPECT_EQ(filled<v1::FindPersonsRequest>("probability_min", {"0.9"}).probability_min(), 0.9);
  EXPECT_EQ(filled<v1::ExtendDeadlineRequest>("due", {"2026-03-04T10:00:00Z"}).due().seconds(),
            1772618400);
}

TEST(FormField, ReachesIntoMessagesAndLists) {
  EXPECT_TRUE(MessageDifferencer::Equals(
      filled<v1::FindPersonsRequest>("identity.addresses.postcode", {"GL1 2TG"}),
      proto<v1::FindPersonsRequest>("identity { addresses { postcode: 'GL1 2TG' } }")));
  EXPECT_TRUE(MessageDifferencer::Equals(
      filled<v1::RestrictCaseRequest>("named", {"social-care/sw-3", "police/pc-1"}),
      proto<v1::RestrictCaseRequest>("named { agency: 'social-care' practitioner: 'sw-3' }"
                                     "named { agency: 'police' practitioner: 'pc-1' }")));
  EXPECT_TRUE(MessageDifferencer::Equals(
      filled<v1::AddInformationRequest>("lawful_basis.powers",
                                        {"children-act-2004-s10", "children-act-2004-s11"}),
      proto<v1::AddInformationRequest>(
          "lawful_basis { powers: STATUTORY_POWER_CHILDREN_ACT_2004_S10 "
          "powers: STATUTORY_POWER_CHILDREN_ACT_2004_S11 }")));
}

TEST(FormField, TakesAsMuchOfADateAsIsKnown) {
  const auto born = [](const std::string& text) {
    return filled<v1::FindPersonsRequest>("identity.birth_date", {text}).identity().birth_date();
  };
  EXPECT_EQ(born("2019").year(), 2019U);
  EXPECT_EQ(born("2019-05").month(), 5U);
  EXPECT_EQ(born("2019-05-02").day(), 2U);
  for (const char* wrong : {"", "19", "2019-5", "2019/05", "2019-05-2x", "02-05-2019"})
    EXPECT_THAT(refusal<v1::FindPersonsRequest>("identity.birth_date", wrong),
                HasSubstr("is no date"))
        << wrong;
}

TEST(FormField, NamesTheOptionThatIsWrong) {
  EXPECT_THAT(refusal<v1::RateReferralRequest>("rating", "ambr"),
              AllOf(HasSubstr("--it"), HasSubstr("red, amber, green")));
  EXPECT_THAT(refusal<v1::FindPersonsRequest>("limit", "-1"), HasSubstr("is not a number"));
  for (const char* wrong : {"pc-1", "/pc-1", "police/"})
    EXPECT_THAT(refusal<v1::BarPractitionerRequest>("practitioner", wrong),
                HasSubstr("does not name a practitioner"))
        << wrong;
}

TEST(FormField, ReadsAnyOtherMessageAsJsonAndAListOfThemAsAnArray) {
  const auto terms = filled<sharing::v1::RecordDecisionRequest>(
      "terms", {"-"}, R"({"purpose": "To decide what happens next.", "basis": "6-1-e"})");
  EXPECT_EQ(terms.terms().basis(), "6-1-e");
  const auto items = filled<sharing::v1::OfferInformationRequest>(
      "items", {"-"}, R"([{"text": "One."}, {"text": "Two.", "nature": "ITEM_NATURE_FACT"}])");
  ASSERT_EQ(items.items_size(), 2);
  EXPECT_EQ(items.items(1).nature(), sharing::v1::ITEM_NATURE_FACT);
  EXPECT_THAT(refusal<sharing::v1::RecordDecisionRequest>("terms", "/nowhere/terms.json"),
              HasSubstr("/nowhere/terms.json"));
}

TEST(Form, AsksForWhatIsMissingBeforeItCallsAnyone) {
  const auto ran = run_mash({"referral", "threshold", "r-1", "section-47"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_THAT(ran.err, HasSubstr("--rationale"));
  EXPECT_EQ(run_mash({"case", "bar", "c-1", "pc-1", "--reason", "x"}).exit, 2);
  EXPECT_THAT(run_mash({"decision", "record", "--sanitised", "i-1"}).err, HasSubstr("two items"));
  EXPECT_THAT(run_mash({"decision", "record", "--to", "police:polce"}).err,
              HasSubstr("law-enforcement"));
  EXPECT_THAT(run_mash({"person", "relate", "p-1", "parent", "p-2", "--source", "x"}).err,
              HasSubstr("parent-of"));
}

}  // namespace
}  // namespace mash::cli
