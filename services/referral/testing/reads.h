#pragma once
#include <optional>
#include <string>
#include <vector>

#include "referral/detail.h"
#include "referral/lists/change_feed.h"
#include "referral/lists/changes.h"
#include "referral/lists/lists.h"
#include "referral/people/person_commands.h"
#include "referral/people/person_reads.h"
#include "referral/referral.h"
#include "referral/testing/service_log.h"

namespace mash::referral::testing {

inline const Actor kAuditor{"auditor", "aud-01", "a-1", "auditor"};

// The service's log, and what it answers, without gRPC.
class Reads : public ServiceLog {
 protected:
  template <class Command>
  Result<log::Appended> then(const Actor& actor, const std::string& referral_id,
                             const Command& command) {
    return run(context(actor), [&](log::UnitOfWork& unit) {
      return unit.decide<Referral>({referral_stream(referral_id)}, command);
    });
  }

  void rate(const std::string& referral_id, v1::Rating rating) {
    v1::RateReferralRequest request;
    request.set_rating(rating);
    request.set_rationale("Seen again.");
    then(kTriage, referral_id, request);
  }

  void accept_and_decide(const std::string& referral_id) {
    then(kTriage, referral_id, proto<v1::DecideContactRequest>(R"(
      outcome: CONTACT_OUTCOME_ACCEPTED rationale: "Accepted.")"));
    auto decide = proto<v1::DecideReferralRequest>(R"(
      decision { outcome: "services" level_of_need: "3" rationale: "Reasons."
                 family_informed: FAMILY_INFORMED_TOLD })");
    decide.set_referral_id(referral_id);
    decide.mutable_decision()->add_evidence_ids(referral_id);
    then(kSocialWorker, referral_id, decide);
  }

  v1::ListReferralsResponse list(const Actor& actor, const v1::ListReferralsRequest& request = {}) {
    v1::ListReferralsResponse response;
    const auto listed = list_referrals(*log_, request, context(actor), response);
    EXPECT_TRUE(listed.has_value()) << mash::testing::brief(listed.error());
    return response;
  }

  std::vector<std::string> listed(const Actor& actor,
                                  const v1::ListReferralsRequest& request = {}) {
    std::vector<std::string> ids;
    const auto page = list(actor, request);
    for (const auto& summary : page.referrals()) ids.push_back(summary.referral_id());
    return ids;
  }

  Result<v1::ReferralDetail> get(const Actor& actor, const std::string& referral_id,
                                 const std::string& purpose = "", std::optional<Time> as_at = {}) {
    v1::GetReferralRequest request;
    request.set_referral_id(referral_id);
    request.set_purpose(purpose);
    if (as_at) to_proto(*as_at, request.mutable_as_at());
    v1::GetReferralResponse response;
    auto looks = get_referral(*log_, request, context(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response.referral();
  }

  Result<v1::GetPersonResponse> person(const Actor& actor, const std::string& person_id,
                                       const std::string& purpose = "") {
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    request.set_purpose(purpose);
    v1::GetPersonResponse response;
    auto looks = get_person(*log_, request, context(actor), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }

  void correct(const Actor& actor, const std::string& person_id, const std::string& name) {
    auto request = proto<v1::CorrectPersonRequest>(R"(reason: "Told by her mother.")");
    request.set_person_id(person_id);
    request.mutable_identity()->set_family_name(name);
    run(context(actor),
        [&](log::UnitOfWork& unit) { return correct_person(*log_, unit, request); });
  }

  ChangeFeed feed_{*log_};
  host::Looks looks_;
};

}  // namespace mash::referral::testing
