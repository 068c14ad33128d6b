#pragma once
#include <google/protobuf/repeated_field.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "log/handle.h"
#include "mash/referral/v1/matching.pb.h"
#include "referral/cases/case.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

// Whether one caller may see cases, and what lies in them, for all that whoever else is entitled
// may: restricted cases and barred practitioners (case.h). Every read of a referral, a person, a
// context or a case asks it, besides its own rule of who is entitled; what it does not admit is
// answered with no_such(), and silently left out of lists and streams.
//
// Judged by what holds now, for reads as at the past too. Made for one answer, on one thread: it
// remembers what it found, so a list asks as often as it likes. A case of which nothing was ever
// said costs one look-up by its id.
class CaseGuard {
 public:
  CaseGuard(const log::EventLog& log, Actor actor) : log_(log), actor_(std::move(actor)) {}

  Result<bool> admits(const std::string& case_id);

  Result<bool> admits_to_referral(const std::string& referral_id);

  // Whether it admits to a person: no case of theirs bars the caller, and of those they are part of
  // one at least admits. Theirs are those of everyone held to be the same person: of each the
  // contact they came with and the newest that named them.
  Result<bool> admits_to_person(const std::string& person_id);

  // The same as refusals: NOT_FOUND, as for what is not there. `what`: "referral", "case".
  Result<void> check(const std::string& case_id, std::string_view what);
  Result<void> check_person(const std::string& person_id);

  // Leave out of `items` those about persons, or referrals, named by `id_of`, to which it does not
  // admit.
  template <class Items, class IdOf = std::identity>
  Result<void> keep_admitted(Items& items, IdOf id_of = {}) {
    return keep(items, [&](auto& item) { return admits_to_person(std::invoke(id_of, item)); });
  }
  template <class Items, class IdOf>
  Result<void> keep_admitted_referrals(Items& items, IdOf id_of) {
    return keep(items, [&](auto& item) { return admits_to_referral(std::invoke(id_of, item)); });
  }

  // The same of patterns: others are left out and not counted, and a pattern of which nobody else
  // is left shows nothing.
  using Patterns = google::protobuf::RepeatedPtrField<v1::Pattern>;
  Result<void> keep_admitted_patterns(Patterns& patterns);

  // The same of likenesses, by whom they are likenesses with. Of one that stays, the referral it
  // was found at is told where it admits to that one too.
  using Proposals = google::protobuf::RepeatedPtrField<v1::MatchProposal>;
  Result<void> keep_admitted_proposals(Proposals& proposals);

 private:
  enum class Answer { kOpen, kClosed, kBarred };
  Result<Answer> ask(const std::string& case_id);
  Result<Answer> ask_of_referral(const std::string& referral_id);
  Result<Answer> look_up(const std::string& case_id) const;
  Result<bool> ask_of_person(const std::string& person_id);

  template <class Items, class Question>
  static Result<void> keep(Items& items, Question admits) {
    Items kept;
    for (auto& item : items) {
      const auto admitted = admits(item);
      if (!admitted) return tl::unexpected(admitted.error());
      if (*admitted) *kept.Add() = std::move(item);
    }
    items.Swap(&kept);
    return {};
  }

  const log::EventLog& log_;
  Actor actor_;
  std::map<std::string, Answer> answers_;  // by case
  std::map<std::string, bool> persons_;
};

// The same for commands, in the unit that decides: host::DeskParts::guard. `log` outlives it.
log::Guard command_guard(const log::EventLog& log);

// The same for whoever reads the log itself record by record: host::DeskParts::admits. What a case
// or a person does not admit to keeps its content; the records stay, since they prove each other.
host::Admits read_guard(const log::EventLog& log);

// The state of the case at the head of those that `case_id` is joined with, itself where it stands
// alone; the unit asserts all that was read on the way.
struct Head {
  std::string case_id;
  Case::State state;
};
Result<Head> head_of(log::UnitOfWork& unit, const std::string& case_id);

}  // namespace mash::referral
