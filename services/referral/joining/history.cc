#include "referral/joining/history.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>

#include "core/ids.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "policy/pack.h"
#include "referral/lists/views.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

// Earlier contacts, the newest first, each with the child of this one that it is about. Ids tell
// when they were made, so their order is that of receipt.
using ByReferral = std::map<std::string, std::string, std::greater<>>;

// When a contact came, as its id tells.
Time time_of(const std::string& referral_id) {
  const auto id = Uuid::parse(referral_id);
  return id ? id->time() : Time{};
}

// The first second from which on a referral counts as one before a re-referral at `now`. The pack
// says it of two times, and the later the first of them the likelier.
Result<Time> window_begins(Time now, const Context& context) {
  using std::chrono::seconds;
  constexpr seconds kFurthest = std::chrono::years(30);
  seconds inside{0};
  for (seconds outside = kFurthest; outside - inside > seconds(1);) {
    const seconds middle = inside + (outside - inside) / 2;
    const auto counts = context.pack->is_re_referral(now - middle, now, *context.calendar);
    if (!counts) return tl::unexpected(counts.error());
    (*counts ? inside : outside) = middle;
  }
  return now - inside;
}

// How many contacts in the window named somebody before those that their row still names: the
// count then, less the count when the window began.
Result<uint32_t> counted_only(const log::EventLog& log, const std::string& person_id,
                              const v1::PersonRow& row, Time now, const Context& context) {
  if (row.contact_count() <= kContactsKept) return 0;
  return window_begins(now, context)
      .and_then([&](Time from) { return log.size_at(from); })
      .and_then([&](uint64_t size) { return person_row(log, person_id, size); })
      .map([&](const std::optional<v1::PersonRow>& at_beginning) {
        const uint32_t unnamed = row.contact_count() - static_cast<uint32_t>(kContactsKept);
        const uint32_t before = at_beginning ? at_beginning->contact_count() : 0;
        return unnamed > before ? unnamed - before : 0;
      });
}

Result<void> tell(const log::EventLog& log, const ContactSoFar& contact, const ByReferral& earlier,
                  const Context& context, v1::ContactHistory& history) {
  for (const auto& [referral_id, child_id] : earlier) {
    Time received_at = time_of(referral_id);
    bool accepted = false;
    if (static_cast<size_t>(history.earlier_size()) < kEarlierShown) {
      const auto entry = contact_about(log, referral_id, child_id);
      if (!entry) return tl::unexpected(entry.error());
      if (!*entry) continue;
      received_at = from_proto((*entry)->received_at()).value_or(received_at);
      accepted = (*entry)->accepted();
      *history.add_earlier() = **entry;
    }
    const auto counts =
        context.pack->is_re_referral(received_at, contact.received_at, *context.calendar);
    if (!counts) return tl::unexpected(counts.error());
    if (!*counts) continue;
    history.set_contacts_in_window(history.contacts_in_window() + 1);
    if (accepted) history.set_referrals_in_window(history.referrals_in_window() + 1);
  }
  return {};
}

}  // namespace

Result<std::optional<ContactSoFar>> contact_so_far(const log::EventLog& log,
                                                   const std::string& referral_id) {
  auto history = log.read_stream(referral_stream(referral_id), 1, {}, true);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ReferralEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  if (events->empty()) return std::nullopt;
  ContactSoFar contact{.referral_id = referral_id,
                       .received = events->front().contact_received(),
                       .position = history->records.front().prefix.position};
  contact.received_at = from_proto(contact.received.received_at()).value_or(Time{});
  for (size_t i = 0; i < events->size(); ++i) {
    const v1::ReferralEvent& event = (*events)[i];
    if (event.has_history_found()) contact.history = event.history_found().history();
    if (event.has_patterns_found()) contact.patterns = std::move(history->records[i]);
  }
  return contact;
}

Result<std::optional<v1::EarlierContact>> contact_about(const log::EventLog& log,
                                                        const std::string& referral_id,
                                                        const std::string& person_id,
                                                        AsAtSize as_at_size) {
  return log.row(kTriageView, referral_id, as_at_size)
      .map([&](const std::optional<std::string>& columns) -> std::optional<v1::EarlierContact> {
        v1::ReferralRow row;
        if (!columns || !row.ParseFromString(*columns)) return {};
        v1::EarlierContact contact;
        contact.set_referral_id(referral_id);
        contact.set_person_id(person_id);
        *contact.mutable_received_at() = row.summary().received_at();
        contact.set_accepted(row.summary().contact_outcome() == v1::CONTACT_OUTCOME_ACCEPTED);
        return contact;
      });
}

Result<std::vector<std::string>> contacts_before(const log::EventLog& log,
                                                 const std::string& person_id, uint64_t position) {
  const auto cluster = cluster_rows(log, person_id);
  if (!cluster) return tl::unexpected(cluster.error());
  std::set<std::string, std::greater<>> contacts;
  for (const PersonInRow& person : *cluster) {
    const auto row = person_row(log, person.person_id, position);
    if (!row) return tl::unexpected(row.error());
    if (!*row) continue;
    for (std::string& contact : unpacked((*row)->contacts())) contacts.insert(std::move(contact));
  }
  return std::vector<std::string>(contacts.begin(), contacts.end());
}

Result<v1::ContactHistory> history_of(const log::EventLog& log, const ContactSoFar& contact,
                                      const Context& context) {
  ByReferral earlier;
  v1::ContactHistory history;
  std::set<std::string> counted;
  for (const std::string& child_id : contact.received.child_ids()) {
    const auto cluster = cluster_rows(log, child_id);
    if (!cluster) return tl::unexpected(cluster.error());
    for (const PersonInRow& person : *cluster) {
      const auto row = person_row(log, person.person_id, contact.position);
      if (!row) return tl::unexpected(row.error());
      if (!*row || !counted.insert(person.person_id).second) continue;
      for (const std::string& referral_id : unpacked((*row)->contacts()))
        earlier.emplace(referral_id, child_id);
      const auto more = counted_only(log, person.person_id, **row, contact.received_at, context);
      if (!more) return tl::unexpected(more.error());
      history.set_contacts_in_window(history.contacts_in_window() + *more);
    }
  }
  if (auto told = tell(log, contact, earlier, context, history); !told)
    return tl::unexpected(told.error());
  history.set_re_referral(history.referrals_in_window() > 0);
  if (history.earlier_size() > 0) history.set_policy_pack(context.pack->citation());
  return history;
}

}  // namespace mash::referral
