#include "referral/joining/person_index.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>
#include <utility>

#include "log/handle.h"
#include "mash/referral/v1/person_events.pb.h"
#include "referral/matching/blocking.h"

namespace mash::referral {
namespace {

constexpr std::string_view kTokenDomain = "person";
// Of one person: who is corrected more often is found by what was known last.
constexpr size_t kIdentitiesMax = 16;
constexpr size_t kPositionBytes = 16;

std::vector<matching::Profile> profiles_of(const Identities& identities,
                                           const matching::Matcher& matcher) {
  std::vector<matching::Profile> profiles;
  for (const auto& identity : identities) profiles.push_back(matcher.prepare(identity));
  return profiles;
}

// A person's note: the positions at which identities of theirs were told, the newest first, as
// fixed-width hexadecimal numbers.
uint64_t position_at(std::string_view note, size_t at) {
  return std::stoull(std::string(note.substr(at, kPositionBytes)), nullptr, 16);
}

std::string put_first(uint64_t position, std::string_view note) {
  std::array<char, kPositionBytes + 1> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(position));
  return text.data() + std::string(note.substr(0, kPositionBytes * (kIdentitiesMax - 1)));
}

std::set<std::string> keys_of(std::span<const matching::Profile> profiles) {
  std::set<std::string> keys;
  for (const auto& profile : profiles)
    for (auto& key : matching::blocking_keys(profile)) keys.insert(std::move(key));
  return keys;
}

}  // namespace

std::string PersonIndex::content(const log::EventLog& log, const matching::Weights& weights) {
  return log.origin() + " " + std::string(matching::kBlockingVersion) + " " + weights.citation();
}

Result<void> PersonIndex::learn(const Uuid& person, uint64_t position,
                                log::LookupChanges& changes) const {
  std::string note = put_first(position, {});
  if (const auto pending = changes.notes.find(person); pending != changes.notes.end()) {
    note = put_first(position, pending->second);
  } else {
    const auto before = lookup_.note(person);
    if (!before) return tl::unexpected(before.error());
    note = put_first(position, *before);
  }
  return read(note).map([&](const Identities& identities) {
    if (identities.empty()) return;
    changes.notes[person] = std::move(note);
    for (const auto& key : keys_of(profiles_of(identities, matcher_)))
      changes.added.push_back(
          {.token = keys_.token(kTokenDomain, key), .id = person, .key = person});
  });
}

Result<Identities> PersonIndex::identities(const Uuid& person) const {
  return lookup_.note(person).and_then([&](const std::string& note) { return read(note); });
}

Result<Identities> PersonIndex::read(std::string_view note) const {
  Identities identities;
  for (size_t at = 0; at + kPositionBytes <= note.size(); at += kPositionBytes) {
    const auto record = log_.read(position_at(note, at), /*with_sealed=*/true);
    if (!record) return tl::unexpected(record.error());
    const auto opened = log::opened_events<v1::PersonEvent>(log_, {*record});
    if (!opened) return tl::unexpected(opened.error());
    if (opened->erased) return Identities{};
    const v1::PersonEvent& event = opened->events.front();
    identities.push_back(event.has_corrected() ? event.corrected().identity()
                                               : event.registered().identity());
  }
  return identities;
}

Result<std::vector<Uuid>> PersonIndex::candidates(
    std::span<const matching::Profile> profiles) const {
  matching::Candidates candidates;
  for (const auto& key : keys_of(profiles)) {
    const auto ids = lookup_.find(keys_.token(kTokenDomain, key), matching::kFoundByKeyMax);
    if (!ids) return tl::unexpected(ids.error());
    candidates.found_by_one_key(*ids);
  }
  return candidates.best();
}

Result<std::vector<LikePerson>> PersonIndex::find(const v1::Identity& wanted,
                                                  double probability_min) const {
  return find(Uuid{}, {wanted}, probability_min);
}

// Each is opened under a key of their own.
void PersonIndex::hold_keys_of(const std::vector<Uuid>& persons) const {
  std::vector<std::string> key_ids;
  for (const Uuid& person : persons) key_ids.push_back(person.text());
  log_.options().keys->hold(key_ids);
}

Result<std::vector<LikePerson>> PersonIndex::find(const Uuid& person, const Identities& wanted,
                                                  double probability_min) const {
  std::vector<LikePerson> found;
  const auto profiles = profiles_of(wanted, matcher_);
  const auto ids = candidates(profiles);
  if (!ids) return tl::unexpected(ids.error());
  hold_keys_of(*ids);
  for (const Uuid& id : *ids) {
    if (id == person) continue;
    const auto known = identities(id);
    if (!known) return tl::unexpected(known.error());
    if (known->empty()) continue;
    auto likeness = matcher_.compare(profiles, profiles_of(*known, matcher_));
    if (likeness.probability() < probability_min) continue;
    found.push_back({id.text(), known->front(), std::move(likeness)});
  }
  std::ranges::stable_sort(found, std::greater(),
                           [](const LikePerson& like) { return like.likeness.probability(); });
  return found;
}

}  // namespace mash::referral
