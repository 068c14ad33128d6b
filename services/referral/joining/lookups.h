#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "log/event_log.h"
#include "log/lookup.h"
#include "mash/referral/v1/context.pb.h"
#include "referral/matching/weights.h"

namespace mash::vault {
class KeyRing;
}

namespace mash::referral {

// What the look-up of this service finds besides persons (person_index.h): contexts of risk, and
// contacts by their sender's reference.

// What such a look-up is opened as (LookupOptions::content).
std::string lookup_content(const log::EventLog& log, const matching::Weights& weights);

// A context of risk: by the words of its names, its handle and its postcode.
std::vector<vault::Hash32> context_tokens(const vault::KeyRing& keys,
                                          const v1::RiskContext& context);

// A contact: by the reference its sender has for it.
vault::Hash32 reference_token(const vault::KeyRing& keys, std::string_view agency,
                              std::string_view reference);

// Entries for one id, under a key.
std::vector<log::LookupEntry> entries(const std::vector<vault::Hash32>& tokens, const Uuid& id,
                                      const Uuid& key);

// Contexts by what somebody wrote who looks for one: those that have all its words, or its handle,
// or its postcode.
Result<std::vector<std::string>> contexts_found_by(const log::Lookup& lookup,
                                                   const vault::KeyRing& keys,
                                                   std::string_view text);

}  // namespace mash::referral
