#include "referral/cases/case_guard.h"

#include <utility>
#include <vector>

#include "core/caller.h"
#include "log/event_log.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "referral/lists/views.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

// A chain of joined cases is no longer than this, or it is not what joining makes.
tl::unexpected<Error> endless() {
  return refuse(Code::kDataLoss, "CASES_DO_NOT_END", "Joined cases lead to no head.");
}

Result<Case::State> read_case(const log::EventLog& log, const std::string& case_id) {
  return log.read_stream(case_stream(case_id))
      .and_then([](const log::StreamHistory& history) {
        return log::public_events<v1::CaseEvent>(history.records);
      })
      .map([](const std::vector<v1::CaseEvent>& events) { return fold<Case>(events); });
}

// The case a referral lies in; empty: there is no such referral.
Result<std::string> case_of_referral(const log::EventLog& log, const std::string& referral_id) {
  return log.row(kTriageView, referral_id)
      .and_then([](const std::optional<std::string>& columns) -> Result<std::string> {
        v1::ReferralRow row;
        if (columns && !row.ParseFromString(*columns))
          return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
        return row.summary().case_id();
      });
}

// The referrals that a person was named in, under any id they are held to have.
Result<std::vector<std::string>> referrals_of(const log::EventLog& log,
                                              const std::string& person_id) {
  return cluster_rows(log, person_id).map([](const std::vector<PersonInRow>& cluster) {
    std::vector<std::string> referrals;
    for (const PersonInRow& person : cluster)
      for (const std::string& ids : {person.row.referral_id(), person.row.contacts()})
        for (std::string& id : unpacked(ids)) referrals.push_back(std::move(id));
    return referrals;
  });
}

}  // namespace

Result<CaseGuard::Answer> CaseGuard::ask(const std::string& case_id) {
  if (const auto known = answers_.find(case_id); known != answers_.end()) return known->second;
  return look_up(case_id).map([&](Answer answer) { return answers_[case_id] = answer; });
}

Result<CaseGuard::Answer> CaseGuard::look_up(const std::string& case_id) const {
  std::string head = case_id;
  for (size_t cases = 0;; ++cases) {
    if (cases == kCasesJoinedMax) return endless();
    const auto joined_into = log_.row(kCaseAccessView, head);
    if (!joined_into) return tl::unexpected(joined_into.error());
    if (!*joined_into) return Answer::kOpen;  // nothing was ever said of it
    if ((*joined_into)->empty()) break;
    head = **joined_into;
  }
  return read_case(log_, head).map([&](const Case::State& state) {
    if (state.access.bars(actor_)) return Answer::kBarred;
    return state.access.admits(actor_) ? Answer::kOpen : Answer::kClosed;
  });
}

Result<bool> CaseGuard::admits(const std::string& case_id) {
  return ask(case_id).map([](Answer answer) { return answer == Answer::kOpen; });
}

Result<CaseGuard::Answer> CaseGuard::ask_of_referral(const std::string& referral_id) {
  return case_of_referral(log_, referral_id).and_then([&](const std::string& case_id) {
    return ask(case_id);
  });
}

Result<bool> CaseGuard::admits_to_referral(const std::string& referral_id) {
  return ask_of_referral(referral_id).map([](Answer answer) { return answer == Answer::kOpen; });
}

Result<bool> CaseGuard::admits_to_person(const std::string& person_id) {
  if (const auto known = persons_.find(person_id); known != persons_.end()) return known->second;
  return ask_of_person(person_id).map([&](bool admits) { return persons_[person_id] = admits; });
}

Result<bool> CaseGuard::ask_of_person(const std::string& person_id) {
  const auto referrals = referrals_of(log_, person_id);
  if (!referrals) return tl::unexpected(referrals.error());
  bool open = referrals->empty();
  for (const std::string& referral_id : *referrals) {
    const auto answer = ask_of_referral(referral_id);
    if (!answer) return tl::unexpected(answer.error());
    if (*answer == Answer::kBarred) return false;
    open = open || *answer == Answer::kOpen;
  }
  return open;
}

Result<void> CaseGuard::check(const std::string& case_id, std::string_view what) {
  return admits(case_id).and_then([&](bool admitted) -> Result<void> {
    if (!admitted) return no_such(what);
    return {};
  });
}

Result<void> CaseGuard::check_person(const std::string& person_id) {
  return admits_to_person(person_id).and_then([](bool admitted) -> Result<void> {
    if (!admitted) return no_such("person");
    return {};
  });
}

Result<void> CaseGuard::keep_admitted_patterns(Patterns& patterns) {
  return keep(patterns, [&](v1::Pattern& pattern) -> Result<bool> {
    const int others = pattern.other_person_ids_size();
    return keep_admitted(*pattern.mutable_other_person_ids()).map([&] {
      const int hidden = others - pattern.other_person_ids_size();
      pattern.set_count(pattern.count() - static_cast<uint32_t>(hidden));
      return hidden == 0 || hidden < others;  // nobody else was told of, or somebody is left
    });
  });
}

Result<void> CaseGuard::keep_admitted_proposals(Proposals& proposals) {
  if (auto kept = keep_admitted(proposals, &v1::MatchProposal::other_person_id); !kept) return kept;
  for (v1::MatchProposal& proposal : proposals) {
    const auto admitted = admits_to_referral(proposal.referral_id());
    if (!admitted) return tl::unexpected(admitted.error());
    if (!*admitted) proposal.clear_referral_id();
  }
  return {};
}

Result<Head> head_of(log::UnitOfWork& unit, const std::string& case_id) {
  Head head{.case_id = case_id, .state = {}};
  for (size_t cases = 0; cases < kCasesJoinedMax; ++cases) {
    auto state = unit.observe<Case>(case_stream(head.case_id));
    if (!state) return tl::unexpected(state.error());
    head.state = std::move(*state);
    if (head.state.joined_into.empty()) return head;
    head.case_id = head.state.joined_into;
  }
  return endless();
}

host::Admits read_guard(const log::EventLog& log) {
  return [&log](const Actor& actor, const std::string& stream,
                const std::string& case_id) -> Result<bool> {
    CaseGuard guard(log, actor);
    if (!case_id.empty()) return guard.admits(case_id);
    if (!stream.starts_with("person/")) return true;
    return guard.admits_to_person(id_in(stream));
  };
}

log::Guard command_guard(const log::EventLog& log) {
  return [&log](log::UnitOfWork& unit, const std::string& stream,
                const std::string& case_id) -> Result<void> {
    const std::string what = stream.substr(0, stream.find('/'));
    if (what == "person") return CaseGuard(log, unit.context().actor).check_person(id_in(stream));
    if (case_id.empty()) return {};
    return head_of(unit, case_id).and_then([&](const Head& head) -> Result<void> {
      if (!head.state.access.admits(unit.context().actor)) return no_such(what);
      return {};
    });
  };
}

}  // namespace mash::referral
