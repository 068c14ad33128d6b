#include "sharing/items/item_reads.h"

#include <gmock/gmock.h>

#include <iterator>
#include <random>

#include "cases/streams.h"
#include "sharing/testing/log_of_events.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

class ItemReads : public LogOfEvents {
 protected:
  Result<v1::ReadItemResponse> read(const Actor& actor, const std::string& item_id,
                                    std::optional<Time> as_at = {}) {
    v1::ReadItemRequest request;
    request.set_item_id(item_id);
    request.set_purpose("To protect her.");
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::ReadItemResponse response;
    auto looks = read_item(*log_, request, by(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }
  std::string reason(const Actor& actor, const std::string& item_id,
                     std::optional<Time> as_at = {}) {
    const auto answer = read(actor, item_id, as_at);
    return answer ? "" : answer.error().reason;
  }

  // What becomes of looks that are appended now, judged again where need be.
  Result<log::Appended> record(const host::Looks& looks, const host::LookAgain& again) {
    std::promise<Result<log::Appended>> answered;
    host::append_looks(
        *log_, by(kPolice), "a.Service/ReadItem", "To protect her.", looks, again,
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }
  uint64_t looks_recorded() { return log_->stream_version("look/" + case_).value(); }

  host::Looks looks_;
};

TEST_F(ItemReads, ItsOwnerReadsItUnderNoDecision) {
  const auto item = hold({child_});
  const auto answer = read(kHealthManager, item);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(answer->item().content().text(), "SECRET text");
  EXPECT_EQ(answer->item().ask(), "n-4");
  EXPECT_EQ(answer->decision_id(), "");
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_EQ(looks_[0].stream_id, case_);
  EXPECT_THAT(looks_[0].ids, ElementsAre(item));
  EXPECT_EQ(looks_[0].decision_id, "");
}

TEST_F(ItemReads, ARecipientReadsItUnderTheDecisionThatTheLookNames) {
  const auto item = hold({child_});
  const auto decision = release(item);
  const auto answer = read(kPolice, item);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_EQ(answer->item().content().text(), "SECRET text");
  EXPECT_EQ(answer->decision_id(), decision);
  EXPECT_EQ(answer->decision_version(), 1U);
  EXPECT_FALSE(answer->acknowledge());
  ASSERT_THAT(looks_, SizeIs(1));
  EXPECT_EQ(looks_[0].decision_id, decision);
  EXPECT_EQ(looks_[0].decision_version, 1U);
  ASSERT_THAT(looks_[0].expectations, SizeIs(2));
  EXPECT_EQ(looks_[0].expectations[0].stream, item_stream(item));
  EXPECT_EQ(looks_[0].expectations[0].version, 2U);
  EXPECT_EQ(looks_[0].expectations[1].stream, cases::case_stream(case_));
}

TEST_F(ItemReads, TellWhoHasAPartInTheCaseWhomToAsk) {
  const auto item = hold({child_});
  release(item);
  for (const Actor& actor : {kSchool, kTriage, kManager}) {
    const auto answer = read(actor, item);
    ASSERT_FALSE(answer) << actor.agency;
    EXPECT_EQ(answer.error().code, Code::kFailedPrecondition);
    EXPECT_EQ(answer.error().reason, "NOT_DISCLOSED");
    EXPECT_THAT(answer.error().metadata, ElementsAre(Pair("ask", "n-4"), Pair("owner", "health")));
    EXPECT_THAT(answer.error().message, Not(HasSubstr("SECRET")));
  }
}

TEST_F(ItemReads, DoNotExistForStrangers) {
  const auto hidden = read(kRefuge, hold({child_}));
  const auto absent = read(kRefuge, fresh());
  ASSERT_FALSE(hidden);
  ASSERT_FALSE(absent);
  EXPECT_EQ(hidden.error().reason, "NOT_FOUND");
  EXPECT_EQ(hidden.error().reason, absent.error().reason);
  EXPECT_EQ(hidden.error().message, absent.error().message);
  EXPECT_THAT(hidden.error().metadata, IsEmpty());
}

TEST_F(ItemReads, DoNotExistForWhomTheCaseBarsOrDoesNotName) {
  const auto item = hold({child_});
  release(item);
  happen_to_case(case_,
                 R"(barred { bar { practitioner { agency: "police" practitioner: "p-17" } } })");
  EXPECT_EQ(reason(kPolice, item), "NOT_FOUND");
  EXPECT_EQ(reason({"police", "pol-01", "p-18", "practitioner"}, item), "");
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  EXPECT_EQ(reason({"police", "pol-01", "p-18", "practitioner"}, item), "NOT_FOUND");
  EXPECT_EQ(reason(kHealthManager, item), "NOT_FOUND");
  EXPECT_EQ(reason(kHealth, item), "");
}

TEST_F(ItemReads, NeedADecisionThatReleasesThemToThisVeryCaller) {
  const auto item = hold({child_});
  release(item, "recipients { agency: 'police' }");
  withhold(item, "recipients { agency: 'police' practitioner: 'p-17' }");
  EXPECT_EQ(reason(kPolice, item), "NOT_DISCLOSED");
  EXPECT_EQ(reason({"police", "pol-01", "p-18", "practitioner"}, item), "");
  const auto source = hold({child_});
  decide(source, v1::ITEM_DISPOSITION_SANITISED, "recipients { agency: 'police' }");
  EXPECT_EQ(reason(kPolice, source), "NOT_DISCLOSED");
}

TEST_F(ItemReads, EndWithTheDecision) {
  const auto item = hold({child_});
  const auto decision = release(item);
  EXPECT_EQ(reason(kPolice, item), "");
  end_decision(item, decision);
  EXPECT_EQ(reason(kPolice, item), "NOT_DISCLOSED");
}

TEST_F(ItemReads, AreJudgedAnewWhenTheDecisionEndsBetweenReadAndLook) {
  const auto item = hold({child_});
  const auto decision = release(item);
  v1::ReadItemRequest request;
  request.set_item_id(item);
  request.set_purpose("To protect her.");
  v1::ReadItemResponse response;
  const Context context = by(kPolice);
  const auto looks = read_item(*log_, request, context, response);
  ASSERT_TRUE(looks);
  end_decision(item, decision);
  const auto recorded =
      record(*looks, [&] { return read_item(*log_, request, context, response); });
  ASSERT_FALSE(recorded);
  EXPECT_EQ(recorded.error().reason, "NOT_DISCLOSED");
  EXPECT_FALSE(response.has_item()) << "nothing of the first judgement is left";
  EXPECT_EQ(looks_recorded(), 0U);
}

TEST_F(ItemReads, NameTheDecisionThatTookTheOthersPlaceBetweenReadAndLook) {
  const auto item = hold({child_});
  const auto first = release(item);
  v1::ReadItemRequest request;
  request.set_item_id(item);
  request.set_purpose("To protect her.");
  v1::ReadItemResponse response;
  const Context context = by(kPolice);
  const auto looks = read_item(*log_, request, context, response);
  ASSERT_TRUE(looks);
  end_decision(item, first);
  const auto second = release(item);
  ASSERT_TRUE(record(*looks, [&] { return read_item(*log_, request, context, response); }));
  EXPECT_EQ(response.decision_id(), second);
  const auto look = log_->read_stream("look/" + case_)->records.front();
  mash::log::v1::LookEvent event;
  ASSERT_TRUE(event.ParseFromString(look.body.event()));
  EXPECT_EQ(event.content_shown().decision_id(), second);
}

TEST_F(ItemReads, AreJudgedAnewWhenTheCaseIsRestrictedBetweenReadAndLook) {
  const auto item = hold({child_});
  release(item);
  ASSERT_EQ(reason(kPolice, item), "");
  const auto looks = looks_;
  happen_to_case(case_, R"(restricted { named { agency: "health" practitioner: "n-4" } })");
  const auto recorded = record(looks, [&]() -> Result<host::Looks> {
    const auto again = read(kPolice, item);
    if (!again) return tl::unexpected(again.error());
    return looks_;
  });
  ASSERT_FALSE(recorded);
  EXPECT_EQ(recorded.error().reason, "NOT_FOUND");
  EXPECT_EQ(looks_recorded(), 0U);
}

TEST_F(ItemReads, OfARecalledItemAreItsOwnersAlone) {
  const auto item = hold({child_});
  release(item);
  recall(item, {"police"});
  EXPECT_EQ(reason(kPolice, item), "ITEM_RECALLED");
  EXPECT_EQ(reason(kAuditor, item), "ITEM_RECALLED");
  EXPECT_EQ(reason(kSchool, item), "NOT_DISCLOSED");
  const auto answer = read(kHealth, item);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->item().recalled());
}

TEST_F(ItemReads, OfACorrectedItemShowTheCorrectionAndThatItIsToBeAcknowledged) {
  const auto item = hold({child_});
  release(item);
  correct(item, {"police"});
  const auto answer = read(kPolice, item);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->item().content().text(), "SECRET correction");
  EXPECT_TRUE(answer->item().corrected());
  EXPECT_TRUE(answer->acknowledge());
  acknowledge(item, "police");
  EXPECT_FALSE(read(kPolice, item)->acknowledge());
  EXPECT_FALSE(read(kHealth, item)->acknowledge());
}

TEST_F(ItemReads, AsAtThePastNeedTheRightOfTodayAndOfThen) {
  const auto item = hold({child_});
  const Time held = vault_.clock.now();
  const auto decision = release(item);
  const Time released = vault_.clock.now();
  correct(item, {"police"});
  EXPECT_EQ(read(kPolice, item, released)->item().content().text(), "SECRET text");
  EXPECT_GT(looks_[0].as_at_size, 0U);
  EXPECT_EQ(reason(kPolice, item, held), "NOT_DISCLOSED") << "it had not been given it yet";
  EXPECT_EQ(reason(kHealth, item, held), "");
  EXPECT_EQ(reason(kHealth, item, utc("2020-01-01T00:00:00Z")), "NOT_FOUND");
  end_decision(item, decision);
  EXPECT_EQ(reason(kPolice, item, released), "NOT_DISCLOSED") << "the past opens nothing";
}

TEST_F(ItemReads, AnAuditorReadsIt) {
  const auto answer = read(kAuditor, hold({child_}));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->item().content().text(), "SECRET text");
  EXPECT_EQ(answer->decision_id(), "");
}

