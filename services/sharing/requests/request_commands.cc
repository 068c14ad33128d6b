#include "sharing/requests/request_commands.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/involve.h"
#include "cases/streams.h"
#include "core/caller.h"
#include "sharing/items/item.h"
#include "sharing/items/item_commands.h"
#include "sharing/requests/request.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// The case that a referral lies in, and all that is joined with it.
struct Place {
  std::string case_id;
  cases::Family family;
};

Result<Place> place_in(log::UnitOfWork& unit, cases::Family family,
                       const std::string& referral_id) {
  for (const std::string& case_id : family.cases) {
    const auto known = unit.observe<cases::KnownCase>(cases::case_stream(case_id));
    if (!known) return tl::unexpected(known.error());
    if (known->referrals.contains(referral_id)) return Place{case_id, std::move(family)};
  }
  return no_such("referral");
}

// Referrals are found by the persons they are about: there are few cases that one is in.
Result<Place> find_referral(log::UnitOfWork& unit, const v1::RequestTerms& terms) {
  std::set<std::string> seen;
  for (int i = 0; i < std::min(terms.person_ids_size(), kPersonsMax); ++i) {
    const auto person = unit.observe<cases::KnownPerson>(cases::person_stream(terms.person_ids(i)));
    if (!person) return tl::unexpected(person.error());
    for (const std::string& case_id : person->cases) {
      if (seen.contains(case_id)) continue;
      auto family = cases::family_of(unit, case_id);
      if (!family) return tl::unexpected(family.error());
      seen.insert(family->cases.begin(), family->cases.end());
      if (family->referrals.contains(terms.referral_id()))
        return place_in(unit, std::move(*family), terms.referral_id());
    }
  }
  return no_such("referral");
}

}  // namespace

Result<std::optional<Consent::State>> consent_in(log::UnitOfWork& unit,
                                                 const std::string& consent_id,
                                                 const cases::Family& family) {
  if (consent_id.empty()) return std::nullopt;
  auto consent = unit.observe<Consent>(consent_stream(consent_id));
  if (!consent) return tl::unexpected(consent.error());
  if (!family.has_case(consent->terms.case_id())) return std::nullopt;
  return std::optional(std::move(*consent));
}

Result<void> request_information(log::UnitOfWork& unit,
                                 const v1::RequestInformationRequest& request) {
  const v1::RequestTerms& terms = request.terms();
  if (!is_hub(unit.context().actor)) return no_such("referral");
  const auto place = find_referral(unit, terms);
  if (!place) return tl::unexpected(place.error());
  auto consent = consent_in(unit, terms.consent_id(), place->family);
  if (!consent) return tl::unexpected(consent.error());
  const log::Target asked{request_stream(fresh_id(unit.context())), place->case_id};
  return unit
      .decide<Request>(asked, Request::Ask{.request = request,
                                           .family = place->family,
                                           .case_id = place->case_id,
                                           .consent = std::move(*consent)})
      .and_then([&] { return cases::involve(unit, place->case_id, {terms.agency()}); });
}

Result<void> answer_request(log::UnitOfWork& unit, const v1::AnswerRequestRequest& request) {
  const log::Target asked{request_stream(request.information_request_id())};
  const auto state = unit.observe<Request>(asked.stream);
  if (!state) return tl::unexpected(state.error());
  const auto family = cases::family_for_caller(unit, state->case_id, "request");
  if (!family) return tl::unexpected(family.error());
  const std::vector<std::string> item_ids = fresh_items(unit.context(), request.items_size());
  return unit.decide<Request>(asked, Request::Answer{.request = request, .item_ids = item_ids})
      .and_then([&] {
        return hold_items(unit, request.items(),
                          {.family = *family,
                           .case_id = state->case_id,
                           .request_id = request.information_request_id()});
      });
}

}  // namespace mash::sharing
