#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <set>

#include "integration/grpc_helpers.h"
#include "integration/hub_test.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"

// Who may see a case, and what joining and parting make of it: over gRPC, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using log::v1::LogService;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using v1::PersonService;
using v1::ReferralService;

const Caller kOtherManager{"social-care", "mm-2", "mash-manager"};
const Caller kOtherOfficer{"police", "pc-2", "practitioner"};
const Caller kPoliceSystem{"police", "", "referrer-system"};

class Cases : public HubTest {
 protected:
  struct Contact {
    std::string referral_id;
    std::string case_id;
    std::string child_id;
  };

  Contact submit(const Caller& caller = kPolice) {
    const auto taken =
        done(caller, &ReferralService::Stub::SubmitContact, message<v1::SubmitContactRequest>(R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
    return {taken.referral_id(), taken.case_id(), taken.child_ids(0)};
  }

  static v1::RestrictCaseRequest restriction(const std::string& case_id,
                                             const std::vector<Caller>& named) {
    v1::RestrictCaseRequest request;
    request.set_case_id(case_id);
    request.set_reason("A colleague's family.");
    for (const Caller& one : named) {
      request.add_named()->set_agency(one.agency);
      request.mutable_named()->rbegin()->set_practitioner(one.practitioner);
    }
    return request;
  }
  void restrict(const std::string& case_id, const std::vector<Caller>& named) {
    done(kManager, &ReferralService::Stub::RestrictCase, restriction(case_id, named));
  }

  void bar(const std::string& case_id, const Caller& caller, bool lift = false) {
    v1::BarPractitionerRequest request;
    request.set_case_id(case_id);
    request.mutable_practitioner()->set_agency(caller.agency);
    request.mutable_practitioner()->set_practitioner(caller.practitioner);
    request.set_ground(v1::BAR_GROUND_KNOWN_TO_FAMILY);
    request.set_reason("Their neighbour.");
    request.set_lift(lift);
    done(kManager, &ReferralService::Stub::BarPractitioner, request);
  }

  Result<v1::JoinCasesResponse> join(const Caller& caller, const std::string& case_id,
                                     const std::string& into) {
    v1::JoinCasesRequest request;
    request.set_case_id(case_id);
    request.set_into_case_id(into);
    request.set_reason("One family.");
    return call(caller, &ReferralService::Stub::JoinCases, request);
  }

  Result<v1::PartCasesResponse> part(const Caller& caller, const std::string& case_id) {
    v1::PartCasesRequest request;
    request.set_case_id(case_id);
    request.set_reason("Another family of that name.");
    return call(caller, &ReferralService::Stub::PartCases, request);
  }

  Result<v1::GetReferralResponse> read(const Caller& caller, const std::string& referral_id) {
    v1::GetReferralRequest request;
    request.set_referral_id(referral_id);
    return call(caller, &ReferralService::Stub::GetReferral, request);
  }

  Result<v1::GetPersonResponse> read_person(const Caller& caller, const std::string& person_id) {
    v1::GetPersonRequest request;
    request.set_person_id(person_id);
    return call(caller, &PersonService::Stub::GetPerson, request);
  }

  Result<v1::GetCaseResponse> read_case(const Caller& caller, const std::string& case_id,
                                        const std::string& purpose = "") {
    v1::GetCaseRequest request;
    request.set_case_id(case_id);
    request.set_purpose(purpose);
    return call(caller, &ReferralService::Stub::GetCase, request);
  }

  std::vector<std::string> listed(const Caller& caller) {
    const auto list =
        done(caller, &ReferralService::Stub::ListReferrals, v1::ListReferralsRequest());
    std::vector<std::string> ids;
    for (const auto& one : list.referrals()) ids.push_back(one.referral_id());
    return ids;
  }

  // The referrals that a stream from the start of the log tells of until it knows `until`.
  std::set<std::string> watched(const Caller& caller, const std::string& until) {
    ReferralService::Stub stub(hub_.channel(caller.agency));
    grpc::ClientContext context;
    TestHub::dress(context, caller);
    v1::WatchReferralsRequest request;
    request.set_from_position(0);
    const auto stream = stub.WatchReferrals(&context, request);
    std::set<std::string> ids;
    v1::WatchReferralsResponse told;
    while (!ids.contains(until) && stream->Read(&told))
      for (const auto& change : told.changes()) ids.insert(change.referral().referral_id());
    context.TryCancel();
    stream->Finish();
    return ids;
  }

  // How many looks at the case are recorded.
  int looks_at(const std::string& case_id) {
    LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    log::v1::ReadLogRequest request;
    request.set_log("referral");
    request.set_stream("look/" + case_id);
    const auto reader = stub.ReadLog(&context, request);
    int looks = 0;
    for (log::v1::ReadLogResponse response; reader->Read(&response);)
      looks += response.entries_size();
    EXPECT_TRUE(reader->Finish().ok());
    return looks;
  }

  // Whether the log's own records of the contact and its child show this to an auditor.
  bool log_shows(const Contact& contact, const std::string& text) {
    LogService::Stub stub(hub_.channel(kAuditor.agency));
    std::string shown;
    for (const std::string& stream :
         {"referral/" + contact.referral_id, "person/" + contact.child_id}) {
      grpc::ClientContext context;
      TestHub::dress(context, kAuditor);
      log::v1::ReadLogRequest request;
      request.set_log("referral");
      request.set_stream(stream);
      request.set_purpose("Complaint 12.");
      const auto reader = stub.ReadLog(&context, request);
      for (log::v1::ReadLogResponse response; reader->Read(&response);)
        for (const auto& entry : response.entries()) shown += entry.event_json();
      EXPECT_TRUE(reader->Finish().ok());
    }
    EXPECT_NE(shown, "");
    return shown.find(text) != std::string::npos;
  }

  // The hub's time: all that was answered before has been recorded by then.
  google::protobuf::Timestamp time_now() {
    return read(kTriage, submit().referral_id)->referral().summary().received_at();
  }

  void expect_sees(const Caller& caller, const Contact& contact, bool sees) {
    SCOPED_TRACE(caller.agency + " " + caller.practitioner + " " + caller.role);
    const std::string expected = sees ? "accepted" : "NOT_FOUND";
    EXPECT_EQ(told(read(caller, contact.referral_id)), expected);
    EXPECT_EQ(told(read_person(caller, contact.child_id)), expected);
    const bool of_agency = caller.role == "practitioner" || caller.role == "referrer-system";
    EXPECT_EQ(told(read_case(caller, contact.case_id)), of_agency ? "ROLE_MAY_NOT_CALL" : expected);
    EXPECT_THAT(listed(caller),
                sees ? ::testing::Matcher<std::vector<std::string>>(Contains(contact.referral_id))
                     : Not(Contains(contact.referral_id)));
    const Contact last =
        submit({.agency = "police", .practitioner = "pc-9", .role = "practitioner"});
    if (caller.agency == "health") return;  // hears of nothing that the police send
    EXPECT_EQ(watched(caller, last.referral_id).contains(contact.referral_id), sees);
  }
};

TEST_F(Cases, ARestrictedOneExistsForThoseNamedAlone) {
  const Contact contact = submit();
  restrict(contact.case_id, {kSocialWorker});
  for (const Caller& caller : {kSocialWorker, kManager, kAuditor, kPoliceSystem})
    expect_sees(caller, contact, true);
  for (const Caller& caller : {kTriage, kOtherManager, kPolice, kOtherOfficer})
    expect_sees(caller, contact, false);
}

TEST_F(Cases, ARestrictionIsLifted) {
  const Contact contact = submit();
  restrict(contact.case_id, {kSocialWorker});
  restrict(contact.case_id, {});
  for (const Caller& caller : {kTriage, kOtherManager, kPolice}) expect_sees(caller, contact, true);
}

TEST_F(Cases, APractitionerWhoSubmittedTheContactIsBarredFromIt) {
  const Contact contact = submit();
  bar(contact.case_id, kPolice);
  expect_sees(kPolice, contact, false);
  expect_sees(kOtherOfficer, contact, true);
  expect_sees(kPoliceSystem, contact, true);
  bar(contact.case_id, kPolice, true);
  expect_sees(kPolice, contact, true);
}

TEST_F(Cases, AnAuditorIsBarredLikeAnyoneElse) {
  const Contact contact = submit();
  EXPECT_TRUE(log_shows(contact, "Left alone overnight."));
  EXPECT_TRUE(log_shows(contact, "Bell"));
  bar(contact.case_id, kAuditor);
  expect_sees(kAuditor, contact, false);
  EXPECT_FALSE(log_shows(contact, "Left alone overnight."));
  EXPECT_FALSE(log_shows(contact, "Bell"));
}

// The methods that are about one referral, case or person.
std::vector<const google::protobuf::MethodDescriptor*> methods_about_one() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const auto* file : {v1::SubmitContactRequest::descriptor()->file(),
                           v1::RegisterPersonRequest::descriptor()->file()})
    for (int i = 0; i < file->service(0)->method_count(); ++i) {
      const auto* method = file->service(0)->method(i);
      for (const char* id : {"referral_id", "case_id", "person_id"})
        if (const auto* field = method->input_type()->FindFieldByName(id);
            field != nullptr && is_required(*field))
          methods.push_back(method);
    }
  return methods;
}

