#include "referral/people/cluster.h"

#include <algorithm>
#include <deque>

namespace mash::referral {

std::vector<std::string> Cluster::path(const std::string& from, const std::string& to) const {
  if (!holds(from) || !holds(to)) return {};
  std::map<std::string, std::string> reached_from{{from, {}}};
  for (std::deque<std::string> next{from}; !next.empty() && !reached_from.contains(to);
       next.pop_front())
    for (const std::string& linked : persons.at(next.front()).same_as)
      if (holds(linked) && reached_from.emplace(linked, next.front()).second)
        next.push_back(linked);
  std::vector<std::string> path;
  if (!reached_from.contains(to)) return path;
  for (std::string step = to; !step.empty(); step = reached_from.at(step)) path.push_back(step);
  std::ranges::reverse(path);
  return path;
}

Result<Cluster> cluster_of(
    const std::string& person_id,
    const std::function<Result<Person::State>(const std::string& person_id)>& load) {
  Cluster cluster;
  for (std::deque<std::string> next{person_id};
       !next.empty() && cluster.persons.size() < kClusterMax; next.pop_front()) {
    if (cluster.holds(next.front())) continue;
    auto state = load(next.front());
    if (!state) return tl::unexpected(state.error());
    next.insert(next.end(), state->same_as.begin(), state->same_as.end());
    cluster.persons.emplace(next.front(), std::move(*state));
  }
  return cluster;
}

}  // namespace mash::referral
