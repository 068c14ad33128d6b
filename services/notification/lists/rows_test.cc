#include "notification/lists/rows.h"

#include <gtest/gtest.h>

#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using mash::cast::proto;

v1::InboxRow row_of(const std::string& agency, uint64_t position) {
  v1::InboxRow row;
  evolve_row(row,
             proto<v1::NoticeEvent>(("raised { notice { agency: '" + agency + "' } }").c_str()),
             position);
  return row;
}

TEST(InboxRow, SaysHowFarTheNoticeHasCome) {
  v1::InboxRow row = row_of("police", 4);
  EXPECT_EQ(row.notice().state(), v1::NOTICE_STATE_OPEN);
  EXPECT_EQ(row.notice().cursor(), 5U);
  evolve_row(row, proto<v1::NoticeEvent>("escalated { escalated_at { seconds: 9 } }"), 6);
  EXPECT_EQ(row.notice().escalated_at().seconds(), 9);
  evolve_row(row, proto<v1::NoticeEvent>("acknowledged { practitioner: 'p-17' }"), 7);
  EXPECT_EQ(row.notice().state(), v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_EQ(row.notice().acknowledged_by(), "p-17");
  EXPECT_EQ(row.notice().cursor(), 8U);
}

TEST(InboxRow, SaysWhatClosedItAndHowManyContactsWereTold) {
  v1::InboxRow row;
  evolve_row(row, proto<v1::NoticeEvent>("raised { notice { agency: 'police' } steps {} }"), 4);
  EXPECT_EQ(row.notice().contacts_told(), 1U);
  evolve_row(row, proto<v1::NoticeEvent>("passed_on { contact_id: 'hill' }"), 5);
  evolve_row(row, proto<v1::NoticeEvent>("passed_on { contact_id: 'lee' passed_over: true }"), 6);
  EXPECT_EQ(row.notice().contacts_told(), 2U);
  evolve_row(row, proto<v1::NoticeEvent>("closed { by: 'done' closed_at { seconds: 9 } }"), 7);
  EXPECT_EQ(row.notice().state(), v1::NOTICE_STATE_CLOSED);
  EXPECT_EQ(row.notice().closed_by(), "done");
  evolve_row(row, proto<v1::NoticeEvent>("acknowledged {}"), 8);
  EXPECT_EQ(row.notice().state(), v1::NOTICE_STATE_ACKNOWLEDGED);
  EXPECT_EQ(row.notice().closed_at().seconds(), 9);
}

TEST(ADeadlineRow, SaysWhatIsDueOfWhatFirstWhatIsDueFirst) {
  const auto due = [](int seconds) {
    return deadline_row(proto<v1::Notice>(
        ("notice_id: 'n-1' agency: 'police' deadline: 'discussion-action' deadline_id: 'a-1' "
         "due { seconds: " +
         std::to_string(seconds) + " } deadline_state: DEADLINE_STATE_MISSED")
            .c_str()));
  };
  EXPECT_EQ(due(100).deadline().id(), "a-1");
  EXPECT_EQ(due(100).deadline().state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_LT(first_due_first(due(100)), first_due_first(due(3'000)));
  EXPECT_GE(first_due_first(due(100)), beginning_of("police"));
  EXPECT_LT(first_due_first(due(3'000)), end_of("police"));
}

TEST(InboxRow, LiesWithItsAgencysByWhenItChanged) {
  EXPECT_LT(oldest_first(row_of("police", 4)), oldest_first(row_of("police", 300)));
  EXPECT_GT(newest_first(row_of("police", 4)), newest_first(row_of("police", 300)));
  EXPECT_LT(oldest_first(row_of("health", 300)), oldest_first(row_of("police", 4)));
  for (const std::string agency : {"police", "police-2", "x"}) {
    EXPECT_LT(beginning_of(agency), oldest_first(row_of(agency, 0)));
    EXPECT_GT(end_of(agency), newest_first(row_of(agency, 0)));
  }
}

TEST(InboxRow, IsAfterTheCursorOfTheOneBefore) {
  const auto before = row_of("police", 4);
  EXPECT_GT(after_cursor("police", before.notice().cursor()), oldest_first(before));
  EXPECT_LE(after_cursor("police", before.notice().cursor()), oldest_first(row_of("police", 5)));
}

}  // namespace
}  // namespace mash::notification