TEST_F(Cases, NoMethodTellsABarredPractitionerOfAnyAgencyThatThereIsOne) {
  const Contact contact = submit();
  const std::string other_case = submit().case_id;
  int not_found = 0;
  for (const Caller& caller : {kPolice, kHealth, Caller{"education", "t-1", "practitioner"},
                               kTriage, kSocialWorker, kOtherManager, kAuditor, kOperator}) {
    bar(contact.case_id, caller);
    for (const auto* method : methods_about_one()) {
      const std::unique_ptr<google::protobuf::Message> request(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(method->input_type())
              ->New());
      fill_required(*request, {{"request_id", new_request_id()},
                               {"referral_id", contact.referral_id},
                               {"case_id", contact.case_id},
                               {"into_case_id", other_case},
                               {"person_id", contact.child_id}});
      const auto status = call_raw(
          hub_.channel(caller.agency), "/" + method->service()->full_name() + "/" + method->name(),
          request->SerializeAsString(),
          {{"mash-practitioner", caller.practitioner}, {"mash-role", caller.role}});
      EXPECT_THAT(status.error_code(),
                  AnyOf(grpc::NOT_FOUND, grpc::PERMISSION_DENIED, grpc::INVALID_ARGUMENT))
          << method->name() << " to " << caller.agency << ": " << status.error_message();
      if (status.error_code() == grpc::NOT_FOUND) ++not_found;
    }
  }
  EXPECT_GT(not_found, 40);  // and not for what was wrong with the requests
}

