#pragma once
#include <span>
#include <string>
#include <vector>

#include "log/event_log.h"
#include "log/lookup.h"
#include "mash/referral/v1/person.pb.h"
#include "referral/matching/matcher.h"
#include "vault/key_ring.h"

namespace mash::referral {

// All that was ever told of who a person is, the newest first. Empty where it was erased or there
// is no such person.
using Identities = std::vector<v1::Identity>;

// Somebody who may be the person looked for.
struct LikePerson {
  std::string person_id;
  v1::Identity identity;  // as known now
  v1::Likeness likeness;
};

// Finds persons who may be the one described: the keyed look-up names candidates, those worth it
// are opened from the log and compared. Thread-safe; what it is made over outlives it.
class PersonIndex {
 public:
  PersonIndex(const log::EventLog& log, const vault::KeyRing& keys, const log::Lookup& lookup,
              const matching::Matcher& matcher)
      : log_(log), keys_(keys), lookup_(lookup), matcher_(matcher) {}

  // What a look-up of this log's persons by these weights is opened as (LookupOptions::content).
  static std::string content(const log::EventLog& log, const matching::Weights& weights);

  // Takes in that the record at `position` told anew who a person is: adds to what its reader will
  // apply to the look-up what they are found by now, under all they were ever known as. Changes
  // nothing for a person whose key is destroyed. Constant time, however long the person's stream
  // is.
  Result<void> learn(const Uuid& person, uint64_t position, log::LookupChanges& changes) const;

  // All that was told of a person who is in the look-up.
  Result<Identities> identities(const Uuid& person) const;

  // Those at least so likely, the likeliest first; persons whom the look-up does not know yet are
  // not among them.
  Result<std::vector<LikePerson>> find(const v1::Identity& wanted, double probability_min) const;

  // The same for a person of the log: likenesses of any of their identities, without themselves.
  Result<std::vector<LikePerson>> find(const Uuid& person, const Identities& identities,
                                       double probability_min) const;

 private:
  Result<Identities> read(std::string_view note) const;
  void hold_keys_of(const std::vector<Uuid>& persons) const;
  Result<std::vector<Uuid>> candidates(std::span<const matching::Profile> profiles) const;

  const log::EventLog& log_;
  const vault::KeyRing& keys_;
  const log::Lookup& lookup_;
  const matching::Matcher& matcher_;
};

}  // namespace mash::referral
