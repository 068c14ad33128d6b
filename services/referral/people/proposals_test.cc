#include "referral/people/proposals.h"

#include <gmock/gmock.h>

#include "referral/joining/history.h"
#include "referral/people/person_commands.h"
#include "referral/testing/service_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Proposals : public ServiceLog {
 protected:
  std::string child_of(const std::string& referral_id) {
    return contact_so_far(*log_, referral_id).value()->received.child_ids(0);
  }

  void propose(const std::string& person_id, const std::string& other_person_id, double weight) {
    Person::Proposal proposal{.other_person_id = other_person_id, .weights = "england@1"};
    proposal.likeness.set_weight(weight);
    run(context(kTriage), [&](log::UnitOfWork& unit) {
      return unit.decide<Person>({person_stream(person_id)}, proposal);
    });
  }

  Result<v1::ListMatchProposalsResponse> page(const v1::ListMatchProposalsRequest& request) {
    v1::ListMatchProposalsResponse response;
    auto looks = list_match_proposals(*log_, request, context(kTriage), response);
    if (!looks) return tl::unexpected(looks.error());
    looks_ = std::move(*looks);
    return response;
  }

  // The weights listed, page by page.
  std::vector<double> listed(v1::ListMatchProposalsRequest request = {}) {
    std::vector<double> weights;
    for (;;) {
      const auto response = page(request).value();
      for (const auto& proposal : response.proposals())
        weights.push_back(proposal.likeness().weight());
      if (response.next_page_token().empty()) return weights;
      request.set_page_token(response.next_page_token());
    }
  }

  host::Looks looks_;
};

TEST_F(Proposals, AreListedTheLikeliestFirst) {
  const std::string known = child_of(submit(kPolice));
  const std::string other = child_of(submit(kPolice));
  const std::string newer = child_of(submit(kSchool));
  const std::string newest = child_of(submit(kSchool));
  propose(newer, known, 12);
  propose(newest, known, 20);
  propose(newest, other, 5);
  EXPECT_THAT(listed(), ElementsAre(20, 12, 5));
  const auto first = page({})->proposals(0);
  EXPECT_EQ(first.person_id(), newest);
  EXPECT_EQ(first.other_person_id(), known);
  EXPECT_THAT(looks_, SizeIs(2));  // at each person whom the page shows
}

TEST_F(Proposals, AreListedByPagesThatDoNotShift) {
  const std::string known = child_of(submit(kPolice));
  std::vector<std::string> newer;
  for (int i = 0; i < 5; ++i) {
    newer.push_back(child_of(submit(kSchool)));
    propose(newer.back(), known, i);
  }
  v1::ListMatchProposalsRequest request;
  request.set_page_size(2);
  EXPECT_THAT(listed(request), ElementsAre(4, 3, 2, 1, 0));

  const auto first = page(request).value();
  propose(child_of(submit(kSchool)), known, 9);
  request.set_page_token(first.next_page_token());
  EXPECT_THAT(listed(request), ElementsAre(2, 1, 0));
}

TEST_F(Proposals, AreListedOfOneReferral) {
  const std::string known = child_of(submit(kPolice));
  const std::string first = submit(kSchool);
  const std::string second = submit(kSchool);
  propose(child_of(first), known, 12);
  propose(child_of(second), known, 20);
  v1::ListMatchProposalsRequest request;
  request.set_referral_id(first);
  EXPECT_THAT(listed(request), ElementsAre(12));
  request.set_referral_id(ids_.next_text());
  EXPECT_THAT(listed(request), IsEmpty());
}

TEST_F(Proposals, AreListedUntilTheyAreDecided) {
  const std::string known = child_of(submit(kPolice));
  const std::string newer = child_of(submit(kSchool));
  propose(newer, known, 12);
  auto request = proto<v1::NotSamePersonRequest>(R"(reason: "Cousins.")");
  request.set_person_id(known);
  request.set_other_person_id(newer);
  run(context(kTriage), [&](log::UnitOfWork& unit) { return not_same_person(unit, request); });
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(Proposals, AreNotListedFromATokenThatNoPageGave) {
  v1::ListMatchProposalsRequest request;
  request.set_page_token("not a token");
  EXPECT_THAT(faulty_fields(page(request)), ElementsAre("page_token"));
  request.clear_page_token();
  request.set_page_size(1'001);
  EXPECT_THAT(faulty_fields(page(request)), ElementsAre("page_size"));
}

TEST_F(Proposals, OfAnErasedPersonAreNotListed) {
  const std::string known = child_of(submit(kPolice));
  const std::string newer = child_of(submit(kSchool));
  propose(newer, known, 12);
  erase(newer);
  EXPECT_THAT(listed(), IsEmpty());
}

}  // namespace
}  // namespace mash::referral
