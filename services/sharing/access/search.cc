#include "sharing/access/search.h"

#include <algorithm>
#include <set>
#include <utility>

#include "cases/case_guard.h"
#include "cases/cases_known.h"
#include "cases/cluster.h"
#include "core/caller.h"
#include "core/checks.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/row_order.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "sharing/lists/rows.h"
#include "sharing/lists/views.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// Rows read at once: after them is looked whether the answer is large enough.
constexpr size_t kChunk = 50;

Result<void> check(const SearchedFor& what) {
  Checks checks;
  checks.text("purpose", what.purpose, kNoteBytesMax);
  if (what.case_id.empty() == what.person_id.empty())
    for (const char* field : {"case_id", "person_id"})
      checks.fault(field, "is searched for without the other");
  return checks.verdict();
}

// The cases to look in: those that each was one with then, where it may be known of now.
class Cases {
 public:
  Cases(const log::EventLog& log, std::optional<uint64_t> as_at_size, const Actor& actor)
      : log_(log), as_at_size_(as_at_size), actor_(actor) {}

  Result<void> add(const std::string& case_id, host::Look& look) {
    const auto now = cases::family_of(log_, case_id, now_size_);
    if (!now) return tl::unexpected(now.error());
    barred_ = barred_ || now->access.bars(actor_);
    if (auto may = cases::may_know(*now, actor_); !may)
      return now->parked.empty() || may.error().code == Code::kNotFound ? Result<void>() : may;
    if (rests_on_.insert(now->head).second)
      if (auto rests = cases::rest_on(log_, *now, now_size_, look); !rests) return rests;
    if (as_at_size_) return add_of_then(case_id);
    found_.insert(now->cases.begin(), now->cases.end());
    return {};
  }

  // A case that is not looked in: whether it bars the caller.
  Result<void> ask_bar(const std::string& case_id) {
    return cases::family_of(log_, case_id, now_size_).map([&](const cases::Family& now) {
      barred_ = barred_ || now.access.bars(actor_);
    });
  }

  bool barred() const { return barred_; }
  std::vector<std::string> found() const { return {found_.begin(), found_.end()}; }

 private:
  Result<void> add_of_then(const std::string& case_id) {
    const auto then = cases::family_of(log_, case_id, as_at_size_);
    if (!then) return tl::unexpected(then.error());
    if (!then->exists()) return {};
    for (const std::string& one : then->cases) {
      const auto admitted = known_.admit(one);
      if (!admitted) return tl::unexpected(admitted.error());
      if (*admitted) found_.insert(one);
    }
    return {};
  }

  const log::EventLog& log_;
  std::optional<uint64_t> as_at_size_;
  const Actor& actor_;
  const uint64_t now_size_ = log_.size();
  cases::CasesKnown known_{log_, actor_};
  std::set<std::string> rests_on_;  // families, by their heads
  std::set<std::string> found_;
  bool barred_ = false;
};

// An item's row as its stream tells it, for what a view has no room for.
Result<void> read_whole(const log::EventLog& log, std::string_view item_id, uint64_t size,
                        v1::ItemRow& row) {
  const auto history = log.read_stream(item_stream(item_id), 1, size);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ItemEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  row.Clear();
  for (const v1::ItemEvent& event : *events) evolve_row(row, event);
  return {};
}

// One walk, through case after case.
class Walk {
 public:
  Walk(const log::EventLog& log, const SearchScope& scope, const WalkLimits& limits,
       const TakeItem& take)
      : log_(log), scope_(scope), limits_(limits), take_(take) {}

  Result<std::optional<host::PageStart>> from(const host::PageStart& start);

 private:
  bool is_full() const {
    return items_ >= limits_.items_max || bytes_ >= limits_.bytes_max || rows_ >= limits_.rows_max;
  }
  Result<log::ListPage> read(const std::string& case_id, const std::string& after);
  Result<bool> look_at(std::string_view item_id, std::string_view columns,
                       const std::string& case_id);

  const log::EventLog& log_;
  const SearchScope& scope_;
  const WalkLimits& limits_;
  const TakeItem& take_;
  v1::ItemRow row_;  // one for all, so that what it has allocated serves again
  size_t items_ = 0;
  size_t bytes_ = 0;
  size_t rows_ = 0;
};

