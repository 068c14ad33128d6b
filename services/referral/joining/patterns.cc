#include "referral/joining/patterns.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/referral/v1/context_events.pb.h"
#include "policy/pack.h"
#include "referral/joining/history.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

bool holds(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

std::vector<std::string> ids_of(const std::vector<PersonInRow>& cluster) {
  std::vector<std::string> ids;
  for (const PersonInRow& person : cluster) ids.push_back(person.person_id);
  return ids;
}

// A contact's receipt with what is personal in it; nothing where that is erased.
Result<std::optional<v1::ContactReceived>> opened_receipt(const log::EventLog& log,
                                                          const std::string& referral_id) {
  auto history = log.read_stream(referral_stream(referral_id), 1, {}, true);
  if (!history) return tl::unexpected(history.error());
  history->records.resize(std::min<size_t>(history->records.size(), 1));
  return log::opened_events<v1::ReferralEvent>(log, history->records)
      .map([](log::OpenedEvents<v1::ReferralEvent> opened) -> std::optional<v1::ContactReceived> {
        if (opened.erased || opened.events.empty()) return {};
        return std::move(*opened.events.front().mutable_contact_received());
      });
}

// Whether a contact says by this factor that one of these, held to be one child, was missing.
bool says_missing(const v1::ContactReceived& contact, const std::vector<std::string>& child,
                  const std::string& factor) {
  const int told = std::min(contact.child_ids_size(), contact.children_size());
  for (int i = 0; i < told; ++i) {
    const auto& factors = contact.children(i).factors();
    if (holds(child, contact.child_ids(i)) && std::ranges::find(factors, factor) != factors.end())
      return true;
  }
  return false;
}

// The patterns of one child of a contact.
class OfChild {
 public:
  OfChild(const log::EventLog& log, const ContactSoFar& contact, const Context& context,
          std::string child_id)
      : log_(log), contact_(contact), context_(context), child_id_(std::move(child_id)) {}

  Result<std::vector<v1::Pattern>> find() {
    return cluster_rows(log_, child_id_)
        .and_then([&](const std::vector<PersonInRow>& cluster) {
          ids_ = ids_of(cluster);
          return find_contexts(cluster);
        })
        .and_then([&] { return find_missing(); })
        .map([&] { return std::move(found_); });
  }

 private:
  Result<void> find_contexts(const std::vector<PersonInRow>& cluster) {
    std::set<std::string> contexts;
    for (const PersonInRow& person : cluster)
      for (std::string& context : unpacked(person.row.contexts()))
        contexts.insert(std::move(context));
    for (const std::string& context_id : contexts)
      if (auto looked = find_shared(context_id); !looked) return looked;
    return {};
  }

  Result<void> find_shared(const std::string& context_id) {
    return context_now(log_, context_id)
        .and_then(
            [&](const ContextNow& now) { return children_among(log_, now.persons, context_.now); })
        .map([&](const std::vector<std::vector<std::string>>& children) {
          const auto least = context_.pack->patterns().children_in_context;
          const bool takes_part = std::ranges::any_of(
              children, [&](const auto& child) { return holds(child, child_id_); });
          if (!takes_part || children.size() < static_cast<size_t>(least)) return;
          v1::Pattern& pattern = add(v1::PATTERN_KIND_SHARED_CONTEXT, children.size());
          pattern.set_context_id(context_id);
          for (const auto& child : children)
            if (!holds(child, child_id_) &&
                static_cast<size_t>(pattern.other_person_ids_size()) < kOthersInPattern)
              pattern.add_other_person_ids(child.front());
        });
  }

  Result<void> find_missing() {
    auto contacts = contacts_before(log_, child_id_, contact_.position);
    if (!contacts) return tl::unexpected(contacts.error());
    contacts->insert(contacts->begin(), contact_.referral_id);
    size_t episodes = 0;
    for (const std::string& referral_id : *contacts) {
      const auto counts = counts_as_missing(referral_id);
      if (!counts) return tl::unexpected(counts.error());
      episodes += *counts ? 1 : 0;
    }
    if (episodes >= static_cast<size_t>(context_.pack->patterns().missing_episodes))
      add(v1::PATTERN_KIND_REPEATED_MISSING, episodes);
    return {};
  }

  Result<bool> counts_as_missing(const std::string& referral_id) {
    return opened_receipt(log_, referral_id)
        .and_then([&](const std::optional<v1::ContactReceived>& contact) -> Result<bool> {
          if (!contact) return false;
          const Time received = from_proto(contact->received_at()).value_or(Time{});
          const bool missing =
              says_missing(*contact, ids_, context_.pack->patterns().missing_factor);
          if (!missing) return false;
          return context_.pack->is_repeated_missing(received, contact_.received_at,
                                                    *context_.calendar);
        });
  }

  v1::Pattern& add(v1::PatternKind kind, size_t count) {
    v1::Pattern& pattern = found_.emplace_back();
    pattern.set_kind(kind);
    pattern.set_person_id(child_id_);
    pattern.set_count(static_cast<uint32_t>(count));
    return pattern;
  }

  const log::EventLog& log_;
  const ContactSoFar& contact_;
  const Context& context_;
  std::string child_id_;
  std::vector<std::string> ids_;  // held to be this child
  std::vector<v1::Pattern> found_;
};

}  // namespace

Result<ContextNow> context_now(const log::EventLog& log, const std::string& context_id) {
  const auto history = log.read_stream(context_stream(context_id), 1, {}, true);
  if (!history) return tl::unexpected(history.error());
  const auto opened = log::opened_events<v1::ContextEvent>(log, history->records);
  if (!opened) return tl::unexpected(opened.error());
  if (opened->erased) return ContextNow{.erased = true};
  std::map<std::string, std::string> parts;  // persons by relation
  for (const v1::ContextEvent& event : opened->events) {
    if (event.has_relation_ended()) parts.erase(event.relation_ended().relation_id());
    const v1::ContextRelation& relation = event.related().relation();
    if (event.has_related() && relation.until().empty())
      parts[relation.relation_id()] = relation.person_id();
  }
  ContextNow now;
  for (const auto& [relation_id, person_id] : parts)
    if (!holds(now.persons, person_id)) now.persons.push_back(person_id);
  return now;
}

Result<std::vector<std::vector<std::string>>> children_among(
    const log::EventLog& log, const std::vector<std::string>& persons, Time now) {
  std::vector<std::vector<std::string>> children;
  std::set<std::string> seen;
  for (const std::string& person_id : persons) {
    if (seen.contains(person_id)) continue;
    const auto cluster = cluster_rows(log, person_id);
    if (!cluster) return tl::unexpected(cluster.error());
    if (cluster->empty()) continue;
    std::vector<std::string> ids = ids_of(*cluster);
    seen.insert(ids.begin(), ids.end());
    const auto known = identity_in(log, cluster->front().row);
    if (!known) return tl::unexpected(known.error());
    if (known->identity && is_child(*known->identity, now)) children.push_back(std::move(ids));
  }
  return children;
}

Result<std::vector<v1::Pattern>> patterns_of(const log::EventLog& log, const ContactSoFar& contact,
                                             const Context& context) {
  std::vector<v1::Pattern> patterns;
  for (const std::string& child_id : contact.received.child_ids()) {
    auto found = OfChild(log, contact, context, child_id).find();
    if (!found) return tl::unexpected(found.error());
    patterns.insert(patterns.end(), found->begin(), found->end());
  }
  if (patterns.size() > kPatternsMax) patterns.resize(kPatternsMax);
  return patterns;
}

}  // namespace mash::referral
