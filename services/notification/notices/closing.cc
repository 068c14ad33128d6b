#include "notification/notices/closing.h"

#include <algorithm>
#include <string>
#include <vector>

#include "notification/notices/awaiting.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

using policy::NoticeEnd;
using policy::NoticeRule;
using policy::NoticeRules;

bool names(const std::vector<NoticeEnd>& ends, const std::string& event) {
  return std::ranges::find(ends, event, &NoticeEnd::event) != ends.end();
}

bool may_close(const NoticeRules& rules, const Happened& happened) {
  return std::ranges::any_of(rules.rules(),
                             [&](const NoticeRule& rule) {
                               return rule.type == happened.record().body.type() &&
                                      names(rule.done_by, happened.kind());
                             }) ||
         std::ranges::any_of(rules.met_by(),
                             [&](const auto& met) { return names(met.second, happened.kind()); });
}

// Whether such an event closes notices at all: most do not, and then no stream is read for it.
bool may_close(const policy::Packs& packs, const Happened& happened) {
  return says_more_of_a_deadline(happened.kind()) ||
         std::ranges::any_of(packs.notices(),
                             [&](const NoticeRules* rules) { return may_close(*rules, happened); });
}

}  // namespace

Result<void> close_what_is_done(const policy::Packs& packs, log::UnitOfWork& unit,
                                const Happened& happened) {
  if (!may_close(packs, happened)) return {};
  const std::string stream = awaiting_stream(happened.record().body.stream());
  const auto awaiting = unit.observe<Awaiting>(stream);
  if (!awaiting) return tl::unexpected(awaiting.error());
  const auto closed = awaiting->closed_by(happened.kind(), happened.what());
  for (const std::string& notice_id : closed)
    if (auto done = unit.decide<Notice>({.stream = notice_stream(notice_id)},
                                        Notice::Close{happened.name()});
        !done)
      return done;
  return unit.decide<Awaiting>({.stream = stream}, Awaiting::Done{closed});
}

void say_what_closes(const NoticeRule& rule, const NoticeRules& rules, const Happened& happened,
                     Posting& posting) {
  std::vector<NoticeEnd> ends = rule.done_by;
  v1::NoticeAwaits& awaits = posting.awaits;
  for (const v1::About& about : posting.notice.about()) awaits.add_ids(about.id());
  awaits.add_ids(posting.notice.agency());
  if (const auto* deadline = happened.deadline_told()) {
    awaits.set_deadline(deadline->kind());
    awaits.set_owed(deadline->id());
    if (!deadline->id().empty()) awaits.add_ids(deadline->id());
    if (const auto met = rules.met_by().find(deadline->kind()); met != rules.met_by().end())
      ends.insert(ends.end(), met->second.begin(), met->second.end());
  }
  for (const NoticeEnd& each : ends) {
    v1::NoticeEnd& end = *awaits.add_ends();
    end.set_event(each.event);
    end.set_field(each.field);
    end.set_value(each.value);
  }
  if (!ends.empty() || !awaits.deadline().empty())
    posting.awaiting = awaiting_stream(happened.record().body.stream());
}

}  // namespace mash::notification
