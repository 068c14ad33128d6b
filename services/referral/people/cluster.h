#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "referral/people/person.h"

namespace mash::referral {

inline constexpr size_t kClusterMax = 50;  // ids that may be held to be one person

// Everyone who is held to be one person, by decision: somebody, and whoever can be reached from
// them over links. Ids and streams stay what they are. A value.
struct Cluster {
  std::map<std::string, Person::State> persons;  // by id

  bool holds(const std::string& person_id) const { return persons.contains(person_id); }

  // The links from one of them to another, both included; empty: there are none.
  std::vector<std::string> path(const std::string& from, const std::string& to) const;
};

// The cluster of a person. `load` tells the state of a person's stream; what it refuses is refused.
// More than kClusterMax are not followed: no decision ever makes so many.
Result<Cluster> cluster_of(
    const std::string& person_id,
    const std::function<Result<Person::State>(const std::string& person_id)>& load);

}  // namespace mash::referral
