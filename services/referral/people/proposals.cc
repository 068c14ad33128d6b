#include "referral/people/proposals.h"

#include <algorithm>
#include <set>

#include "core/checks.h"
#include "core/ids.h"
#include "host/page_token.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/referral/v1/person_events.pb.h"
#include "referral/cases/case_guard.h"
#include "referral/joining/history.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "vault/key_ring.h"

namespace mash::referral {
namespace {

constexpr uint32_t kPageSize = 50;
constexpr uint32_t kPageSizeMax = 1'000;
constexpr size_t kPersonsGathered = 1'000;

using Proposals = std::vector<v1::MatchProposal>;

// Each person's proposals are opened under a key of their own.
void hold_keys(const log::EventLog& log, const std::vector<std::string>& persons) {
  log.options().keys->hold(persons);
}

// A proposal as its event tells it; nothing where that is erased.
Result<std::optional<v1::MatchProposal>> opened(const log::EventLog& log,
                                                const std::string& person_id, uint64_t position) {
  const auto record = log.read(position, true);
  if (!record) return tl::unexpected(record.error());
  return log::opened_events<v1::PersonEvent>(log, {*record})
      .map([&](const log::OpenedEvents<v1::PersonEvent>& read) -> std::optional<v1::MatchProposal> {
        const v1::SamePersonProposed& proposed = read.events.front().same_proposed();
        if (read.erased) return {};
        v1::MatchProposal proposal;
        proposal.set_person_id(person_id);
        proposal.set_other_person_id(proposed.other_person_id());
        *proposal.mutable_likeness() = proposed.likeness();
        *proposal.mutable_proposed_at() = proposed.proposed_at();
        proposal.set_referral_id(proposed.referral_id());
        return proposal;
      });
}

Result<void> gather(const log::EventLog& log, const std::string& person_id,
                    const v1::PersonRow& row, Proposals& proposals) {
  for (const v1::OpenProposal& open : row.proposals()) {
    auto proposal = opened(log, person_id, open.position());
    if (!proposal) return tl::unexpected(proposal.error());
    if (*proposal) proposals.push_back(std::move(**proposal));
  }
  return {};
}

// Of the persons of one referral.
Result<Proposals> of_referral(const log::EventLog& log, const std::string& referral_id) {
  Proposals proposals;
  const auto contact = contact_so_far(log, referral_id);
  if (!contact) return tl::unexpected(contact.error());
  if (!*contact) return proposals;
  const v1::ContactReceived& received = (*contact)->received;
  std::set<std::string> persons(received.child_ids().begin(), received.child_ids().end());
  persons.insert(received.person_ids().begin(), received.person_ids().end());
  hold_keys(log, {persons.begin(), persons.end()});
  for (const std::string& person_id : persons) {
    const auto row = person_row(log, person_id);
    if (!row) return tl::unexpected(row.error());
    if (!*row) continue;
    if (auto gathered = gather(log, person_id, **row, proposals); !gathered)
      return tl::unexpected(gathered.error());
  }
  std::erase_if(proposals, [&](const v1::MatchProposal& proposal) {
    return proposal.referral_id() != referral_id;
  });
  return proposals;
}

// Of the next thousand persons who have any; `token` then says where those after them begin.
Result<Proposals> of_all(const log::EventLog& log, v1::ProposalPageToken& token,
                         std::string& after) {
  log::ListQuery query{.view = std::string(kPersonsView),
                       .as_at_size = token.as_at_size(),
                       .after = token.after(),
                       .limit = kPersonsGathered,
                       .order_below = std::string(kOrderOfSettled)};
  if (token.as_at_size() == 0) query.as_at_size.reset();
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  token.set_as_at_size(page->as_at_size);
  after = page->next;
  Proposals proposals;
  std::vector<std::string> persons;
  for (const log::ListedRow& listed : page->rows) persons.push_back(listed.id);
  hold_keys(log, persons);
  for (const log::ListedRow& listed : page->rows) {
    v1::PersonRow row;
    if (!row.ParseFromString(listed.columns)) continue;
    if (auto gathered = gather(log, listed.id, row, proposals); !gathered)
      return tl::unexpected(gathered.error());
  }
  return proposals;
}

// Leaves out those about persons whom the caller may not see.
Result<void> keep_admitted(const log::EventLog& log, const Actor& actor, Proposals& proposals) {
  CaseGuard guard(log, actor);
  Proposals kept;
  for (v1::MatchProposal& proposal : proposals) {
    const auto one = guard.admits_to_person(proposal.person_id());
    if (!one) return tl::unexpected(one.error());
    const auto other = guard.admits_to_person(proposal.other_person_id());
    if (!other) return tl::unexpected(other.error());
    if (*one && *other) kept.push_back(std::move(proposal));
  }
  proposals = std::move(kept);
  return {};
}

void sort(Proposals& proposals) {
  std::ranges::sort(proposals, [](const v1::MatchProposal& a, const v1::MatchProposal& b) {
    if (a.likeness().weight() != b.likeness().weight())
      return a.likeness().weight() > b.likeness().weight();
    return std::pair(a.person_id(), a.other_person_id()) <
           std::pair(b.person_id(), b.other_person_id());
  });
}

host::Looks look_at(const v1::ListMatchProposalsResponse& response, uint64_t as_at_size) {
  std::set<std::string> shown;
  for (const v1::MatchProposal& proposal : response.proposals()) shown.insert(proposal.person_id());
  host::Looks looks;
  for (const std::string& person_id : shown)
    looks.push_back({.stream_id = person_id, .ids = {person_id}, .as_at_size = as_at_size});
  return looks;
}

}  // namespace

Result<host::Looks> list_match_proposals(const log::EventLog& log,
                                         const v1::ListMatchProposalsRequest& request,
                                         const Context& context,
                                         v1::ListMatchProposalsResponse& response) {
  Checks checks;
  if (request.page_size() > kPageSizeMax)
    checks.fault("page_size", "is more than " + std::to_string(kPageSizeMax));
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  v1::ProposalPageToken token;
  if (!request.page_token().empty()) {
    if (auto read = host::from_page_token(request.page_token(), token); !read)
      return tl::unexpected(read.error());
    if (token.as_at_size() > log.size()) return host::bad_page_token();
  }
  const bool is_later_page = token.as_at_size() > 0;
  std::string after;
  auto proposals = request.referral_id().empty() ? of_all(log, token, after)
                                                 : of_referral(log, request.referral_id());
  if (!proposals) return tl::unexpected(proposals.error());
  if (auto kept = keep_admitted(log, context.actor, *proposals); !kept)
    return tl::unexpected(kept.error());
  sort(*proposals);
  const uint32_t size = request.page_size() == 0 ? kPageSize : request.page_size();
  const size_t begin = std::min<size_t>(token.shown(), proposals->size());
  const size_t end = std::min(begin + size, proposals->size());
  for (size_t i = begin; i < end; ++i) *response.add_proposals() = std::move((*proposals)[i]);
  if (end < proposals->size()) {
    token.set_shown(static_cast<uint32_t>(end));
    response.set_next_page_token(host::to_page_token(token));
  } else if (!after.empty()) {
    token.set_after(after);
    token.set_shown(0);
    response.set_next_page_token(host::to_page_token(token));
  }
  return look_at(response, is_later_page ? token.as_at_size() : 0);
}

}  // namespace mash::referral
