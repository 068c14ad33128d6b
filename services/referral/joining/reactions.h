#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.h"
#include "core/clock.h"
#include "core/result.h"
#include "log/handle.h"
#include "log/lookup.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "referral/joining/person_index.h"

namespace mash::policy {
class Packs;
}

namespace mash::referral {

// What the reactions work with. Everything outlives them.
struct ReactionParts {
  log::EventLog& log;
  log::Lookup& lookup;
  const vault::KeyRing& keys;
  const matching::Matcher& matcher;
  const policy::Packs& packs;
  const Calendar& calendar;
  const Clock& clock;
  // For tests: asked at named points on the way; a refusal there is as if the program had stopped.
  std::function<Result<void>(std::string_view point)> at_point{};
};

// What the hub does by itself about what its log says, as hub_itself("joiner"):
//   - keeps the look-up of persons, contexts and references;
//   - proposes that a person is one known before (SamePersonProposed, with the newer of the two);
//   - finds earlier contacts and re-referrals (ContactHistoryFound) and patterns (PatternsFound)
//     anew wherever who is who, what was accepted or who is in a context changed.
// Each is computed as a whole and appended only where it differs from what stands there, so that
// following a record again changes nothing. Not thread-safe: one thread follows.
class Reactions {
 public:
  explicit Reactions(const ReactionParts& parts);

  // The position of the record to follow next.
  uint64_t next() const;

  // Follows that record, read with its sealed part. A refusal changes nothing in that: the record
  // is to be followed again.
  Result<void> follow(const log::Record& record);

  // Has the look-up's cursor say how far it came. Most records give the look-up nothing to keep,
  // and a cursor that moves with those alone makes none of them happen twice.
  Result<void> save_cursor();

 private:
  Result<log::LookupChanges> react(const log::Record& record);
  Result<log::LookupChanges> react_to_person(const log::Record& record);
  Result<log::LookupChanges> react_to_referral(const log::Record& record);
  Result<log::LookupChanges> react_to_context(const log::Record& record);

  Result<log::LookupChanges> know(const std::string& person_id, const v1::Identity& identity,
                                  const log::Record& record);
  Result<void> propose(const Uuid& person, const v1::Identity& identity, const log::Record& record);
  Result<bool> may_be_proposed(const std::string& newer, const std::string& older,
                               log::UnitOfWork& unit) const;
  Result<void> propose_one(const std::string& newer, const std::string& older,
                           const v1::Likeness& likeness, const log::Record& record);

  // Finds history and patterns anew.
  Result<void> refresh(const std::string& referral_id, const log::Record& cause);
  Result<void> refresh_contacts_of(const std::vector<std::string>& persons, std::string_view after,
                                   const log::Record& cause);
  Result<void> refresh_context(const std::string& context_id, const log::Record& cause);
  Result<void> note_patterns(const struct ContactSoFar& contact, const Context& context,
                             const log::Record& cause);

  Result<Context> context() const;
  Result<void> append(const Context& context, const log::Record& cause, const log::Work& work);
  Result<void> note(const struct ContactSoFar& contact, const v1::ReferralEvent& event,
                    const Context& context, const log::Record& cause);
  Result<void> at_point(std::string_view point) const;

  ReactionParts parts_;
  PersonIndex index_;
  uint64_t followed_ = 0;  // below it, the cursor may still have to move
};

}  // namespace mash::referral