TEST_F(ItemReads, NameTheSourceOfASanitisedVersionToItsOwnerAlone) {
  const auto item = hold({child_}, "held { source_item_id: 'the-source' }");
  release(item);
  EXPECT_EQ(read(kHealth, item)->item().source_item_id(), "the-source");
  EXPECT_EQ(read(kPolice, item)->DebugString().find("the-source"), std::string::npos);
  EXPECT_EQ(read(kAuditor, item)->item().source_item_id(), "");
}

// Whatever is decided, ended and recalled: nobody is shown more than the rules of the item give
// them, and who is shown anything leaves a look that names the decision in force.
TEST_F(ItemReads, AreForNobodyElseWhateverHappens) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto pick = [&](const auto& from) { return from[random() % std::size(from)]; };
  const char* const recipients[] = {"recipients { agency: 'police' }",
                                    "recipients { agency: 'police' role: 'practitioner' }",
                                    "recipients { agency: 'education' practitioner: 't-3' }",
                                    "recipients { agency: 'social-care' role: 'mash-manager' }"};
  const Actor readers[] = {kPolice, kSchool, kTriage, kManager, kHealth, kAuditor, kRefuge};
  const auto item = hold({child_});
  std::vector<std::string> decisions;
  for (int step = 0; step < 30; ++step) {
    const auto act = random() % 10;
    if (act < 4) decisions.push_back(release(item, pick(recipients)));
    if (act == 4 || act == 5) decisions.push_back(withhold(item, pick(recipients)));
    if (act > 5 && !decisions.empty()) end_decision(item, pick(decisions));
    if (step == 25) recall(item, {"police"});
    const auto history = log_->read_stream(item_stream(item)).value();
    const auto state = fold<Item>(log::public_events<v1::ItemEvent>(history.records).value());
    for (const Actor& reader : readers) {
      const auto answer = read(reader, item);
      const bool audits = reader.role == "auditor" && !state.recalled;
      ASSERT_EQ(answer.has_value(), state.may_be_read_by(reader) || audits) << reader.agency;
      const Item::Grant* grant = state.grant_for(reader);
      if (answer)
        EXPECT_EQ(looks_.at(0).decision_id, grant == nullptr ? "" : grant->decision_id);
      else
        EXPECT_THAT(answer.error().message, Not(HasSubstr("SECRET")));
    }
  }
}

TEST_F(ItemReads, OfAnErasedCaseSaySoAndNothingElse) {
  const auto item = hold({child_});
  release(item);
  erase(case_);
  const auto answer = read(kPolice, item);
  ASSERT_TRUE(answer) << answer.error().reason;
  EXPECT_TRUE(answer->item().erased());
  EXPECT_FALSE(answer->item().has_content());
  EXPECT_EQ(answer->item().owner(), "health");
}

}  // namespace
}  // namespace mash::sharing