Result<bool> Walk::look_at(std::string_view item_id, std::string_view columns,
                           const std::string& case_id) {
  ++rows_;
  if (!row_.ParseFromArray(columns.data(), static_cast<int>(columns.size())))
    return log::malformed_row();
  const FoundItem item{.item_id = item_id, .case_id = case_id, .row = row_};
  bool about = scope_.persons.empty();
  for (size_t at = 0; !about && at + kIdBytes <= scope_.persons.size(); at += kIdBytes)
    about = item.is_about(std::string_view(scope_.persons).substr(at, kIdBytes));
  if (!about) return false;
  if (row_.more())
    if (auto read = read_whole(log_, item_id, scope_.size, row_); !read)
      return tl::unexpected(read.error());
  return take_(item).map([&](size_t bytes) {
    bytes_ += bytes;
    return bytes > 0;
  });
}

Result<log::ListPage> Walk::read(const std::string& case_id, const std::string& after) {
  Result<bool> looked = true;
  log::ListQuery query{.view = std::string(kItemsView),
                       .as_at_size = scope_.size,
                       .after = after,
                       .limit = std::min(limits_.items_max - items_, kChunk),
                       .scan_limit = limits_.rows_max - rows_,
                       .order_from = case_from(case_id),
                       .order_below = case_below(case_id)};
  query.filter = [&](std::string_view id, std::string_view columns) {
    if (!looked) return false;
    looked = look_at(id, columns, case_id);
    return looked.value_or(false);
  };
  auto page = log_.list(query);
  if (page && !looked) return tl::unexpected(looked.error());
  return page;
}

Result<std::optional<host::PageStart>> Walk::from(const host::PageStart& start) {
  auto at = scope_.cases.begin();
  if (!start.case_id.empty()) at = std::ranges::find(scope_.cases, start.case_id);
  if (at == scope_.cases.end()) return host::bad_page_token();
  std::string after = start.after;
  while (at != scope_.cases.end()) {
    if (is_full())
      return host::PageStart{.as_at_size = scope_.size, .after = std::move(after), .case_id = *at};
    auto page = read(*at, after);
    if (!page) return tl::unexpected(page.error());
    items_ += page->rows.size();
    after = std::move(page->next);
    if (after.empty()) ++at;
  }
  return std::nullopt;
}

}  // namespace

bool FoundItem::is_about(std::string_view person) const {
  const std::string_view ids = row.person_ids();
  for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes)
    if (ids.substr(at, kIdBytes) == person) return true;
  return false;
}

Result<SearchScope> scope_of(const log::EventLog& log, const SearchedFor& what,
                             std::optional<uint64_t> as_at_size, const Actor& actor) {
  if (auto sound = check(what); !sound) return tl::unexpected(sound.error());
  SearchScope scope;
  scope.size = as_at_size.value_or(log.size());
  scope.look = {.stream_id = what.case_id.empty() ? what.person_id : what.case_id,
                .case_id = what.case_id,
                .as_at_size = scope.size,
                .searched = true};
  Cases cases(log, as_at_size, actor);
  if (!what.case_id.empty()) {
    if (auto added = cases.add(what.case_id, scope.look); !added)
      return tl::unexpected(added.error());
    scope.cases = cases.found();
    if (scope.cases.empty()) return no_such("case");
    return scope;
  }
  const auto known = cases::cluster_of(log, what.person_id, scope.size);
  if (!known) return tl::unexpected(known.error());
  for (const std::string& person_id : known->persons) scope.persons += packed(person_id);
  for (const std::string& case_id : known->cases)
    if (auto added = cases.add(case_id, scope.look); !added) return tl::unexpected(added.error());
  if (as_at_size) {  // the past is judged by who may see the person now: by today's cases, too
    const auto today = cases::cluster_of(log, what.person_id, log.size());
    if (!today) return tl::unexpected(today.error());
    for (const std::string& case_id : today->cases)
      if (auto asked = cases.ask_bar(case_id); !asked) return tl::unexpected(asked.error());
  }
  scope.cases = cases.found();
  if (scope.cases.empty() || cases.barred() || known->parked) return no_such("person");
  return scope;
}

Result<std::optional<host::PageStart>> walk(const log::EventLog& log, const SearchScope& scope,
                                            const host::PageStart& start, const WalkLimits& limits,
                                            const TakeItem& take) {
  return Walk(log, scope, limits, take).from(start);
}

}  // namespace mash::sharing
