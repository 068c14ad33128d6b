#include "cases/cluster.h"

#include <utility>
#include <vector>

#include "cases/known_case.h"
#include "cases/streams.h"
#include "log/event_log.h"
#include "log/state.h"

namespace mash::cases {
namespace {

constexpr size_t kClusterMax = 50;  // held to be one: no decision makes more

}  // namespace

Result<Cluster> cluster_of(const log::EventLog& log, const std::string& person_id,
                           std::optional<uint64_t> as_at_size) {
  Cluster cluster{.persons = {person_id}, .cases = {}};
  std::vector<std::string> waiting{person_id};
  while (!waiting.empty()) {
    auto person = log::read_state<KnownPerson>(log, person_stream(waiting.back()), as_at_size);
    if (!person) return tl::unexpected(person.error());
    waiting.pop_back();
    cluster.cases.merge(std::move(person->cases));
    for (const std::string& same : person->same)
      if (cluster.persons.size() < kClusterMax && cluster.persons.insert(same).second)
        waiting.push_back(same);
  }
  return cluster;
}

}  // namespace mash::cases
