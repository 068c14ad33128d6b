#pragma once
#include <gtest/gtest.h>

#include <string>

#include "core/testing/given_when_then.h"
#include "mash/referral/v1/person.pb.h"
#include "referral/matching/matcher.h"

namespace mash::referral::matching::testing {

// The weights that are shipped.
inline const Weights& england() {
  static const Weights weights = [] {
    auto loaded = Weights::load(std::string(MASH_SOURCE_DIR) + "/deploy/matching/england.yaml");
    for (const auto& fault : loaded ? std::vector<FieldFault>{} : loaded.error().faults)
      ADD_FAILURE() << fault.field << " " << fault.description;
    return std::move(loaded.value());
  }();
  return weights;
}

inline v1::Identity identity(const std::string& text) {
  return mash::testing::proto<v1::Identity>(text.c_str());
}

inline v1::Likeness likeness(const std::string& one, const std::string& other) {
  const Matcher matcher(england());
  return matcher.compare(matcher.prepare(identity(one)), matcher.prepare(identity(other)));
}

}  // namespace mash::referral::matching::testing
