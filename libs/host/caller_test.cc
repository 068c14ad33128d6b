#include "host/caller.h"

#include <gtest/gtest.h>

#include "host/roles.h"

namespace mash::host {
namespace {

constexpr char kPolice[] = "spiffe://e10000013.mash/agency/police/system/pol-01";
constexpr char kSocialCare[] = "spiffe://e10000013.mash/agency/social-care/system/csc-01";

Callers callers() {
  return Callers("E10000013",
                 {{"police", {.roles = {"practitioner"}, .systems = {"pol-01"}}},
                  {"social-care", {.roles = {"triage-officer", "social-worker"}, .systems = {}}},
                  {"operator", {.roles = {"operator"}, .systems = {}}}});
}

void expect_refused(const Result<Actor>& result, Code code, const std::string& reason) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code);
  EXPECT_EQ(result.error().reason, reason);
}

TEST(Caller, IsWhatTheCertificateAndTheMetadataSay) {
  const auto actor = callers().identify(
      {.uris = {kSocialCare}, .practitioner = {"sw-17"}, .role = {"social-worker"}});
  ASSERT_TRUE(actor);
  EXPECT_EQ(*actor, (Actor{"social-care", "csc-01", "sw-17", "social-worker"}));
}

TEST(Caller, IsOfAnAgencyThatOthersMayAskUnlessItOnlyRunsOrAuditsTheHub) {
  const Callers callers("E10000013",
                        {{"health", {.roles = {"practitioner"}, .systems = {}, .body = "nhs-body"}},
                         {"social-care", {.roles = {"auditor", "social-worker"}, .systems = {}}},
                         {"auditor", {.roles = {"auditor"}, .systems = {}}},
                         {"operator", {.roles = {"operator", "records-manager"}, .systems = {}}}});
  EXPECT_EQ(callers.agencies(), (Agencies{{"health", "nhs-body"}, {"social-care", ""}}));
}

TEST(Caller, NeedsNoRoleWhereThereIsNoChoice) {
  const auto actor = callers().identify({.uris = {kPolice}, .practitioner = {"pc-1"}, .role = {}});
  ASSERT_TRUE(actor);
  EXPECT_EQ(actor->role, "practitioner");
  expect_refused(callers().identify({.uris = {kSocialCare}, .practitioner = {"a"}, .role = {}}),
                 Code::kUnauthenticated, "BAD_ROLE");
}

TEST(Caller, IsAPersonOrASystemByWhetherAPractitionerIsNamed) {
  const Callers both("E10000013",
                     {{"police", {.roles = {"practitioner", "referrer-system"}, .systems = {}}}});
  EXPECT_EQ(both.identify({.uris = {kPolice}, .practitioner = {"pc-1"}, .role = {}})->role,
            "practitioner");
  EXPECT_EQ(both.identify({.uris = {kPolice}, .practitioner = {}, .role = {}})->role,
            "referrer-system");
}

TEST(Caller, CannotTakeARoleItsCertificateDoesNotGive) {
  expect_refused(
      callers().identify({.uris = {kPolice}, .practitioner = {"pc-1"}, .role = {"triage-officer"}}),
      Code::kPermissionDenied, "ROLE_NOT_ALLOWED");
}

TEST(Caller, CannotSayTwoThings) {
  expect_refused(
      callers().identify(
          {.uris = {kPolice}, .practitioner = {"pc-1"}, .role = {"practitioner", "practitioner"}}),
      Code::kUnauthenticated, "BAD_ROLE");
  expect_refused(
      callers().identify({.uris = {kPolice}, .practitioner = {"pc-1", "pc-2"}, .role = {}}),
      Code::kUnauthenticated, "BAD_PRACTITIONER");
  expect_refused(
      callers().identify({.uris = {kPolice, kSocialCare}, .practitioner = {"a"}, .role = {}}),
      Code::kUnauthenticated, "BAD_CERTIFICATE");
}

TEST(Caller, IsAlwaysAPersonWhereTheRoleIsAPersons) {
  expect_refused(callers().identify({.uris = {kPolice}, .practitioner = {}, .role = {}}),
                 Code::kUnauthenticated, "BAD_PRACTITIONER");
  expect_refused(
      callers().identify({.uris = {kPolice}, .practitioner = {"Anna Smith"}, .role = {}}),
      Code::kUnauthenticated, "BAD_PRACTITIONER");
  const auto job =
      callers().identify({.uris = {"spiffe://e10000013.mash/agency/operator/system/ops-01"},
                          .practitioner = {},
                          .role = {}});
  ASSERT_TRUE(job);
  EXPECT_EQ(job->practitioner, "");
}

TEST(Caller, WithoutAKnownCertificateIsNobody) {
  expect_refused(callers().identify({}), Code::kUnauthenticated, "NO_CERTIFICATE");
  expect_refused(
      callers().identify({.uris = {"spiffe://e10000013.mash/agency/police/system/pol-02"},
                          .practitioner = {"pc-1"},
                          .role = {}}),
      Code::kPermissionDenied, "UNKNOWN_SYSTEM");
  expect_refused(
      callers().identify({.uris = {"spiffe://e10000013.mash/agency/health/system/ehr-01"},
                          .practitioner = {"n-1"},
                          .role = {}}),
      Code::kPermissionDenied, "UNKNOWN_SYSTEM");
}

TEST(Caller, HasAUriOfOneFormOnly) {
  EXPECT_EQ(parse_system(kPolice, "E10000013").value(), (System{"police", "pol-01"}));
  for (const std::string uri : {
           "",
           "spiffe://",
           "spiffe://e10000013.mash",
           "spiffe://e10000013.mash/hub",
           "spiffe://e08000025.mash/agency/police/system/pol-01",
           "spiffe://E10000013.mash/agency/police/system/pol-01",
           "spiffe://e10000013.mash/agency/police/system/",
           "spiffe://e10000013.mash/agency//system/pol-01",
           "spiffe://e10000013.mash/agency/police/system/pol-01/",
           "spiffe://e10000013.mash/agency/police/system/pol-01?x",
           "spiffe://e10000013.mash/agency/police/system/POL",
           "spiffe://e10000013.mash/agency/pol%69ce/system/pol-01",
           "spiffe://e10000013.mash.evil/agency/police/system/pol-01",
           "https://e10000013.mash/agency/police/system/pol-01",
       }) {
    const auto system = parse_system(uri, "E10000013");
    ASSERT_FALSE(system) << uri;
    EXPECT_EQ(system.error().reason, "BAD_CERTIFICATE") << uri;
  }
}

TEST(Roles, HaveNamesThatAreReadBack) {
  for (int i = 0; i <= static_cast<int>(Role::kService); ++i) {
    const auto role = static_cast<Role>(i);
    EXPECT_EQ(role_named(name_of(role)), role);
  }
  EXPECT_FALSE(role_named("admin"));
}

}  // namespace
}  // namespace mash::host
