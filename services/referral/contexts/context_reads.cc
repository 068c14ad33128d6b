#include "referral/contexts/context_reads.h"

#include <map>

#include "core/caller.h"
#include "core/checks.h"
#include "log/handle.h"
#include "mash/referral/v1/context_events.pb.h"
#include "referral/cases/case_guard.h"
#include "referral/detail.h"
#include "referral/joining/patterns.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

void apply(const v1::ContextEvent& event, std::map<std::string, v1::ContextRelation>& relations,
           bool whole, v1::ContextDetail& detail) {
  if (event.has_registered()) *detail.mutable_context() = event.registered().context();
  if (event.has_corrected()) *detail.mutable_context() = event.corrected().context();
  if (event.has_related())
    relations[event.related().relation().relation_id()] = event.related().relation();
  if (!event.has_relation_ended()) return;
  const v1::ContextRelationEnded& ended = event.relation_ended();
  if (!ended.until().empty())
    relations[ended.relation_id()].set_until(ended.until());
  else if (whole)
    relations.erase(ended.relation_id());  // it had been recorded wrongly
}

Result<void> count_children(const log::EventLog& log, Time now, v1::ContextDetail& detail) {
  std::vector<std::string> persons;
  for (const v1::ContextRelation& relation : detail.relations())
    if (relation.until().empty()) persons.push_back(relation.person_id());
  return children_among(log, persons, now)
      .map([&](const std::vector<std::vector<std::string>>& children) {
        detail.set_children(static_cast<uint32_t>(children.size()));
      });
}

// Leaves out who is related to it, or suspected, and whom the caller may not see.
Result<void> keep_admitted(CaseGuard& guard, v1::ContextDetail& detail) {
  auto kept = guard.keep_admitted(*detail.mutable_relations(), &v1::ContextRelation::person_id);
  if (!kept || detail.context().suspect_person_id().empty()) return kept;
  return guard.admits_to_person(detail.context().suspect_person_id()).map([&](bool admitted) {
    if (!admitted) detail.mutable_context()->clear_suspect_person_id();
  });
}

}  // namespace

Result<std::optional<v1::ContextDetail>> read_context(const log::EventLog& log,
                                                      const std::string& context_id,
                                                      const log::AsAt& at, bool with_content,
                                                      CaseGuard& guard) {
  const auto history = log.read_stream(context_stream(context_id), 1, at.size, with_content);
  if (!history) return tl::unexpected(history.error());
  if (history->records.empty()) return std::nullopt;
  log::OpenedEvents<v1::ContextEvent> read;
  if (auto events = log::public_events<v1::ContextEvent>(history->records); !events)
    return tl::unexpected(events.error());
  else
    read.events = std::move(*events);
  if (with_content) {
    auto opened = log::opened_events<v1::ContextEvent>(log, history->records);
    if (!opened) return tl::unexpected(opened.error());
    read = std::move(*opened);
  }
  v1::ContextDetail detail;
  detail.set_context_id(context_id);
  detail.set_version(history->version);
  detail.set_erased(read.erased);
  std::map<std::string, v1::ContextRelation> relations;
  for (const v1::ContextEvent& event : read.events)
    apply(event, relations, with_content && !read.erased, detail);
  if (read.erased) detail.clear_context();
  for (auto& [id, relation] : relations) *detail.add_relations() = std::move(relation);
  if (auto kept = keep_admitted(guard, detail); !kept) return tl::unexpected(kept.error());
  if (with_content)
    if (auto counted = count_children(log, at.time, detail); !counted)
      return tl::unexpected(counted.error());
  return detail;
}

host::Look look_at(const v1::ContextDetail& detail, uint64_t as_at_size) {
  host::Look look{
      .stream_id = detail.context_id(), .ids = {detail.context_id()}, .as_at_size = as_at_size};
  for (const v1::ContextRelation& relation : detail.relations())
    look.ids.push_back(relation.person_id());
  return look;
}

Result<host::Looks> get_context(const log::EventLog& log, const v1::GetContextRequest& request,
                                const Context& context, v1::GetContextResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const bool with_content =
      Audience::of(context.actor, request.purpose()).sees != Audience::Sees::kNoContent;
  CaseGuard guard(log, context.actor);
  auto detail = read_context(log, request.context_id(), *at, with_content, guard);
  if (!detail) return tl::unexpected(detail.error());
  if (!*detail) return no_such("context");
  *response.mutable_context() = std::move(**detail);
  if (!with_content) return host::Looks{};
  return host::Looks{look_at(response.context(), at->size.value_or(0))};
}

}  // namespace mash::referral
