#include "referral/joining/lookups.h"

#include <map>
#include <set>

#include "referral/intake/forms.h"
#include "referral/joining/person_index.h"
#include "referral/matching/folding.h"
#include "vault/key_ring.h"

namespace mash::referral {
namespace {

// Counts up with every change to what else is made findable and by what.
constexpr std::string_view kVersion = "1";
constexpr size_t kContextsByWord = 1'000;
constexpr std::string_view kContextDomain = "referral/context";
constexpr std::string_view kReferenceDomain = "referral/reference";

// Keys of a context: each begins with what kind it is, so that a postcode is never a word.
void add_words(std::string_view name, std::set<std::string>& keys) {
  for (const std::string& word : matching::fold(name)) keys.insert("word " + word);
}

void add_handle(std::string_view handle, std::set<std::string>& keys) {
  if (!handle.empty()) keys.insert("handle " + capitals(std::string(handle)));
}

void add_postcode(std::string_view text, std::set<std::string>& keys) {
  if (const auto postcode = as_postcode(text)) keys.insert("postcode " + *postcode);
}

std::vector<vault::Hash32> tokens_of(const vault::KeyRing& ring, std::string_view domain,
                                     const auto& keys) {
  std::vector<vault::Hash32> tokens;
  for (const std::string& key : keys) tokens.push_back(ring.token(domain, key));
  return tokens;
}

}  // namespace

std::string lookup_content(const log::EventLog& log, const matching::Weights& weights) {
  return PersonIndex::content(log, weights) + " " + std::string(kVersion);
}

std::vector<vault::Hash32> context_tokens(const vault::KeyRing& keys,
                                          const v1::RiskContext& context) {
  std::set<std::string> found_by;
  add_words(context.name(), found_by);
  for (const std::string& name : context.also_known_as()) add_words(name, found_by);
  add_handle(context.handle(), found_by);
  add_postcode(context.postcode(), found_by);
  return tokens_of(keys, kContextDomain, found_by);
}

vault::Hash32 reference_token(const vault::KeyRing& keys, std::string_view agency,
                              std::string_view reference) {
  return keys.token(kReferenceDomain, std::string(agency).append("\n").append(reference));
}

std::vector<log::LookupEntry> entries(const std::vector<vault::Hash32>& tokens, const Uuid& id,
                                      const Uuid& key) {
  std::vector<log::LookupEntry> all;
  for (const vault::Hash32& token : tokens) all.push_back({.token = token, .id = id, .key = key});
  return all;
}

Result<std::vector<std::string>> contexts_found_by(const log::Lookup& lookup,
                                                   const vault::KeyRing& keys,
                                                   std::string_view text) {
  std::set<std::string> words;
  std::set<std::string> whole;
  add_words(text, words);
  add_handle(text, whole);
  add_postcode(text, whole);
  std::set<Uuid> found;
  std::map<Uuid, size_t> words_of;
  for (const vault::Hash32& token : tokens_of(keys, kContextDomain, words)) {
    const auto ids = lookup.find(token, kContextsByWord);
    if (!ids) return tl::unexpected(ids.error());
    for (const Uuid& id : *ids)
      if (++words_of[id] == words.size()) found.insert(id);
  }
  for (const vault::Hash32& token : tokens_of(keys, kContextDomain, whole)) {
    const auto ids = lookup.find(token, kContextsByWord);
    if (!ids) return tl::unexpected(ids.error());
    found.insert(ids->begin(), ids->end());
  }
  std::vector<std::string> all;
  for (const Uuid& id : found) all.push_back(id.text());
  return all;
}

}  // namespace mash::referral
