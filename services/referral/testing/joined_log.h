#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "log/lookup.h"
#include "policy/packs.h"
#include "referral/joining/history.h"
#include "referral/joining/joiner.h"
#include "referral/joining/lookups.h"
#include "referral/matching/matcher.h"
#include "referral/people/person_commands.h"
#include "referral/testing/service_log.h"

namespace mash::referral::testing {

// The service's log with a joiner that follows it.
class JoinedLog : public ServiceLog {
 protected:
  static constexpr auto kPatience = std::chrono::seconds(120);
  static constexpr auto kRetry = std::chrono::milliseconds(2);

  JoinedLog() { open_lookup("lookup"); }

  void open_lookup(const std::string& folder) {
    lookup_.reset();
    auto opened = log::Lookup::open({.directory = vault_.folder() / folder,
                                     .content = lookup_content(*log_, weights_),
                                     .block_cache_bytes = 1 << 20,
                                     .memtable_bytes = 1 << 20});
    ASSERT_TRUE(opened.has_value()) << mash::testing::brief(opened.error());
    lookup_ = std::move(*opened);
  }

  ReactionParts parts() {
    return {.log = *log_,
            .lookup = *lookup_,
            .keys = ring_,
            .matcher = matcher_,
            .packs = packs_,
            .calendar = calendar(),
            .clock = vault_.clock};
  }

  void start() { joiner_.emplace(JoinerParts{.reactions = parts(), .retry_after = kRetry}); }
  void stop() { joiner_.reset(); }

  // Waits until everything is followed, what the joiner appended itself too.
  void settle() {
    if (!joiner_) start();
    for (uint64_t size = 0; size != log_->size();) {
      size = log_->size();
      ASSERT_TRUE(lookup_->wait_until(size, kPatience)) << "the joiner does not follow";
    }
  }

  // A contact of one child of whom an agency tells this.
  static v1::SubmitContactRequest about(const std::string& identity,
                                        const std::string& factor = "16A") {
    v1::SubmitContactRequest request = contact();
    *request.mutable_children(0)->mutable_identity() = proto<v1::Identity>(identity.c_str());
    request.mutable_children(0)->mutable_account()->clear_factors();
    request.mutable_children(0)->mutable_account()->add_factors(factor);
    return request;
  }

  std::string child_of(const std::string& referral_id, int index = 0) {
    return contact_so_far(*log_, referral_id).value()->received.child_ids(index);
  }

  void hold_same(const std::string& one, const std::string& other) {
    auto request = proto<v1::SamePersonRequest>(R"(reason: "Same NHS number.")");
    request.set_person_id(one);
    request.set_other_person_id(other);
    run(context(kTriage), [&](log::UnitOfWork& unit) { return same_person(*log_, unit, request); });
  }

  void hold_apart(const std::string& one, const std::string& other) {
    auto request = proto<v1::NotSamePersonRequest>(R"(reason: "Mixed up.")");
    request.set_person_id(one);
    request.set_other_person_id(other);
    run(context(kTriage), [&](log::UnitOfWork& unit) { return not_same_person(unit, request); });
  }

  // A place at which children may be at risk.
  std::string register_place() {
    const auto request = proto<v1::RegisterContextRequest>(R"(
      context { kind: RISK_CONTEXT_KIND_PLACE name: "The arches" })");
    const auto appended = run(context(kTriage, 1), [&](log::UnitOfWork& unit) {
      return register_context(*log_, unit, request);
    });
    return id_in(appended->events.front().stream);
  }

  const matching::Weights weights_ =
      matching::Weights::load(MASH_SOURCE_DIR "/deploy/matching/england.yaml").value();
  const matching::Matcher matcher_{weights_};
  const policy::Packs packs_ = policy::Packs::load(MASH_SOURCE_DIR "/deploy/policy").value();
  std::unique_ptr<log::Lookup> lookup_;
  std::optional<Joiner> joiner_;
};

// A child as the police tell of her, as her school does, and somebody else.
inline constexpr char kAda[] = R"(
  given_names: "Ada" family_name: "Bell" birth_date { year: 2019 month: 5 day: 2 }
  nhs_number { value: "9990000018" } addresses { postcode: "GL1 2TG" })";
inline constexpr char kAdaAtSchool[] = R"(
  given_names: "Adah" family_name: "Bell" birth_date { year: 2019 month: 2 day: 5 }
  nhs_number { value: "9990000018" } addresses { postcode: "GL1 2TG" })";
inline constexpr char kSomebodyElse[] = R"(
  given_names: "Mohammed" family_name: "Khan" birth_date { year: 2012 month: 11 day: 23 }
  addresses { postcode: "B1 1AA" })";

}  // namespace mash::referral::testing
