#include "referral/people/person_row.h"

#include <algorithm>
#include <limits>

#include "core/caller.h"
#include "core/ids.h"

namespace mash::referral {
namespace {

constexpr size_t kIdBytes = 16;
constexpr int kAgenciesMax = 24;
constexpr size_t kAgencyBytesMax = 700;  // so that a row in full keeps within a view's 4 KiB

// An id's 16 bytes; nothing for what is no id, which no stream is named by.
std::string packed(std::string_view id) {
  const auto uuid = Uuid::parse(id);
  return uuid ? uuid->to_bytes() : std::string();
}

size_t place_of(std::string_view ids, std::string_view id) {
  for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes)
    if (ids.substr(at, kIdBytes) == id) return at;
  return std::string_view::npos;
}

void add(std::string& ids, std::string_view id) {
  const std::string bytes = packed(id);
  if (!bytes.empty() && place_of(ids, bytes) == std::string_view::npos) ids += bytes;
}

void remove(std::string& ids, std::string_view id) {
  const size_t at = place_of(ids, packed(id));
  if (at != std::string_view::npos) ids.erase(at, kIdBytes);
}

void remember_agency(v1::PersonRow& row, const std::string& agency) {
  size_t bytes = agency.size();
  for (const std::string& known : row.agencies()) {
    if (known == agency) return;
    bytes += known.size();
  }
  if (row.agencies_size() < kAgenciesMax && bytes <= kAgencyBytesMax)
    row.add_agencies(agency);
  else
    row.set_more_agencies(true);
}

void be_named(v1::PersonRow& row, const std::string& agency, const std::string& referral_id) {
  remember_agency(row, agency);
  if (referral_id.empty()) return;
  row.set_contact_count(row.contact_count() + 1);
  add(*row.mutable_contacts(), referral_id);
  if (row.contacts().size() > kContactsKept * kIdBytes) row.mutable_contacts()->erase(0, kIdBytes);
}

void settle(v1::PersonRow& row, const std::string& other_person_id) {
  const std::string other = packed(other_person_id);
  auto& open = *row.mutable_proposals();
  const auto settled = std::ranges::find(open, other, &v1::OpenProposal::other_person_id);
  if (settled != open.end()) open.erase(settled);
}

std::string big_endian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

}  // namespace

void evolve_row(v1::PersonRow& row, const v1::PersonEvent& event, uint64_t position) {
  using Event = v1::PersonEvent;
  row.set_version(row.version() + 1);
  switch (event.kind_case()) {
    case Event::kRegistered:
      row.set_referral_id(packed(event.registered().referral_id()));
      row.set_registered_at(position);
      row.set_identity_at(position);
      be_named(row, event.registered().agency(), event.registered().referral_id());
      break;
    case Event::kCorrected:
      row.set_identity_at(position);
      break;
    case Event::kToldOf:
      be_named(row, event.told_of().agency(), event.told_of().referral_id());
      break;
    case Event::kSameProposed: {
      v1::OpenProposal& proposal = *row.add_proposals();
      proposal.set_other_person_id(packed(event.same_proposed().other_person_id()));
      proposal.set_position(position);
      proposal.set_referral_id(packed(event.same_proposed().referral_id()));
      break;
    }
    case Event::kSameDecided:
      settle(row, event.same_decided().other_person_id());
      add(*row.mutable_same_as(), event.same_decided().other_person_id());
      break;
    case Event::kNotSameDecided:
      settle(row, event.not_same_decided().other_person_id());
      remove(*row.mutable_same_as(), event.not_same_decided().other_person_id());
      break;
    case Event::kMetContext:
      // Once for each relation, so that it goes with the last of them.
      *row.mutable_contexts() += packed(event.met_context().context_id());
      break;
    case Event::kLeftContext:
      remove(*row.mutable_contexts(), event.left_context().context_id());
      break;
    case Event::kRelated:
    case Event::kUnrelated:
    case Event::KIND_NOT_SET:  // refused when read
      break;
  }
}

std::string order_of(const v1::PersonRow& row) {
  if (row.proposals().empty()) return std::string(kOrderOfSettled);
  const uint64_t newest = row.proposals(row.proposals_size() - 1).position();
  return '\0' + big_endian(std::numeric_limits<uint64_t>::max() - newest);
}

bool may_know(const v1::PersonRow& row, const Actor& actor) {
  return is_hub(actor) || std::ranges::find(row.agencies(), actor.agency) != row.agencies().end();
}

std::vector<std::string> unpacked(std::string_view ids) {
  std::vector<std::string> all;
  for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes)
    if (const auto id = Uuid::from_bytes(ids.substr(at, kIdBytes))) all.push_back(id->text());
  return all;
}

}  // namespace mash::referral
