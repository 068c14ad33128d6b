#include "host/access.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/check.h"
#include "host/request_rules.h"

namespace mash::host {
namespace {

using enum Role;

struct Rule {
  std::string_view method;
  Roles roles;
};

constexpr Roles kAgencies = {kPractitioner, kReferrerSystem, kTriageOfficer, kSocialWorker,
                             kMashManager};
constexpr Roles kHub = {kTriageOfficer, kSocialWorker, kMashManager};
constexpr Roles kDeciders = {kSocialWorker, kMashManager};
constexpr Roles kHubReaders = {kTriageOfficer, kSocialWorker, kMashManager, kAuditor};
constexpr Roles kReaders = {kPractitioner, kReferrerSystem, kTriageOfficer,
                            kSocialWorker, kMashManager,    kAuditor};
constexpr Roles kPeople = {kPractitioner, kTriageOfficer, kSocialWorker, kMashManager};
constexpr Roles kPeopleAndAuditors = {kPractitioner, kTriageOfficer, kSocialWorker, kMashManager,
                                      kAuditor};
constexpr Roles kDeliveries = {kPractitioner, kReferrerSystem, kTriageOfficer,
                               kSocialWorker, kMashManager,    kOperator};
constexpr Roles kLogReaders = {kAuditor, kOperator, kService};

// The table. Each RPC once; a server does not start while one of its RPCs is missing here.
constexpr Rule kRules[] = {
    {"mash.referral.v1.ReferralService/SubmitContact", kAgencies},
    {"mash.referral.v1.ReferralService/SubmitContacts", kAgencies},
    {"mash.referral.v1.ReferralService/AddInformation", kAgencies},
    {"mash.referral.v1.ReferralService/WithdrawContact", kAgencies},
    {"mash.referral.v1.ReferralService/ReportExpected", kAgencies},
    {"mash.referral.v1.ReferralService/AcknowledgeContact", kHub},
    {"mash.referral.v1.ReferralService/DecideContact", kHub},
    {"mash.referral.v1.ReferralService/RateReferral", kHub},
    {"mash.referral.v1.ReferralService/AssignReferral", kHub},
    {"mash.referral.v1.ReferralService/RecordThreshold", kDeciders},
    {"mash.referral.v1.ReferralService/RecordOtherRoute", kHub},
    {"mash.referral.v1.ReferralService/ExtendDeadline", kDeciders},
    {"mash.referral.v1.ReferralService/DecideReferral", kDeciders},
    {"mash.referral.v1.ReferralService/ReviseDecision", kDeciders},
    {"mash.referral.v1.ReferralService/GiveFeedback", kHub},
    {"mash.referral.v1.ReferralService/InformFamily", kHub},
    {"mash.referral.v1.ReferralService/CompleteAssessment", kDeciders},
    {"mash.referral.v1.ReferralService/ChallengeDecision", kAgencies},
    {"mash.referral.v1.ReferralService/AnswerChallenge", kDeciders},
    {"mash.referral.v1.ReferralService/TransferReferral", kDeciders},
    {"mash.referral.v1.ReferralService/AcceptTransfer", {kPractitioner, kMashManager}},
    {"mash.referral.v1.ReferralService/JoinCases", kDeciders},
    {"mash.referral.v1.ReferralService/PartCases", kDeciders},
    {"mash.referral.v1.ReferralService/RestrictCase", {kMashManager}},
    {"mash.referral.v1.ReferralService/BarPractitioner", {kMashManager}},
    {"mash.referral.v1.ReferralService/GetCase", kHubReaders},
    {"mash.referral.v1.ReferralService/ReportTimeliness", {kMashManager, kAuditor}},
    {"mash.referral.v1.ReferralService/GetReferral", kReaders},
    {"mash.referral.v1.ReferralService/ListReferrals", kReaders},
    {"mash.referral.v1.ReferralService/WatchReferrals", kReaders},

    {"mash.referral.v1.PersonService/RegisterPerson", kHub},
    {"mash.referral.v1.PersonService/CorrectPerson", kAgencies},
    {"mash.referral.v1.PersonService/GetPerson", kReaders},
    {"mash.referral.v1.PersonService/FindPersons", kHub},
    {"mash.referral.v1.PersonService/ListMatchProposals", kHub},
    {"mash.referral.v1.PersonService/SamePerson", kHub},
    {"mash.referral.v1.PersonService/NotSamePerson", kHub},
    {"mash.referral.v1.PersonService/RelatePersons", kHub},
    {"mash.referral.v1.PersonService/UnrelatePersons", kHub},
    {"mash.referral.v1.PersonService/RegisterContext", kHub},
    {"mash.referral.v1.PersonService/CorrectContext", kHub},
    {"mash.referral.v1.PersonService/FindContexts", kHub},
    {"mash.referral.v1.PersonService/RelateContext", kHub},
    {"mash.referral.v1.PersonService/GetContext", kHubReaders},

    {"mash.sharing.v1.SharingService/RequestInformation", kHub},
    {"mash.sharing.v1.SharingService/AnswerRequest", kAgencies},
    {"mash.sharing.v1.SharingService/OfferInformation", kAgencies},
    {"mash.sharing.v1.SharingService/AttachFile", kAgencies},
    {"mash.sharing.v1.SharingService/ReadFile", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/ProvideSanitised", kAgencies},
    {"mash.sharing.v1.SharingService/GetRequest", kReaders},
    {"mash.sharing.v1.SharingService/ListRequests", kReaders},
    {"mash.sharing.v1.SharingService/EvaluateDecision", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/RecordDecision", kPeople},
    {"mash.sharing.v1.SharingService/CountersignDecision", kPeople},
    {"mash.sharing.v1.SharingService/SupersedeDecision", kPeople},
    {"mash.sharing.v1.SharingService/ChallengeDecision", kPeople},
    {"mash.sharing.v1.SharingService/AnswerChallenge", kPeople},
    {"mash.sharing.v1.SharingService/ReviewDecision", kPeople},
    {"mash.sharing.v1.SharingService/ExtendDeadline", kHub},
    {"mash.sharing.v1.SharingService/GetDecision", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/ListDecisions", kReaders},
    {"mash.sharing.v1.SharingService/ReadItem", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/ListDisclosed", kPeople},
    {"mash.sharing.v1.SharingService/RecordConsent", kPeople},
    {"mash.sharing.v1.SharingService/GetConsent", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/WithdrawConsent", kPeople},
    {"mash.sharing.v1.SharingService/CorrectItem", kPeople},
    {"mash.sharing.v1.SharingService/RecallItem", kPeople},
    {"mash.sharing.v1.SharingService/AcknowledgeRecall", kPeople},
    {"mash.sharing.v1.SharingService/ExplainAccess", kPeopleAndAuditors},
    {"mash.sharing.v1.SharingService/ReportRequests", {kMashManager, kAuditor}},

    {"mash.strategy.v1.StrategyService/ConveneDiscussion", kHub},
    {"mash.strategy.v1.StrategyService/CallOffDiscussion", kDeciders},
    {"mash.strategy.v1.StrategyService/InviteParticipant", kHub},
    {"mash.strategy.v1.StrategyService/WithdrawInvitation", kHub},
    {"mash.strategy.v1.StrategyService/AnswerInvitation", kPeople},
    {"mash.strategy.v1.StrategyService/RecordAttendance", kHub},
    {"mash.strategy.v1.StrategyService/StartDiscussion", kHub},
    {"mash.strategy.v1.StrategyService/RecordDiscussionDecision", kDeciders},
    {"mash.strategy.v1.StrategyService/AssignAction", kDeciders},
    {"mash.strategy.v1.StrategyService/CompleteAction", kPeople},
    {"mash.strategy.v1.StrategyService/RecordDissent", kPeople},
    {"mash.strategy.v1.StrategyService/ChallengeDiscussionDecision", kPeople},
    {"mash.strategy.v1.StrategyService/AnswerChallenge", kDeciders},
    {"mash.strategy.v1.StrategyService/ConcludeEnquiry", kDeciders},
    {"mash.strategy.v1.StrategyService/CloseDiscussion", kHub},
    {"mash.strategy.v1.StrategyService/IssueRecord", kHub},
    {"mash.strategy.v1.StrategyService/ReconveneDiscussion", kHub},
    {"mash.strategy.v1.StrategyService/ExtendDeadline", kDeciders},
    {"mash.strategy.v1.StrategyService/ScheduleConference", kDeciders},
    {"mash.strategy.v1.StrategyService/RequestConference", kPeople},
    {"mash.strategy.v1.StrategyService/RecordConference", kDeciders},
    {"mash.strategy.v1.StrategyService/RecordBirth", kDeciders},
    {"mash.strategy.v1.StrategyService/RecordProtection", kPeople},
    {"mash.strategy.v1.StrategyService/ExtendProtection", kHub},
    {"mash.strategy.v1.StrategyService/RecordResponsibility", kHub},
    {"mash.strategy.v1.StrategyService/EndProtection", kPeople},
    {"mash.strategy.v1.StrategyService/FlagMissing", kPeople},
    {"mash.strategy.v1.StrategyService/ClearMissing", kPeople},
    {"mash.strategy.v1.StrategyService/GetDiscussion", kPeopleAndAuditors},
    {"mash.strategy.v1.StrategyService/ListDiscussions", kPeopleAndAuditors},
    {"mash.strategy.v1.StrategyService/ListActions", kPeopleAndAuditors},
    {"mash.strategy.v1.StrategyService/ListConferences", kHubReaders},
    {"mash.strategy.v1.StrategyService/GetCaseStrategy", kPeopleAndAuditors},
    {"mash.strategy.v1.StrategyService/ListMissing", kPeopleAndAuditors},
    {"mash.strategy.v1.StrategyService/ReportDiscussions", {kMashManager, kAuditor}},

    {"mash.notification.v1.NotificationService/Subscribe", kAgencies},
    {"mash.notification.v1.NotificationService/AcknowledgeNotice", kAgencies},
    {"mash.notification.v1.NotificationService/ListInbox", kReaders},
    {"mash.notification.v1.NotificationService/ListDeadlines", kReaders},
    {"mash.notification.v1.NotificationService/SetContacts", {kReferrerSystem, kMashManager}},
    {"mash.notification.v1.NotificationService/GetContacts", kAgencies},
    {"mash.notification.v1.NotificationService/ListUndelivered", kDeliveries},
    {"mash.notification.v1.NotificationService/RetryUndelivered", kDeliveries},

    {"mash.log.v1.LogService/ReadLog", kLogReaders},
    {"mash.log.v1.LogService/ReplayCase", {kAuditor, kService}},
    {"mash.log.v1.LogService/GetCheckpoint", kLogReaders},
    {"mash.log.v1.LogService/GetInclusionProof", kLogReaders},
    {"mash.log.v1.LogService/GetConsistencyProof", kLogReaders},
    {"mash.log.v1.LogService/GetTile", kLogReaders},
    {"mash.log.v1.LogService/VerifyLog", kLogReaders},
    {"mash.log.v1.LogService/BackupLog", {kOperator}},
    {"mash.log.v1.LogService/ListFeeds", {kOperator, kAuditor}},
    {"mash.log.v1.LogService/RetryParked", {kOperator}},

    {"mash.vault.v1.VaultService/DestroyKey", {kRecordsManager}},
    {"mash.vault.v1.VaultService/ListDestroyed", {kRecordsManager, kAuditor}},
    {"mash.vault.v1.VaultService/LeaseKeys", {kService}},
    {"mash.vault.v1.VaultService/MintKeys", {kService}},
    {"mash.vault.v1.VaultService/ConfirmDropped", {kService}},
};

std::string method_name(const google::protobuf::MethodDescriptor& method) {
  return method.service()->full_name() + "/" + method.name();
}

std::optional<Roles> roles_for(std::string_view method) {
  const auto* const rule = std::find_if(std::begin(kRules), std::end(kRules),
                                        [&](const Rule& each) { return each.method == method; });
  if (rule == std::end(kRules)) return std::nullopt;
  return rule->roles;
}

}  // namespace

Result<Access> Access::of(std::span<const google::protobuf::ServiceDescriptor* const> services) {
  Access access;
  Error incomplete{.code = Code::kInternal,
                   .reason = "ACCESS_TABLE_INCOMPLETE",
                   .message = "The access table and the services of this server do not agree."};
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto& method = *service->method(i);
      const std::string name = method_name(method);
      const auto roles = roles_for(name);
      if (!roles) {
        incomplete.faults.push_back({name, "has no rule in the table of libs/host/access.cc"});
        continue;
      }
      const auto [at, is_new] =
          access.by_request_.emplace(method.input_type(), access.methods_.size());
      if (!is_new) {
        incomplete.faults.push_back(
            {name, "takes the same request as " + access.methods_[at->second].name});
        continue;
      }
      access.by_name_[name] = access.methods_.size();
      access.methods_.push_back({.name = name,
                                 .roles = *roles,
                                 .index = access.methods_.size(),
                                 .rules = std::make_shared<RequestRules>(*method.input_type())});
    }
  }
  if (!incomplete.faults.empty()) return tl::unexpected(std::move(incomplete));
  return access;
}

Result<Access> Access::of(std::span<const std::string> services) {
  std::vector<const google::protobuf::ServiceDescriptor*> descriptors;
  for (const std::string& name : services) {
    descriptors.push_back(
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name));
    if (descriptors.back() == nullptr)
      return refuse(Code::kInternal, "ACCESS_TABLE_INCOMPLETE", "There is no service " + name);
  }
  return of(std::span<const google::protobuf::ServiceDescriptor* const>(descriptors));
}

const Method& Access::method_of(const google::protobuf::Descriptor& request) const {
  const auto found = by_request_.find(&request);
  MASH_CHECK(found != by_request_.end());
  return methods_[found->second];
}

const Method* Access::method_named(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &methods_[found->second];
}

Result<void> Access::authorise(const Method& method, const Actor& actor) {
  const auto role = role_named(actor.role);
  if (role && method.roles.contains(*role)) return {};
  return refuse(Code::kPermissionDenied, "ROLE_MAY_NOT_CALL",
                "The role " + (role ? std::string(name_of(*role)) : std::string("given")) +
                    " may not call " + method.name + ".");
}

}  // namespace mash::host
