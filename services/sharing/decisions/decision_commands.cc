#include "sharing/decisions/decision_commands.h"

#include <set>
#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "cases/involve.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "sharing/decisions/decision.h"
#include "sharing/decisions/decision_terms.h"
#include "sharing/law/gather.h"
#include "sharing/requests/request.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// What a decision in force says of one item.
v1::ItemDecided decided_of(const v1::DecidedItem& item, const std::string& decision_id,
                           const Decision::State& decision, const Context& context) {
  v1::ItemDecided decided;
  decided.set_decision_id(decision_id);
  decided.set_decision_version(decision.version);
  decided.set_disposition(item.disposition());
  *decided.mutable_recipients() = decision.terms.recipients();
  decided.set_ground(item.ground());
  to_proto(context.now, decided.mutable_decided_at());
  if (item.has_look_again_at()) *decided.mutable_look_again_at() = item.look_again_at();
  return decided;
}

Result<void> tell_items(log::UnitOfWork& unit, const std::string& decision_id,
                        const Decision::State& decision) {
  for (const v1::DecidedItem& item : decision.terms.items()) {
    v1::ItemDecided decided = decided_of(item, decision_id, decision, unit.context());
    auto told = unit.decide<Item>({item_stream(item.item_id())}, Item::Decide{decided});
    if (told && item.disposition() == v1::ITEM_DISPOSITION_SANITISED) {
      decided.set_disposition(v1::ITEM_DISPOSITION_RELEASED);
      decided.clear_ground();
      told = unit.decide<Item>({item_stream(item.sanitised_item_id())}, Item::Decide{decided});
    }
    if (!told) return told;
  }
  return {};
}

// Who is given something may know of the case from now on. From whom all is withheld does not learn
// of it by that.
Result<void> involve_recipients(log::UnitOfWork& unit, const Decision::State& decision) {
  if (decision.terms.outcome() == v1::SHARING_OUTCOME_WITHHOLD) return {};
  std::set<std::string> agencies;
  for (const v1::Recipient& recipient : decision.terms.recipients())
    agencies.insert(recipient.agency());
  return cases::involve(unit, decision.terms.case_id(), agencies);
}

// Every item it named hears that it holds no more.
Result<void> end_decision(log::UnitOfWork& unit, const std::string& decision_id,
                          const v1::DecisionTerms& terms) {
  for (const v1::DecidedItem& item : terms.items())
    for (const std::string& item_id : {item.item_id(), item.sanitised_item_id()}) {
      if (item_id.empty()) continue;
      if (auto ended = unit.decide<Item>({item_stream(item_id)}, Item::EndDecision{decision_id});
          !ended)
        return ended;
    }
  return {};
}

// What a decision comes to once it is recorded or signed: where it is in force, the one it
// supersedes ends, and its items and recipients are told.
Result<void> take_effect(log::UnitOfWork& unit, const std::string& decision_id) {
  const auto decision = unit.observe<Decision>(decision_stream(decision_id));
  if (!decision) return tl::unexpected(decision.error());
  if (!decision->in_force()) return {};
  if (!decision->supersedes.empty()) {
    const std::string old = decision_stream(decision->supersedes);
    const auto before = unit.observe<Decision>(old);
    if (!before) return tl::unexpected(before.error());
    auto ended = unit.decide<Decision>({old}, Decision::Supersede{decision_id});
    if (ended) ended = end_decision(unit, decision->supersedes, before->terms);
    if (!ended) return ended;
  }
  return tell_items(unit, decision_id, *decision).and_then([&] {
    return involve_recipients(unit, *decision);
  });
}

// It stays in the case of the one that it supersedes.
Result<void> check_superseded(log::UnitOfWork& unit, const std::string& decision_id,
                              const cases::Family& family) {
  if (decision_id.empty()) return {};
  const auto old = unit.observe<Decision>(decision_stream(decision_id));
  if (!old) return tl::unexpected(old.error());
  Checks checks;
  if (!family.has_case(old->terms.case_id()))
    checks.fault("terms.case_id", "is another case than the superseded decision's");
  return checks.verdict();
}

