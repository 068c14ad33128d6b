#include "referral/cases/case_read.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/caller.h"
#include "core/checks.h"
#include "log/as_at.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/referral/v1/person_events.pb.h"
#include "referral/cases/case.h"
#include "referral/cases/case_guard.h"
#include "referral/detail.h"
#include "referral/rules.h"
#include "vault/key_ring.h"

namespace mash::referral {
namespace {

using Sees = Audience::Sees;

// The newest records of a case looked at for its referrals: they are few, what is told of each may
// be much.
constexpr size_t kRecordsScannedMax = 20'000;

template <class Event>
struct Stream {
  std::vector<Event> events;
  uint64_t version = 0;
  bool erased = false;
};

// Puts a case together, as at one size of the log, for one audience.
class Reading {
 public:
  Reading(const log::EventLog& log, const v1::GetCaseRequest& request, const Context& context,
          const log::AsAt& at, CaseGuard& guard)
      : log_(log),
        guard_(guard),
        case_id_(request.case_id()),
        actor_(context.actor),
        audience_(Audience::of(context.actor, request.purpose())),
        at_(at) {}

  // False: there was no such case then.
  Result<bool> read(v1::CaseDetail& detail);
  host::Looks looks() const;

 private:
  template <class Event>
  Result<Stream<Event>> stream(const std::string& name) const;
  Result<void> read_cases(v1::CaseDetail& detail);
  Result<void> read_head(const Case::State& state, v1::CaseDetail& detail) const;
  Result<void> read_access(std::string head, v1::CaseDetail& detail) const;
  Result<void> find_referrals(const std::string& case_id);
  Result<void> read_referral(const std::string& referral_id, v1::CaseDetail& detail);
  Result<void> read_person(v1::CasePerson& person) const;
  template <class People>
  void hold_keys_of(const People& people) const;
  void add_person(const std::string& person_id, v1::PersonRole role, v1::CaseDetail& detail,
                  host::Look& look);