TEST_F(Cases, ACaseForNobodyIsAnsweredLikeOneThatIsNotThere) {
  const Contact contact = submit();
  restrict(contact.case_id, {});
  restrict(contact.case_id, {kSocialWorker});
  const auto same = [](const Error& one, const Error& other) {
    EXPECT_EQ(one.code, other.code);
    EXPECT_EQ(one.reason, other.reason);
    EXPECT_EQ(one.message, other.message);
    EXPECT_EQ(one.metadata, other.metadata);
  };
  const std::string unknown = "01925f3a-7c1e-7b43-9d52-0242ac120009";
  same(read(kTriage, contact.referral_id).error(), read(kTriage, unknown).error());
  same(read_person(kTriage, contact.child_id).error(), read_person(kTriage, unknown).error());
  same(part(kOtherManager, contact.case_id).error(), part(kOtherManager, unknown).error());
  v1::RateReferralRequest rate;
  rate.set_rating(v1::RATING_RED);
  rate.set_referral_id(contact.referral_id);
  const auto hidden = call(kTriage, &ReferralService::Stub::RateReferral, rate);
  rate.set_referral_id(unknown);
  same(hidden.error(), call(kTriage, &ReferralService::Stub::RateReferral, rate).error());
}

TEST_F(Cases, ThatAreNotThereAreNotFound) {
  const Contact contact = submit();
  EXPECT_EQ(told(join(kManager, contact.case_id, contact.child_id)), "NOT_FOUND");
  EXPECT_EQ(told(join(kManager, contact.referral_id, contact.case_id)), "NOT_FOUND");
}

