#include "sharing/known/cluster.h"

#include <utility>
#include <vector>

#include "log/event_log.h"
#include "log/state.h"
#include "sharing/known/known_case.h"
#include "sharing/streams.h"

namespace mash::sharing {
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

}  // namespace mash::sharing