  const log::EventLog& log_;
  CaseGuard& guard_;
  const std::string case_id_;
  const Actor actor_;
  const Audience audience_;
  const log::AsAt at_;
  std::vector<std::string> cases_;  // it, and those joined into it
  std::vector<std::string> referrals_;
  std::map<std::string, host::Look> looks_;  // by case
  std::map<std::string, int> people_;        // by id: their place in the detail
  std::set<std::string> patterns_;           // those told already
};

template <class Event>
Result<Stream<Event>> Reading::stream(const std::string& name) const {
  const bool with_content = audience_.sees != Sees::kNoContent;
  const auto history = log_.read_stream(name, 1, at_.size, with_content);
  if (!history) return tl::unexpected(history.error());
  if (!with_content)
    return log::public_events<Event>(history->records).map([&](std::vector<Event> events) {
      return Stream<Event>{.events = std::move(events), .version = history->version};
    });
  return log::opened_events<Event>(log_, history->records)
      .map([&](log::OpenedEvents<Event> opened) {
        return Stream<Event>{.events = std::move(opened.events),
                             .version = history->version,
                             .erased = opened.erased};
      });
}

// The case's own stream, and which cases were part of it: those that, parted since, do not admit
// the caller now are left out.
Result<void> Reading::read_cases(v1::CaseDetail& detail) {
  cases_ = {case_id_};
  for (size_t next = 0; next < cases_.size() && cases_.size() <= kCasesJoinedMax; ++next) {
    const auto own = stream<v1::CaseEvent>(case_stream(cases_[next]));
    if (!own) return tl::unexpected(own.error());
    const Case::State state = fold<Case>(own->events);
    for (const std::string& joined : state.joined) {
      const auto admitted = guard_.admits(joined);
      if (!admitted) return tl::unexpected(admitted.error());
      if (!*admitted) continue;
      cases_.push_back(joined);
      if (next == 0) detail.add_joined(joined);
    }
    if (next > 0) continue;
    detail.set_case_id(case_id_);
    detail.set_version(own->version);
    if (auto read = read_head(state, detail); !read) return read;
  }
  return {};
}

// Every bar in force, as it was given.
std::vector<v1::Bar> bars_of(const std::vector<v1::CaseEvent>& events) {
  std::map<std::pair<std::string, std::string>, v1::Bar> bars;
  const auto key = [](const v1::PractitionerName& name) {
    return std::pair(name.agency(), name.practitioner());
  };
  for (const v1::CaseEvent& event : events) {
    if (event.has_barred()) bars[key(event.barred().bar().practitioner())] = event.barred().bar();
    if (event.has_unbarred()) bars.erase(key(event.unbarred().practitioner()));
    for (const v1::PractitionerName& name : event.took_in().barred()) {
      const auto [bar, fresh] = bars.try_emplace(key(name));
      if (!fresh) continue;
      *bar->second.mutable_practitioner() = name;
      *bar->second.mutable_barred_at() = event.took_in().joined_at();
    }
  }
  std::vector<v1::Bar> all;
  for (auto& [name, bar] : bars) all.push_back(std::move(bar));
  return all;
}

// What it was joined into, and who could see it.
Result<void> Reading::read_head(const Case::State& state, v1::CaseDetail& detail) const {
  if (state.joined_into.empty()) return read_access(case_id_, detail);
  return guard_.admits(state.joined_into).and_then([&](bool admitted) -> Result<void> {
    if (!admitted) return {};
    detail.set_joined_into(state.joined_into);
    return read_access(state.joined_into, detail);
  });
}

// Who could see it, as the head of the cases it was part of said.
Result<void> Reading::read_access(std::string head, v1::CaseDetail& detail) const {
  for (size_t cases = 0; cases < kCasesJoinedMax; ++cases) {
    const auto said = stream<v1::CaseEvent>(case_stream(head));
    if (!said) return tl::unexpected(said.error());
    const Case::State state = fold<Case>(said->events);
    if (!state.joined_into.empty()) {
      head = state.joined_into;
      continue;
    }
    detail.set_restricted(state.access.restricted);
    if (!is_manager(actor_)) return {};
    for (const auto& [agency, practitioner] : state.access.named) {
      v1::PractitionerName& name = *detail.add_named();
      name.set_agency(agency);
      name.set_practitioner(practitioner);
    }
    for (v1::Bar& bar : bars_of(said->events)) *detail.add_bars() = std::move(bar);
    return {};
  }
  return {};
}

Result<void> Reading::find_referrals(const std::string& case_id) {
  std::set<std::string> found;
  size_t scanned = 0;
  log::ScanQuery query{.from = UINT64_MAX, .as_at_size = at_.size, .backwards = true};
  query.case_id = case_id;
  query.types = {v1::ReferralEvent::descriptor()->full_name()};
  return log_.scan(query, [&](log::Record&& record) {
    const std::string referral_id = id_in(record.body.stream());
    if (found.insert(referral_id).second) referrals_.push_back(referral_id);
    return found.size() < kCaseReferralsMax && ++scanned < kRecordsScannedMax;
  });
}

void Reading::add_person(const std::string& person_id, v1::PersonRole role, v1::CaseDetail& detail,
                         host::Look& look) {
  if (!people_.contains(person_id)) {
    if (people_.size() == kCasePeopleMax) return;
    people_[person_id] = detail.people_size();
    detail.add_people()->set_person_id(person_id);
  }
  if (std::ranges::find(look.ids, person_id) == look.ids.end()) look.ids.push_back(person_id);
  auto& roles = *detail.mutable_people(people_[person_id])->mutable_roles();
  if (role != v1::PERSON_ROLE_UNSPECIFIED && std::ranges::find(roles, role) == roles.end())
    roles.Add(role);
}

Result<void> Reading::read_referral(const std::string& referral_id, v1::CaseDetail& detail) {
  const auto told = stream<v1::ReferralEvent>(referral_stream(referral_id));
  if (!told) return tl::unexpected(told.error());
  *detail.add_referrals() = detail_of(referral_id, told->events, audience_, at_.time).summary();
  host::Look& look = looks_[detail.referrals().rbegin()->case_id()];
  look.ids.push_back(referral_id);
  const v1::PatternsFound* patterns = nullptr;
  for (const v1::ReferralEvent& event : told->events) {
    if (event.has_patterns_found()) patterns = &event.patterns_found();
    const v1::ContactReceived& contact = event.contact_received();
    for (const std::string& child_id : contact.child_ids())
      add_person(child_id, v1::PERSON_ROLE_CHILD, detail, look);
    for (int i = 0; i < contact.person_ids_size(); ++i) {
      const bool said = i < contact.people_size();
      add_person(contact.person_ids(i),
                 said ? contact.people(i).role() : v1::PERSON_ROLE_UNSPECIFIED, detail, look);
    }
  }
  if (patterns == nullptr) return {};
  CaseGuard::Patterns shown = patterns->patterns();
  if (auto kept = guard_.keep_admitted_patterns(shown); !kept) return kept;
  for (const v1::Pattern& pattern : shown)
    if (patterns_.insert(pattern.SerializeAsString()).second) *detail.add_patterns() = pattern;
  return {};
}

// Who somebody is, and how they are related to others.
Result<void> Reading::read_person(v1::CasePerson& person) const {
  if (audience_.sees == Sees::kNoContent) return {};
  const auto told = stream<v1::PersonEvent>(person_stream(person.person_id()));
  if (!told) return tl::unexpected(told.error());
  std::set<std::string> same;
  std::map<std::string, v1::Relation> relations;
  for (const v1::PersonEvent& event : told->events) {
    if (event.has_registered()) *person.mutable_identity() = event.registered().identity();
    if (event.has_corrected()) *person.mutable_identity() = event.corrected().identity();
    if (event.has_same_decided()) same.insert(event.same_decided().other_person_id());
    if (event.has_not_same_decided()) same.erase(event.not_same_decided().other_person_id());
    if (event.has_related())
      relations[event.related().relation().relation_id()] = event.related().relation();
    if (event.has_unrelated()) relations.erase(event.unrelated().relation_id());
  }
  person.set_erased(told->erased);
  if (told->erased) person.clear_identity();
  for (const std::string& other : same) person.add_same_as(other);
  for (auto& [id, relation] : relations) *person.add_relations() = std::move(relation);
  return guard_.keep_admitted(*person.mutable_same_as()).and_then([&] {
    return guard_.keep_admitted(*person.mutable_relations(), &v1::Relation::other_person_id);
  });
}

// Each is opened under a key of their own.
template <class People>
void Reading::hold_keys_of(const People& people) const {
  std::vector<std::string> key_ids;
  for (const v1::CasePerson& person : people) key_ids.push_back(person.person_id());
  log_.options().keys->hold(key_ids);
}

Result<bool> Reading::read(v1::CaseDetail& detail) {
  if (auto read = read_cases(detail); !read) return tl::unexpected(read.error());
  for (const std::string& case_id : cases_)
    if (auto found = find_referrals(case_id); !found) return tl::unexpected(found.error());
  std::ranges::sort(referrals_, std::greater());  // ids sort by time
  if (referrals_.size() > kCaseReferralsMax) referrals_.resize(kCaseReferralsMax);
  for (const std::string& referral_id : referrals_)
    if (auto read = read_referral(referral_id, detail); !read) return tl::unexpected(read.error());
  if (audience_.sees != Sees::kNoContent) hold_keys_of(detail.people());
  for (v1::CasePerson& person : *detail.mutable_people())
    if (auto read = read_person(person); !read) return tl::unexpected(read.error());
  return !referrals_.empty();
}

host::Looks Reading::looks() const {
  host::Looks looks;
  if (audience_.sees == Sees::kNoContent) return looks;
  for (const auto& [case_id, seen] : looks_) {
    looks.push_back(seen);
    looks.back().stream_id = looks.back().case_id = case_id;
    looks.back().as_at_size = at_.size.value_or(0);
  }
  return looks;
}

}  // namespace

Result<host::Looks> get_case(const log::EventLog& log, const v1::GetCaseRequest& request,
                             const Context& context, v1::GetCaseResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  if (!is_hub(context.actor) && !is_auditor(context.actor)) return no_such("case");
  CaseGuard guard(log, context.actor);
  if (auto admitted = guard.check(request.case_id(), "case"); !admitted)
    return tl::unexpected(admitted.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  Reading reading(log, request, context, *at, guard);
  const auto found = reading.read(*response.mutable_details());
  if (!found) return tl::unexpected(found.error());
  if (!*found) return no_such("case");
  return reading.looks();
}

}  // namespace mash::referral
