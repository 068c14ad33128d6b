#include "notification/notices/coming_again.h"

#include <vector>

#include "cases/case_guard.h"
#include "log/row_order.h"
#include "mash/notification/v1/notification_rows.pb.h"
#include "mash/referral/v1/case_events.pb.h"
#include "notification/lists/rows.h"
#include "notification/lists/views.h"
#include "notification/notices/happened.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

Result<std::vector<std::string>> notices_of(const log::EventLog& log, const std::string& case_id) {
  std::vector<std::string> ids;
  log::ListQuery query{.view = std::string(kCaseNoticesView),
                       .limit = 1'000,
                       .order_from = beginning_of(case_id),
                       .order_below = end_of(case_id)};
  do {
    const auto page = log.list(query);
    if (!page) return tl::unexpected(page.error());
    for (const log::ListedRow& listed : page->rows) {
      v1::CaseNoticeRow row;
      if (!row.ParseFromString(listed.columns)) return log::malformed_row();
      if (row.case_id() == case_id) ids.push_back(row.notice_id());
    }
    query.as_at_size = page->as_at_size;
    query.after = page->next;
  } while (!query.after.empty());
  return ids;
}

Result<void> come_again(const log::EventLog& log, log::UnitOfWork& unit,
                        const cases::Family& family, const Notice::ComeAgain& command,
                        bool only_open) {
  for (const std::string& case_id : family.cases) {
    const auto ids = notices_of(log, case_id);
    if (!ids) return tl::unexpected(ids.error());
    for (const std::string& id : *ids) {
      const auto notice = unit.observe<Notice>(notice_stream(id));
      if (!notice) return tl::unexpected(notice.error());
      if (only_open && notice->state != v1::NOTICE_STATE_OPEN) continue;
      if (auto comes = unit.decide<Notice>({.stream = notice_stream(id)}, command); !comes)
        return comes;
    }
  }
  return {};
}

bool may_widen_access(const std::string& kind) {
  return kind == "restricted" || kind == "unrestricted" || kind == "unbarred";
}

}  // namespace

Result<void> come_again_after_parking(const log::EventLog& log, log::UnitOfWork& unit,
                                      const std::string& case_id) {
  const auto family = cases::family_of(unit, case_id);
  if (!family) return tl::unexpected(family.error());
  if (!family->parked.empty()) return {};
  return come_again(log, unit, *family, {"CASE_RESUMED"}, false);
}

Result<void> come_again_where_access_widens(const log::EventLog& log, log::UnitOfWork& unit,
                                            const log::Record& record) {
  if (record.body.type() != referral::v1::CaseEvent::descriptor()->full_name()) return {};
  const auto happened = Happened::of(record);
  if (!happened) return tl::unexpected(happened.error());
  if (!*happened || !may_widen_access((*happened)->kind())) return {};
  const auto family = cases::family_of(unit, record.body.case_id());
  if (!family) return tl::unexpected(family.error());
  if (!family->parked.empty()) return {};  // all of it comes when that goes on
  return come_again(log, unit, *family, {"ACCESS_WIDENED"}, true);
}

}  // namespace mash::notification
