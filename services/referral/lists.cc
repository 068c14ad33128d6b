#include "referral/lists.h"

#include <algorithm>
#include <optional>

#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "referral/caller.h"
#include "referral/page_token.h"
#include "referral/row.h"
#include "referral/rules.h"
#include "referral/views.h"

namespace mash::referral {
namespace {

constexpr uint32_t kPageSize = 50;
constexpr uint32_t kPageSizeMax = 1'000;
// A stream that found nothing for its caller in so many records says how far it has got.
constexpr uint64_t kQuietRecordsMax = 2'000;

template <class Values, class Value>
bool among(const Values& values, const Value& value) {
  return values.empty() || std::ranges::find(values, value) != values.end();
}

tl::unexpected<Error> bad_field(const std::string& field, const std::string& description) {
  return tl::unexpected(
      Error{.code = Code::kInvalidArgument,
            .reason = "INVALID_REQUEST",
            .message = "A field of the request is wrong: " + field + " " + description + ".",
            .faults = {{field, description}}});
}

// What the list is read as at: the token's size, which all pages share; else the time asked for;
// else now.
Result<void> read_from(const log::EventLog& log, const v1::ListReferralsRequest& request,
                       log::ListQuery& query) {
  if (!request.page_token().empty()) {
    v1::ReferralPageToken token;
    if (auto read = from_page_token(request.page_token(), token); !read) return read;
    if (token.after().empty() || token.as_at_size() > log.size()) return bad_page_token();
    query.as_at_size = token.as_at_size();
    query.after = token.after();
    return {};
  }
  if (!request.has_as_at()) return {};
  return from_proto(request.as_at())
      .and_then([&](Time time) { return log.size_at(time); })
      .map([&](uint64_t size) { query.as_at_size = size; });
}

// Whether the filter wants only what is still to be decided, or only what is done: half of the
// list.
struct Half {
  bool open = true;
  bool done = true;
};
Half half_of(const v1::ReferralFilter& filter) {
  if (filter.stages().empty()) return {};
  Half half{.open = false, .done = false};
  for (const int stage : filter.stages()) {
    v1::ReferralSummary summary;
    summary.set_stage(static_cast<v1::ReferralStage>(stage));
    (is_done(summary) ? half.done : half.open) = true;
  }
  return half;
}

void set_range(const v1::ReferralFilter& filter, const Actor& actor, log::ListQuery& query) {
  const bool all = is_hub(actor) || is_auditor(actor);
  const std::string prefix = all ? "" : sent_from(actor.agency);
  query.view = std::string(all ? kTriageView : kSentView);
  query.order_from = prefix;
  query.order_below = all ? "" : sent_below(actor.agency);
  const Half half = half_of(filter);
  if (!half.open) query.order_from = prefix + std::string(kOrderOfDone);
  if (!half.done) query.order_below = prefix + std::string(kOrderOfDone);
}

// The row a referral had when the log had this size.
Result<v1::ReferralRow> row_at(const log::EventLog& log, const std::string& stream, uint64_t size) {
  const auto history = log.read_stream(stream, 1, size);
  if (!history) return tl::unexpected(history.error());
  return log::public_events<v1::ReferralEvent>(history->records)
      .map([&](const std::vector<v1::ReferralEvent>& events) {
        v1::ReferralRow row;
        row.mutable_summary()->set_referral_id(id_in(stream));
        for (const v1::ReferralEvent& event : events) evolve_row(row, event);
        return row;
      });
}

// Whether the caller hears of this event: a referrer not of what others tell, nor of how the hub
// rates it.
bool is_told_of(const v1::ReferralEvent& event, const Actor& actor) {
  if (is_hub(actor) || is_auditor(actor)) return true;
  switch (event.kind_case()) {
    case v1::ReferralEvent::kReferralRated:
      return false;
    case v1::ReferralEvent::kInformationAdded:
      return event.information_added().information().agency() == actor.agency;
    case v1::ReferralEvent::kFeedbackGiven:
      return event.feedback_given().feedback().agency() == actor.agency;
    default:
      return true;
  }
}

// "contact_received": the event's kind as the schema names it.
std::string kind_of(const v1::ReferralEvent& event) {
  const auto* kinds = v1::ReferralEvent::descriptor()->oneof_decl(0);
  const auto* kind = event.GetReflection()->GetOneofFieldDescriptor(event, kinds);
  return kind == nullptr ? "" : kind->name();
}

}  // namespace

bool wanted(const v1::ReferralFilter& filter, const v1::ReferralSummary& summary) {
  if (!among(filter.stages(), summary.stage()) || !among(filter.ratings(), summary.rating()) ||
      !among(filter.agencies(), summary.agency()) || !among(filter.sources(), summary.source()))
    return false;
  if (filter.immediate_danger() && !summary.immediate_danger()) return false;
  if (filter.needs_checking() && !summary.needs_checking()) return false;
  if (!filter.case_id().empty() && filter.case_id() != summary.case_id()) return false;
  if (!filter.has_due_before()) return true;
  return summary.has_due_at() &&
         std::pair(summary.due_at().seconds(), summary.due_at().nanos()) <
             std::pair(filter.due_before().seconds(), filter.due_before().nanos());
}

bool may_list(const v1::ReferralRow& row, const Actor& actor) {
  return is_hub(actor) || is_auditor(actor) || is_referrer(row, actor.agency);
}

v1::ReferralSummary shown_to(const v1::ReferralRow& row, const Actor& actor) {
  if (is_hub(actor) || is_auditor(actor)) return row.summary();
  return for_referrer(row);
}

Result<void> list_referrals(const log::EventLog& log, const v1::ListReferralsRequest& request,
                            const Context& context, v1::ListReferralsResponse& response) {
  if (request.page_size() > kPageSizeMax)
    return bad_field("page_size", "is more than " + std::to_string(kPageSizeMax));
  log::ListQuery query;
  query.limit = request.page_size() == 0 ? kPageSize : request.page_size();
  if (auto read = read_from(log, request, query); !read) return read;
  set_range(request.filter(), context.actor, query);
  query.filter = [&](std::string_view, std::string_view columns) {
    v1::ReferralRow row;
    if (!row.ParseFromArray(columns.data(), static_cast<int>(columns.size()))) return false;
    return may_list(row, context.actor) && wanted(request.filter(), shown_to(row, context.actor));
  };
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  for (const log::ListedRow& listed : page->rows) {
    v1::ReferralRow row;
    if (!row.ParseFromString(listed.columns))
      return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
    *response.add_referrals() = shown_to(row, context.actor);
  }
  response.set_position(page->as_at_size);
  if (page->next.empty()) return {};
  v1::ReferralPageToken token;
  token.set_as_at_size(page->as_at_size);
  token.set_after(page->next);
  response.set_next_page_token(to_page_token(token));
  return {};
}

Result<Changes> Changes::from(const log::EventLog& log, const v1::WatchReferralsRequest& request,
                              const Context& context) {
  const uint64_t size = log.size();
  const uint64_t from = request.has_from_position() ? request.from_position() : size;
  if (from > size)
    return refuse(Code::kOutOfRange, "CURSOR_AHEAD",
                  "The log has not reached this position: list the referrals anew.");
  return Changes(log, request.filter(), context.actor, from);
}

Result<std::optional<v1::ReferralChange>> Changes::change_in(const log::Record& record) const {
  v1::ReferralEvent event;
  if (!event.ParseFromString(record.body.event()))
    return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
  const auto row = row_at(*log_, record.body.stream(), record.prefix.position + 1);
  if (!row) return tl::unexpected(row.error());
  v1::ReferralSummary summary = shown_to(*row, actor_);
  if (!may_list(*row, actor_) || !is_told_of(event, actor_) || !wanted(filter_, summary))
    return std::nullopt;
  v1::ReferralChange change;
  change.set_change(kind_of(event));
  to_proto(record.prefix.recorded_at, change.mutable_changed_at());
  *change.mutable_referral() = std::move(summary);
  return change;
}

Result<bool> Changes::next(v1::WatchReferralsResponse& message) {
  const uint64_t begin = position_;
  bool found = false;
  Result<void> read{};
  const auto scanned = log_->scan({.from = begin}, [&](log::Record&& record) {
    ++position_;
    if (record.body.type() == v1::ReferralEvent::descriptor()->full_name()) {
      auto change = change_in(record);
      if (!change) {
        read = tl::unexpected(change.error());
        return false;
      }
      found = change->has_value();
      if (found) *message.add_changes() = std::move(**change);
    }
    return !found && position_ - begin < kQuietRecordsMax;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!read) return tl::unexpected(read.error());
  message.set_next_position(position_);
  return found || position_ - begin >= kQuietRecordsMax;
}

}  // namespace mash::referral