TEST_F(Cases, AreNotJoinedInACircle) {
  const Contact one = submit();
  const Contact two = submit();
  const Contact three = submit();
  EXPECT_EQ(told(join(kSocialWorker, one.case_id, one.case_id)), "CASES_IN_A_CIRCLE");
  EXPECT_EQ(told(join(kSocialWorker, one.case_id, two.case_id)), "accepted");
  EXPECT_EQ(told(join(kSocialWorker, two.case_id, three.case_id)), "accepted");
  EXPECT_EQ(told(join(kSocialWorker, three.case_id, one.case_id)), "CASES_IN_A_CIRCLE");
  EXPECT_EQ(told(join(kSocialWorker, two.case_id, one.case_id)), "accepted");  // so already
}

TEST_F(Cases, AreJoinedOnce) {
  const Contact one = submit();
  const Contact two = submit();
  const Contact three = submit();
  EXPECT_FALSE(join(kSocialWorker, one.case_id, two.case_id)->receipt().event_ids().empty());
  EXPECT_TRUE(join(kSocialWorker, one.case_id, two.case_id)->receipt().event_ids().empty());
  EXPECT_EQ(told(join(kSocialWorker, one.case_id, three.case_id)), "CASE_IS_JOINED");
  EXPECT_TRUE(part(kSocialWorker, three.case_id)->receipt().event_ids().empty());
}

TEST_F(Cases, ThatAreJoinedAreSeenByWhoeverMaySeeThemAll) {
  const Contact barred = submit();
  const Contact other = submit(kHealth);
  bar(barred.case_id, kPolice);
  restrict(other.case_id, {kSocialWorker});
  EXPECT_EQ(told(join(kSocialWorker, barred.case_id, other.case_id)), "RESTRICTION_NEEDS_MANAGER");
  EXPECT_EQ(told(join(kManager, barred.case_id, other.case_id)), "accepted");
  for (const Contact& contact : {barred, other}) {
    EXPECT_EQ(told(read(kTriage, contact.referral_id)), "NOT_FOUND");
    EXPECT_EQ(told(read(kSocialWorker, contact.referral_id)), "accepted");
  }
  EXPECT_EQ(told(part(kManager, barred.case_id)), "accepted");
  expect_sees(kPolice, barred, false);
  expect_sees(kTriage, barred, false);
  expect_sees(kSocialWorker, barred, true);
}

TEST_F(Cases, AContactThatBelongsToAnOpenCaseJoinsIt) {
  const Contact open = submit();
  const Contact later = submit(kHealth);
  bar(open.case_id, kHealth);
  v1::DecideContactRequest request;
  request.set_referral_id(later.referral_id);
  request.set_outcome(v1::CONTACT_OUTCOME_TO_OPEN_CASE);
  request.set_rationale("The same family, known since spring.");
  request.set_open_case_id("01925f3a-7c1e-7b43-9d52-0242ac120009");
  EXPECT_EQ(told(call(kTriage, &ReferralService::Stub::DecideContact, request)), "NOT_FOUND");
  request.set_open_case_id(open.case_id);
  EXPECT_EQ(told(call(kTriage, &ReferralService::Stub::DecideContact, request)), "accepted");
  EXPECT_EQ(told(read(kHealth, later.referral_id)), "NOT_FOUND");
  EXPECT_EQ(told(join(kSocialWorker, open.case_id, later.case_id)), "CASES_IN_A_CIRCLE");
}

TEST_F(Cases, AreReadWithThoseJoinedIntoThem) {
  const Contact one = submit();
  const Contact two = submit(kHealth);
  EXPECT_EQ(told(join(kSocialWorker, one.case_id, two.case_id)), "accepted");
  const auto read = read_case(kTriage, two.case_id);
  ASSERT_TRUE(read.has_value()) << told(read);
  const v1::CaseDetail& both = read->details();
  EXPECT_THAT(both.joined(), ElementsAre(one.case_id));
  ASSERT_EQ(both.referrals_size(), 2);
  EXPECT_EQ(both.referrals(0).referral_id(), two.referral_id);  // the newest first
  EXPECT_EQ(both.referrals(1).referral_id(), one.referral_id);
  ASSERT_EQ(both.people_size(), 2);
  EXPECT_EQ(both.people(0).person_id(), two.child_id);
  EXPECT_THAT(both.people(0).roles(), ElementsAre(v1::PERSON_ROLE_CHILD));
  EXPECT_EQ(both.people(0).identity().given_names(), "Ada");
  const auto part_of_it = read_case(kTriage, one.case_id)->details();
  EXPECT_EQ(part_of_it.joined_into(), two.case_id);
  EXPECT_EQ(part_of_it.referrals_size(), 1);
}

