#include "referral/people/persons.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "core/caller.h"
#include "log/handle.h"
#include "referral/people/person_row.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

constexpr int kAdultYears = 18;

}  // namespace

Result<std::optional<v1::PersonRow>> person_row(const log::EventLog& log,
                                                const std::string& person_id, AsAtSize as_at_size) {
  auto columns = log.row(kPersonsView, person_id, as_at_size);
  if (!columns) return tl::unexpected(columns.error());
  if (!*columns) return std::nullopt;
  v1::PersonRow row;
  if (!row.ParseFromString(**columns))
    return refuse(Code::kDataLoss, "VIEW_DAMAGED", "A row of the view of persons cannot be read.");
  return row;
}

Result<bool> may_name(const log::EventLog& log, const std::string& person_id, const Actor& actor) {
  const auto row = person_row(log, person_id);
  if (!row) return tl::unexpected(row.error());
  if (!*row) return false;
  if (may_know(**row, actor) || !(*row)->more_agencies()) return may_know(**row, actor);
  return log.read_stream(person_stream(person_id))
      .and_then([](const log::StreamHistory& history) {
        return log::public_events<v1::PersonEvent>(history.records);
      })
      .map([&](const std::vector<v1::PersonEvent>& events) {
        return Person::may_know(fold<Person>(events), actor);
      });
}

Result<std::vector<PersonInRow>> cluster_rows(const log::EventLog& log,
                                              const std::string& person_id, AsAtSize as_at_size) {
  std::vector<PersonInRow> cluster;
  std::vector<std::string> next{person_id};
  std::set<std::string> seen{person_id};
  for (size_t i = 0; i < next.size() && cluster.size() < kClusterMax; ++i) {
    auto row = person_row(log, next[i], as_at_size);
    if (!row) return tl::unexpected(row.error());
    if (!*row) continue;
    for (std::string& linked : unpacked((*row)->same_as()))
      if (seen.insert(linked).second) next.push_back(std::move(linked));
    cluster.push_back({next[i], std::move(**row)});
  }
  return cluster;
}

Result<Cluster> observe_cluster(log::UnitOfWork& unit, const std::string& person_id) {
  return cluster_of(person_id,
                    [&](const std::string& id) { return unit.observe<Person>(person_stream(id)); });
}

Result<KnownIdentity> identity_in(const log::EventLog& log, const v1::PersonRow& row) {
  return log.read(row.identity_at(), true).and_then([&](const log::Record& record) {
    return log::opened_events<v1::PersonEvent>(log, {record})
        .map([](const log::OpenedEvents<v1::PersonEvent>& opened) {
          return identity_of(opened.events, opened.erased);
        });
  });
}

KnownIdentity identity_of(const std::vector<v1::PersonEvent>& events, bool erased,
                          const std::string& only_agency) {
  KnownIdentity known{.erased = erased};
  if (erased) return known;
  const auto tell = [&](const auto& event) {
    if (only_agency.empty() || event.agency() == only_agency) known.identity = event.identity();
  };
  for (const v1::PersonEvent& event : events) {
    if (event.has_registered()) tell(event.registered());
    if (event.has_corrected()) tell(event.corrected());
  }
  return known;
}

std::vector<v1::MatchProposal> open_proposals(const std::string& person_id,
                                              const std::vector<v1::PersonEvent>& events) {
  const Person::State state = fold<Person>(events);
  std::vector<v1::MatchProposal> proposals;
  for (const v1::PersonEvent& event : events) {
    const v1::SamePersonProposed& proposed = event.same_proposed();
    if (!event.has_same_proposed() || !state.proposals.contains(proposed.other_person_id()))
      continue;
    v1::MatchProposal& proposal = proposals.emplace_back();
    proposal.set_person_id(person_id);
    proposal.set_other_person_id(proposed.other_person_id());
    *proposal.mutable_likeness() = proposed.likeness();
    *proposal.mutable_proposed_at() = proposed.proposed_at();
    proposal.set_referral_id(proposed.referral_id());
  }
  return proposals;
}

bool is_child(const v1::Identity& identity, Time now) {
  using std::chrono::year_month_day;
  if (identity.unborn() || !identity.has_birth_date()) return true;
  // Of a date that is known in part the latest day it can mean.
  const v1::PartialDate& birth = identity.birth_date();
  const auto month = birth.month() == 0 ? 12U : birth.month();
  const auto day = birth.day() == 0 ? 31U : birth.day();
  const year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int years = static_cast<int>(today.year()) - static_cast<int>(birth.year());
  if (years != kAdultYears) return years < kAdultYears;
  return std::pair(static_cast<unsigned>(today.month()), static_cast<unsigned>(today.day())) <
         std::pair(month, day);
}

}  // namespace mash::referral
