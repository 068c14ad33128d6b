#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "referral/people/cluster.h"
#include "referral/people/person.h"

// Who is who: the hub proposes, a person decides, and the newest decision on two persons counts, so
// that each can be undone.
namespace mash::referral {
namespace {

using Events = Person::Events;

Result<void> checked(const std::string& person_id, const std::string& other_person_id,
                     const std::string& reason) {
  Checks checks;
  checks.text("reason", reason, kNoteBytesMax);
  if (person_id == other_person_id)
    checks.fault("other_person_id", "is the same person's id: name another");
  return checks.verdict();
}

// Everyone who would be one person.
Cluster joined(const Cluster& mine, const Cluster& others) {
  Cluster all = mine;
  all.persons.insert(others.persons.begin(), others.persons.end());
  return all;
}

// Two of them who are known to differ, apart from the two that are being decided on.
std::optional<std::pair<std::string, std::string>> contradiction(const Cluster& cluster,
                                                                 const std::string& person_id,
                                                                 const std::string& other_id) {
  const std::set<std::string> decided{person_id, other_id};
  for (const auto& [id, person] : cluster.persons)
    for (const std::string& different : person.not_same_as)
      if (cluster.holds(different) && std::set{id, different} != decided)
        return std::pair{id, different};
  return {};
}

std::string listed(const std::vector<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "" : " ") + id;
  return list;
}

// The referral in whose place in triage's list it had been proposed that they are one.
std::string proposed_at(const Person::State& state, const std::string& other_person_id) {
  const auto proposal = state.proposals.find(other_person_id);
  return proposal == state.proposals.end() ? "" : proposal->second;
}

bool is_known(const Cluster& cluster, const std::string& person_id) {
  const auto found = cluster.persons.find(person_id);
  return found != cluster.persons.end() && found->second.known;
}

}  // namespace

Result<Events> Person::decide(const State& state, const Proposal& command, const Context& context) {
  const std::string& other = command.other_person_id;
  const bool decided = state.same_as.contains(other) || state.not_same_as.contains(other);
  if (!state.known || decided || state.proposed.contains(other) ||
      state.proposals.size() >= kProposalsMax)
    return Events{};
  Event event;
  v1::SamePersonProposed& proposed = *event.mutable_same_proposed();
  proposed.set_other_person_id(other);
  proposed.set_referral_id(state.referral_id);
  *proposed.mutable_likeness() = command.likeness;
  proposed.set_weights(command.weights);
  to_proto(context.now, proposed.mutable_proposed_at());
  return only(std::move(event));
}

Result<Events> Person::decide(const State& state, const Joining& command, const Context& context) {
  const std::string& other = command.other_person_id;
  if (!state.known || !is_known(command.others, other)) return no_such("person");
  if (auto sound = checked(command.person_id, other, command.reason); !sound)
    return tl::unexpected(sound.error());
  if (state.same_as.contains(other)) return Events{};
  const Cluster all = joined(command.mine, command.others);
  if (const auto pair = contradiction(all, command.person_id, other))
    return tl::unexpected(
        Error{.code = Code::kFailedPrecondition,
              .reason = "KNOWN_TO_DIFFER",
              .message = "Two of the persons who would be one are known to be different people; "
                         "decide on these two first.",
              .metadata = {{"persons", pair->first + " " + pair->second}}});
  if (all.persons.size() > kClusterMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_SAME",
                  "More than " + std::to_string(kClusterMax) +
                      " records would be held to be one person; look at those there are first.");
  Event event;
  v1::SamePersonDecided& same = *event.mutable_same_decided();
  same.set_other_person_id(other);
  same.set_reason(command.reason);
  to_proto(context.now, same.mutable_decided_at());
  same.set_referral_id(proposed_at(state, other));
  return only(std::move(event));
}

Result<Events> Person::decide(const State& state, const Parting& command, const Context& context) {
  const std::string& other = command.other_person_id;
  if (!state.known) return no_such("person");
  if (auto sound = checked(command.person_id, other, command.reason); !sound)
    return tl::unexpected(sound.error());
  if (state.not_same_as.contains(other)) return Events{};
  if (!state.same_as.contains(other))
    if (const auto path = command.mine.path(command.person_id, other); !path.empty())
      return tl::unexpected(
          Error{.code = Code::kFailedPrecondition,
                .reason = "ONE_THROUGH_OTHERS",
                .message = "They are held to be one through others; say which of those links is "
                           "wrong.",
                .metadata = {{"persons", listed(path)}}});
  if (state.not_same_as.size() >= kDifferencesMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_DIFFERENCES",
                  "The person is known to differ from as many as a record holds.");
  Event event;
  v1::NotSamePersonDecided& not_same = *event.mutable_not_same_decided();
  not_same.set_other_person_id(other);
  not_same.set_reason(command.reason);
  to_proto(context.now, not_same.mutable_decided_at());
  not_same.set_referral_id(proposed_at(state, other));
  return only(std::move(event));
}

}  // namespace mash::referral