TEST_F(Cases, ShowNamesAndBarsToManagersAlone) {
  const Contact contact = submit();
  restrict(contact.case_id, {kSocialWorker});
  bar(contact.case_id, kPolice);
  const auto to_manager = read_case(kManager, contact.case_id)->details();
  EXPECT_TRUE(to_manager.restricted());
  EXPECT_EQ(to_manager.version(), 2u);
  EXPECT_EQ(to_manager.named_size(), 2);
  ASSERT_EQ(to_manager.bars_size(), 1);
  EXPECT_EQ(to_manager.bars(0).practitioner().practitioner(), kPolice.practitioner);
  EXPECT_EQ(to_manager.bars(0).reason(), "Their neighbour.");
  const auto to_worker = read_case(kSocialWorker, contact.case_id)->details();
  EXPECT_TRUE(to_worker.restricted());
  EXPECT_THAT(to_worker.named(), IsEmpty());
  EXPECT_THAT(to_worker.bars(), IsEmpty());
}

TEST_F(Cases, ShowAnAuditorContentOnlyWithAPurposeAndRecordTheLook) {
  const Contact contact = submit();
  const auto without = read_case(kAuditor, contact.case_id)->details();
  ASSERT_EQ(without.people_size(), 1);
  EXPECT_FALSE(without.people(0).has_identity());
  EXPECT_EQ(looks_at(contact.case_id), 0);
  const auto with = read_case(kAuditor, contact.case_id, "Complaint 12.")->details();
  EXPECT_EQ(with.people(0).identity().given_names(), "Ada");
  EXPECT_EQ(looks_at(contact.case_id), 1);
}

TEST_F(Cases, AreReadAsTheyStood) {
  const Contact one = submit();
  const auto before = time_now();
  const Contact two = submit();
  EXPECT_EQ(told(join(kSocialWorker, two.case_id, one.case_id)), "accepted");
  v1::GetCaseRequest request;
  request.set_case_id(one.case_id);
  *request.mutable_as_at() = before;
  const auto then = call(kTriage, &ReferralService::Stub::GetCase, request);
  ASSERT_TRUE(then.has_value()) << told(then);
  EXPECT_THAT(then->details().joined(), IsEmpty());
  EXPECT_EQ(then->details().referrals_size(), 1);
  request.set_case_id(two.case_id);
  EXPECT_EQ(told(call(kTriage, &ReferralService::Stub::GetCase, request)), "NOT_FOUND");
  // Who may see it is judged by now.
  restrict(one.case_id, {kSocialWorker});
  request.set_case_id(one.case_id);
  EXPECT_EQ(told(call(kTriage, &ReferralService::Stub::GetCase, request)), "NOT_FOUND");
}

TEST_F(Cases, TwoManagersAtOnceLeaveOneInCharge) {
  for (int round = 0; round < 10; ++round) {
    const Contact contact = submit();
    auto first = std::async(std::launch::async, [&] {
      return told(call(kManager, &ReferralService::Stub::RestrictCase,
                       restriction(contact.case_id, {kSocialWorker})));
    });
    const std::string second = told(call(kOtherManager, &ReferralService::Stub::RestrictCase,
                                         restriction(contact.case_id, {kTriage})));
    EXPECT_EQ((std::set<std::string>{first.get(), second}),
              (std::set<std::string>{"accepted", "NOT_FOUND"}));
    EXPECT_NE(read(kManager, contact.referral_id).has_value(),
              read(kOtherManager, contact.referral_id).has_value());
  }
}

TEST_F(Cases, TwoJoinsAtOnceMakeNoCircle) {
  for (int round = 0; round < 10; ++round) {
    const Contact one = submit();
    const Contact two = submit();
    auto first = std::async(std::launch::async,
                            [&] { return told(join(kSocialWorker, one.case_id, two.case_id)); });
    const std::string second = told(join(kManager, two.case_id, one.case_id));
    EXPECT_EQ((std::set<std::string>{first.get(), second}),
              (std::set<std::string>{"accepted", "CASES_IN_A_CIRCLE"}));
  }
}

}  // namespace
}  // namespace mash::testing
