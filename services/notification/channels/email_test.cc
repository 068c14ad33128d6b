#include "notification/channels/email.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

#include "notification/channels/testing/notices.h"

namespace mash::notification {
namespace {

using testing::at;
using testing::by_email;
using ::testing::HasSubstr;
using ::testing::Not;

const London& london() {
  static const London loaded = London::load().value();
  return loaded;
}

std::string text_of(const Outgoing& outgoing, const char* now = "2026-07-01T13:31:05Z") {
  return email_text(outgoing, "mash@council.example", at(now), london());
}

std::string header_of(const std::string& text) { return text.substr(0, text.find("\r\n\r\n")); }

TEST(EmailText, IsThis) {
  EXPECT_EQ(text_of(by_email("d-1", "duty@police.example")),
            "Date: Wed, 01 Jul 2026 13:31:05 +0000\r\n"
            "From: <mash@council.example>\r\n"
            "To: <duty@police.example>\r\n"
            "Message-ID: <d-1@council.example>\r\n"
            "Subject: Immediate notice: acknowledge by 15:00 on Wednesday 1 July 2026\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=us-ascii\r\n"
            "Content-Transfer-Encoding: 7bit\r\n"
            "\r\n"
            "There is a notice for your agency in the safeguarding hub.\r\n"
            "\r\n"
            "Urgency: immediate: look at it at once\r\n"
            "Acknowledge by: 15:00 on Wednesday 1 July 2026 (London time)\r\n"
            "\r\n"
            "What happened is not said here. Look at it in your agency's own system, or\r\n"
            "with:\r\n"
            "\r\n"
            "    mash inbox list --open\r\n"
            "\r\n"
            "Say that your agency knows there too, or with:\r\n"
            "\r\n"
            "    mash inbox ack 01925f3a-7c1e-7b43-9d52-0242ac120002\r\n"
            "\r\n"
            "Notice: 01925f3a-7c1e-7b43-9d52-0242ac120002\r\n"
            "Case: 01925f3a-7c1e-7b43-9d52-0242ac12000c\r\n"
            "Rule: contact-in-danger\r\n"
            "About: referral 01925f3a-7c1e-7b43-9d52-0242ac12000a\r\n"
            "\r\n"
            "A program sent this; nobody reads answers to it.\r\n");
}

TEST(EmailText, DiffersBetweenAttemptsInItsDateAlone) {
  const auto outgoing = by_email("d-1", "duty@police.example");
  const std::string first = text_of(outgoing);
  const std::string second = text_of(outgoing, "2026-12-25T00:00:00.999Z");
  EXPECT_THAT(second, HasSubstr("Date: Fri, 25 Dec 2026 00:00:00 +0000\r\n"));
  EXPECT_EQ(first.substr(first.find("From:")), second.substr(second.find("From:")));
}

TEST(EmailText, TellsTheTimeOfLondonsWinterToo) {
  auto outgoing = by_email("d-1", "duty@police.example");
  to_proto(at("2026-12-31T23:59:59Z"), outgoing.notice.mutable_acknowledge_by());
  outgoing.notice.set_urgency(v1::URGENCY_URGENT);
  EXPECT_THAT(
      text_of(outgoing),
      HasSubstr("Subject: Urgent notice: acknowledge by 23:59 on Thursday 31 December 2026"));
}

TEST(EmailText, SaysWhereNobodyNeedAcknowledge) {
  auto outgoing = by_email("d-1", "duty@police.example");
  outgoing.notice.clear_acknowledge_by();
  outgoing.notice.set_urgency(v1::URGENCY_ROUTINE);
  const std::string text = text_of(outgoing);
  EXPECT_THAT(text, HasSubstr("Subject: Routine notice\r\n"));
  EXPECT_THAT(text, HasSubstr("Nobody need acknowledge it.\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("inbox ack")));
}

TEST(EmailText, SaysWhoseItIsAndWhomToTellByHand) {
  auto outgoing = by_email("d-1", "duty@police.example");
  outgoing.notice.set_role("mash-manager");
  outgoing.notice.set_tell_by_hand("E08000025");
  EXPECT_THAT(text_of(outgoing), HasSubstr("For: mash-manager\r\n"
                                           "To be told by hand: authority E08000025\r\n"));
}

TEST(EmailText, ShowsNeitherRuleNorCaseInItsHeader) {
  const auto outgoing = by_email("d-1", "duty@police.example");
  const std::string header = header_of(text_of(outgoing));
  for (const std::string& hidden :
       {outgoing.notice.rule(), outgoing.notice.case_id(), outgoing.notice.notice_id(),
        outgoing.notice.about(0).id(), std::string("referral")})
    EXPECT_THAT(header, Not(HasSubstr(hidden)));
}

// Nothing of a notice is ever so; if it were, it would stay in its line of the text.
TEST(EmailText, LetsNoFieldMakeALine) {
  auto outgoing = by_email("d-1", "duty@police.example");
  outgoing.notice.set_rule("a\r\nBcc: b@evil.example\r\n\r\n\r\n.\r\n");
  outgoing.notice.set_case_id("\xC3\xBC\t\x7F\n");
  outgoing.notice.set_notice_id(std::string(200, 'x'));
  outgoing.notice.mutable_about(0)->set_kind("k\n.\n");
  const std::string text = text_of(outgoing);
  EXPECT_EQ(header_of(text), header_of(text_of(by_email("d-1", "duty@police.example"))));
  EXPECT_THAT(text, HasSubstr("Rule: a??Bcc: b@evil.example??????.??\r\n"));
  EXPECT_THAT(text, HasSubstr("Case: ?????\r\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.ends_with('\r')) << line;
    EXPECT_LE(line.size(), 81u) << line;
    EXPECT_TRUE(std::regex_match(line, std::regex("[ -~]*\r"))) << line;
    EXPECT_NE(line, ".\r");
  }
}

}  // namespace
}  // namespace mash::notification
