#include "referral/people/person_commands.h"

#include "core/caller.h"
#include "referral/cases/case_guard.h"
#include "referral/contexts/context.h"
#include "referral/people/cluster.h"
#include "referral/people/person.h"
#include "referral/people/persons.h"
#include "referral/people/relation.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

// Somebody whom a command names without deciding on them, or before it does: there, and of a case
// that admits the caller.
Result<void> known(const log::EventLog& log, log::UnitOfWork& unit, const std::string& person_id) {
  return unit.observe<Person>(person_stream(person_id))
      .and_then([&](const Person::State& state) -> Result<void> {
        if (!state.known) return no_such("person");
        return CaseGuard(log, unit.context().actor).check_person(person_id);
      });
}

Result<void> known_suspect(const log::EventLog& log, log::UnitOfWork& unit,
                           const v1::RiskContext& context) {
  if (context.suspect_person_id().empty()) return {};
  return known(log, unit, context.suspect_person_id());
}

Result<void> end_part(log::UnitOfWork& unit, const v1::RelateContextRequest& request) {
  const std::string stream = context_stream(request.context_id());
  return unit.observe<RiskContext>(stream).and_then(
      [&](const RiskContext::State& state) -> Result<void> {
        if (auto ended = unit.decide<RiskContext>({stream}, RiskContext::Ending{request}); !ended)
          return ended;
        const std::string& person_id = state.relations.at(request.ends_relation_id()).person_id;
        return unit.decide<Person>({person_stream(person_id)},
                                   Person::LeavingContext{request.ends_relation_id()});
      });
}

}  // namespace

Result<void> correct_person(const log::EventLog& log, log::UnitOfWork& unit,
                            const v1::CorrectPersonRequest& request) {
  const std::string stream = person_stream(request.person_id());
  // Observed first: should they be corrected between the two reads, the append is refused.
  return unit.observe<Person>(stream)
      .and_then([&](const Person::State& state) -> Result<KnownIdentity> {
        if (!Person::may_know(state, unit.context().actor)) return no_such("person");
        return person_row(log, request.person_id())
            .and_then([&](const std::optional<v1::PersonRow>& row) -> Result<KnownIdentity> {
              if (!row) return no_such("person");
              return identity_in(log, *row);
            });
      })
      .and_then([&](const KnownIdentity& before) {
        const bool was_unborn = before.identity && before.identity->unborn();
        return unit.decide<Person>({stream}, Person::Correction{request, was_unborn});
      });
}

Result<void> same_person(const log::EventLog& log, log::UnitOfWork& unit,
                         const v1::SamePersonRequest& request) {
  // First of all, since what a decision on the one says of the two would tell that there is
  // another.
  if (auto seen = known(log, unit, request.other_person_id()); !seen) return seen;
  const auto mine = observe_cluster(unit, request.person_id());
  if (!mine) return tl::unexpected(mine.error());
  const auto others = observe_cluster(unit, request.other_person_id());
  if (!others) return tl::unexpected(others.error());
  const auto join = [&](const std::string& person_id, const std::string& other_person_id,
                        const Cluster& this_side, const Cluster& other_side) {
    return unit.decide<Person>({person_stream(person_id)},
                               Person::Joining{.person_id = person_id,
                                               .other_person_id = other_person_id,
                                               .reason = request.reason(),
                                               .mine = this_side,
                                               .others = other_side});
  };
  return join(request.person_id(), request.other_person_id(), *mine, *others).and_then([&] {
    return join(request.other_person_id(), request.person_id(), *others, *mine);
  });
}

Result<void> not_same_person(log::UnitOfWork& unit, const v1::NotSamePersonRequest& request) {
  const auto cluster = observe_cluster(unit, request.person_id());
  if (!cluster) return tl::unexpected(cluster.error());
  const auto part = [&](const std::string& person_id, const std::string& other_person_id) {
    return unit.decide<Person>({person_stream(person_id)},
                               Person::Parting{.person_id = person_id,
                                               .other_person_id = other_person_id,
                                               .reason = request.reason(),
                                               .mine = *cluster});
  };
  return part(request.person_id(), request.other_person_id()).and_then([&] {
    return part(request.other_person_id(), request.person_id());
  });
}

Result<void> relate_persons(log::UnitOfWork& unit, const v1::RelatePersonsRequest& request) {
  const auto relation = relation_of(request, unit.context());
  if (!relation) return tl::unexpected(relation.error());
  const auto relate = [&](const std::string& person_id, v1::Relation side) {
    return unit.decide<Person>({person_stream(person_id)}, Person::Relating{std::move(side)});
  };
  return relate(request.person_id(), *relation).and_then([&] {
    return relate(relation->other_person_id(), mirrored(*relation, request.person_id()));
  });
}

Result<void> unrelate_persons(log::UnitOfWork& unit, const v1::UnrelatePersonsRequest& request) {
  const std::string stream = person_stream(request.person_id());
  return unit.observe<Person>(stream).and_then([&](const Person::State& state) -> Result<void> {
    const Person::Unrelating command{request};
    if (auto ended = unit.decide<Person>({stream}, command); !ended) return ended;
    const std::string& other = state.relations.at(request.relation_id()).other_person_id;
    return unit.decide<Person>({person_stream(other)}, command);
  });
}

Result<void> register_context(const log::EventLog& log, log::UnitOfWork& unit,
                              const v1::RegisterContextRequest& request) {
  return unit.decide<RiskContext>({context_stream(fresh_id(unit.context()))}, request)
      .and_then([&] { return known_suspect(log, unit, request.context()); });
}

Result<void> correct_context(const log::EventLog& log, log::UnitOfWork& unit,
                             const v1::CorrectContextRequest& request) {
  return unit.decide<RiskContext>({context_stream(request.context_id())}, request).and_then([&] {
    return known_suspect(log, unit, request.context());
  });
}

Result<void> relate_context(log::UnitOfWork& unit, const v1::RelateContextRequest& request) {
  if (!request.ends_relation_id().empty()) return end_part(unit, request);
  return unit
      .decide<RiskContext>({context_stream(request.context_id())}, RiskContext::Relating{request})
      .and_then([&] {
        return unit.decide<Person>({person_stream(request.relation().person_id())},
                                   Person::MeetingContext{.context_id = request.context_id(),
                                                          .relation_id = fresh_id(unit.context())});
      });
}

}  // namespace mash::referral