// The request that it answers lies in the case and was put to its maker's agency.
Result<void> check_request(log::UnitOfWork& unit, const v1::DecisionTerms& terms,
                           const cases::Family& family) {
  const std::string& request_id = terms.information_request_id();
  if (request_id.empty()) return {};
  const auto request = unit.observe<Request>(request_stream(request_id));
  if (!request) return tl::unexpected(request.error());
  Checks checks;
  if (!family.has_case(request->case_id) || request->terms.agency() != unit.context().actor.agency)
    checks.fault("terms.information_request_id",
                 "is no request of this case that was put to the caller's agency");
  return checks.verdict();
}

struct NewDecision {
  const v1::DecisionTerms& terms;
  std::string supersedes{};
  std::string reason{};
};

Result<void> record(log::UnitOfWork& unit, const NewDecision& decision) {
  const Context& context = unit.context();
  const v1::DecisionTerms& terms = decision.terms;
  Checks checks;
  check_terms(terms, checks);
  if (auto sound = checks.verdict(); !sound) return sound;
  const auto family = cases::family_for_caller(unit, terms.case_id());
  if (!family) return tl::unexpected(family.error());
  if (auto sound = check_superseded(unit, decision.supersedes, *family); !sound) return sound;
  if (auto sound = check_request(unit, terms, *family); !sound) return sound;
  const auto facts =
      gather(terms, *family, *context.agencies,
             {.maker = context.actor, .now = context.now, .supersedes = decision.supersedes},
             sources_in(unit));
  if (!facts) return tl::unexpected(facts.error());
  const std::string& decision_id = fresh_id(context);
  return unit
      .decide<Decision>({decision_stream(decision_id), terms.case_id()},
                        Decision::Record{.terms = terms,
                                         .facts = *facts,
                                         .supersedes = decision.supersedes,
                                         .supersedes_reason = decision.reason})
      .and_then([&] { return take_effect(unit, decision_id); });
}

}  // namespace

Result<void> record_decision(log::UnitOfWork& unit, const v1::RecordDecisionRequest& request) {
  return record(unit, {.terms = request.terms()});
}

Result<void> countersign_decision(log::UnitOfWork& unit,
                                  const v1::CountersignDecisionRequest& request) {
  const Context& context = unit.context();
  const std::string stream = decision_stream(request.decision_id());
  const auto decision = unit.observe<Decision>(stream);
  if (!decision) return tl::unexpected(decision.error());
  const auto family = cases::family_for_caller(unit, decision->terms.case_id(), "decision");
  if (!family) return tl::unexpected(family.error());
  const auto facts = gather(decision->terms, *family, *context.agencies,
                            {.maker = {.agency = decision->agency,
                                       .system = {},
                                       .practitioner = decision->decided_by,
                                       .role = {}},
                             .now = context.now,
                             .supersedes = decision->supersedes},
                            sources_in(unit));
  if (!facts) return tl::unexpected(facts.error());
  const uint64_t version = decision->version;
  return unit.decide<Decision>({stream}, Decision::Countersign{.request = request, .facts = *facts})
      .and_then([&]() -> Result<void> {
        const auto signed_now = unit.observe<Decision>(stream);
        if (!signed_now) return tl::unexpected(signed_now.error());
        // Already so: then its effect came with the signature.
        if (signed_now->version == version) return {};
        return take_effect(unit, request.decision_id());
      });
}

Result<void> supersede_decision(log::UnitOfWork& unit,
                                const v1::SupersedeDecisionRequest& request) {
  // Asked of the old one first: its version is the one that the caller expects.
  return unit.decide<Decision>({decision_stream(request.decision_id())}, Decision::Replace{})
      .and_then([&] {
        return record(unit, {.terms = request.terms(),
                             .supersedes = request.decision_id(),
                             .reason = request.reason()});
      });
}

}  // namespace mash::sharing
