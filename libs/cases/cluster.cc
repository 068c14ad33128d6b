#include "cases/cluster.h"

#include <utility>
#include <vector>

#include "cases/known_case.h"
#include "cases/streams.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/state.h"

namespace mash::cases {
namespace {

constexpr size_t kClusterMax = 50;  // held to be one: no decision makes more

// What is known of a person, from wherever it is read.
template <class PersonOf>
Result<Cluster> gather(const std::string& person_id, const PersonOf& person_of) {
  Cluster cluster{.persons = {person_id}, .cases = {}, .cases_of = {}};
  std::vector<std::string> waiting{person_id};
  while (!waiting.empty()) {
    const std::string id = std::move(waiting.back());
    waiting.pop_back();
    Result<KnownPerson::State> person = person_of(person_stream(id));
    if (!person) return tl::unexpected(person.error());
    cluster.parked = cluster.parked || person->parked;
    cluster.cases.insert(person->cases.begin(), person->cases.end());
    cluster.cases_of[id] = std::move(person->cases);
    for (const std::string& same : person->same)
      if (cluster.persons.size() < kClusterMax && cluster.persons.insert(same).second)
        waiting.push_back(same);
  }
  return cluster;
}

}  // namespace

Result<Cluster> cluster_of(const log::EventLog& log, const std::string& person_id,
                           std::optional<uint64_t> as_at_size) {
  return gather(person_id, [&](const std::string& stream) {
    return log::read_state<KnownPerson>(log, stream, as_at_size);
  });
}

Result<Cluster> cluster_of(log::UnitOfWork& unit, const std::string& person_id) {
  return gather(person_id,
                [&](const std::string& stream) { return unit.observe<KnownPerson>(stream); });
}

}  // namespace mash::cases
