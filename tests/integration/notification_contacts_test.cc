#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "integration/grpc_helpers.h"
#include "integration/strategy_case.h"
#include "mash/notification/v1/notification_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "notification/channels/testing/server_process.h"
#include "vault/testing/temp_vault.h"

// Whom an agency wants told by e-mail and webhook, over real gRPC, SMTP and HTTPS: from a contact
// that comes in to the desk's server that has it, and what happens when it does not take it.
namespace mash::testing {
namespace {

using notification::testing::ServerProcess;
using notification::v1::NotificationService;
using referral::v1::ReferralService;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

const Caller kPoliceSystem{"police", "", "referrer-system"};

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

// An agency's server and an SMTP server, with certificates of an authority of their own.
struct Servers {
  Servers() {
    const TestPki::Credentials server = pki_.server();
    write_file(folder_.path() / "authority.pem", pki_.authority());
    write_file(folder_.path() / "certificate.pem", server.certificate);
    write_file(folder_.path() / "key.pem", server.key);
    const std::string certificate = folder_.path() / "certificate.pem";
    const std::string key = folder_.path() / "key.pem";
    https_.emplace("https_server.py",
                   std::vector<std::string>{"127.0.0.1", certificate, key, kSecret});
    smtp_.emplace("smtp_server.py", std::vector<std::string>{"starttls", certificate, key});
  }
  void use(host::Config& config) const {
    config.smtp_server = "smtp://" + smtp_->host();
    config.smtp_authority = folder_.path() / "authority.pem";
    config.smtp_from = "mash@council.example";
    config.webhook_authority = folder_.path() / "authority.pem";
    for (const char* agency : {"social-care", "police"}) {
      config.agencies[agency].email_domains = {std::string(agency) + ".example"};
      config.agencies[agency].webhook_hosts = {https_->host()};
    }
  }
  // The calls that came, and the e-mails.
  std::vector<Json> calls(std::size_t at_least) const {
    return https_->seen([](const Json& each) { return each.contains("path"); }, at_least);
  }
  std::vector<Json> mails(std::size_t at_least) const {
    return smtp_->seen([](const Json& each) { return each.value("event", "") == "message"; },
                       at_least);
  }

  const TestPki pki_;
  const vault::testing::TempFolder folder_;
  std::optional<ServerProcess> https_;
  std::optional<ServerProcess> smtp_;
};

class AgencysContacts : protected Servers, public StrategyCase {
 protected:
  using Stub = NotificationService::Stub;

  // What the hub is told of before it has contacts goes to none of them.
  AgencysContacts() : StrategyCase([this](host::Config& config) { use(config); }) {
    EXPECT_TRUE(eventually([this] { return !inbox().empty(); }));
  }

  notification::v1::SetContactsResponse set(const Caller& caller, const std::string& contacts) {
    return done(caller, &Stub::SetContacts,
                message<notification::v1::SetContactsRequest>(contacts));
  }
  std::string refusal(const Caller& caller, const std::string& contacts) {
    auto request = message<notification::v1::SetContactsRequest>(contacts);
    const auto refused = call(caller, &Stub::SetContacts, request);
    if (refused) return "accepted";
    std::string text = refused.error().reason;
    for (const FieldFault& fault : refused.error().faults)
      text += "; " + fault.field + " " + fault.description;
    return text;
  }
  std::string webhook(const std::string& path = "/desk", const std::string& more = "") const {
    return "contacts { name: 'duty desk' " + more +
           " channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://" + https_->host() + path +
           "' secret: '" + kSecret + "' } }";
  }
  static std::string email(const std::string& name, const std::string& more = "") {
    return "contacts { name: '" + name + "' " + more +
           " channels { kind: CHANNEL_KIND_EMAIL address: '" + name + "@social-care.example' } }";
  }
  std::vector<notification::v1::Undelivered> undelivered(const Caller& caller) {
    const auto page =
        done(caller, &Stub::ListUndelivered, notification::v1::ListUndeliveredRequest());
    return {page.undelivered().begin(), page.undelivered().end()};
  }
  std::vector<notification::v1::Undelivered> undelivered(const Caller& caller, std::size_t count) {
    EXPECT_TRUE(eventually([&] { return undelivered(caller).size() == count; }));
    return undelivered(caller);
  }
  // Deadlines that the hub was told of, by their names.
  std::vector<std::string> deadlines() {
    std::vector<std::string> kinds;
    const auto page = done(kTriage, &Stub::ListDeadlines, notification::v1::ListDeadlinesRequest());
    for (const auto& deadline : page.deadlines()) kinds.push_back(deadline.kind());
    return kinds;
  }
  bool is_due(const std::string& kind) {
    const auto kinds = deadlines();
    return std::ranges::find(kinds, kind) != kinds.end();
  }
  std::vector<notification::v1::InboxNotice> inbox() {
    const auto page = done(kTriage, &Stub::ListInbox, notification::v1::ListInboxRequest());
    return {page.notices().begin(), page.notices().end()};
  }
  void acknowledge_contact() {
    referral::v1::AcknowledgeContactRequest acknowledge;
    acknowledge.set_referral_id(referral_id);
    done(kTriage, &ReferralService::Stub::AcknowledgeContact, acknowledge);
  }
};

TEST_F(AgencysContacts, AreToldByWebhookAndByEmailOfIdsAlone) {
  set(kManager,
      "contacts { name: 'duty desk' at_least: URGENCY_IMMEDIATE "
      "channels { kind: CHANNEL_KIND_EMAIL address: 'desk@social-care.example' } "
      "channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://" +
          https_->host() + "/desk' secret: '" + kSecret + "' } }");
  tell_of_danger();
  const Json call = calls(1).front();
  EXPECT_TRUE(call["signed"]);
  const Json told = Json::parse(call["body"].get<std::string>());
  EXPECT_THAT(told.dump(), HasSubstr("contact-in-danger"));
  const Json mail = mails(1).front();
  EXPECT_EQ(mail["to"], Json::array({"desk@social-care.example"}));
  for (const char* name : {"Bo", "Cole", "Shouting"}) {
    EXPECT_THAT(call["body"].get<std::string>(), Not(HasSubstr(name)));
    EXPECT_THAT(mail["text"].get<std::string>(), Not(HasSubstr(name)));
  }
  EXPECT_THAT(undelivered(kManager), IsEmpty());
}

TEST_F(AgencysContacts, AreShownToTheirAgencyWithoutSecrets) {
  const auto first = set(kPoliceSystem,
                         "contacts { name: 'control room' channels { kind: "
                         "CHANNEL_KIND_EMAIL address: 'control@police.example' } }");
  auto shown = done(kPolice, &Stub::GetContacts, notification::v1::GetContactsRequest());
  ASSERT_EQ(shown.contacts_size(), 1);
  EXPECT_EQ(shown.contacts(0).contact_id(), first.contact_ids(0));
  EXPECT_EQ(shown.contacts(0).channels(0).address(), "control@police.example");
  EXPECT_EQ(shown.version(), first.receipt().version());

  set(kPoliceSystem, webhook());
  shown = done(kPolice, &Stub::GetContacts, notification::v1::GetContactsRequest());
  ASSERT_EQ(shown.contacts_size(), 1) << "one that was left out is told no more";
  EXPECT_NE(shown.contacts(0).contact_id(), first.contact_ids(0));
  EXPECT_EQ(shown.contacts(0).channels(0).secret(), "");
  EXPECT_EQ(
      done(kHealth, &Stub::GetContacts, notification::v1::GetContactsRequest()).contacts_size(), 0);
  EXPECT_THAT(refusal(kPoliceSystem, webhook("/other") + " expected_version: 1"),
              HasSubstr("VERSION_CONFLICT"));
}

TEST_F(AgencysContacts, HaveChannelsWithNumbersThatTheyKeep) {
  const auto channel = [](const std::string& name, const std::string& number = "") {
    return " channels { kind: CHANNEL_KIND_EMAIL address: '" + name + "@police.example' " + number +
           " }";
  };
  const auto shown = [&] {
    std::vector<std::string> channels;
    const auto contacts = done(kPolice, &Stub::GetContacts, notification::v1::GetContactsRequest());
    for (const auto& each : contacts.contacts(0).channels())
      channels.push_back(std::to_string(each.number()) + " " + each.address());
    return channels;
  };
  const std::string id =
      set(kPoliceSystem, "contacts { name: 'desk'" + channel("a") + channel("b") + " }")
          .contact_ids(0);
  const std::string contact = "contacts { name: 'desk' contact_id: '" + id + "'";
  EXPECT_THAT(shown(), ElementsAre("1 a@police.example", "2 b@police.example"));
  set(kPoliceSystem, contact + channel("b") + channel("c", "number: 1") + channel("d") + " }");
  EXPECT_THAT(shown(),
              ElementsAre("2 b@police.example", "1 c@police.example", "3 d@police.example"));

  EXPECT_THAT(refusal(kPoliceSystem, contact + channel("a", "number: 4") + " }"),
              HasSubstr("contacts[0].channels[0].number is none of the contact's channels"));
  EXPECT_THAT(
      refusal(kPoliceSystem, contact +
                                 " channels { kind: CHANNEL_KIND_WEBHOOK address: "
                                 "'https://" +
                                 https_->host() + "/' number: 1 secret: '" + kSecret + "' } }"),
      HasSubstr("contacts[0].channels[0].number is a channel of another kind"));
}

TEST_F(AgencysContacts, AreWrittenAsFarAsTheyChanged) {
  const auto police = [](const std::string& name, const std::string& more) {
    return "contacts { name: '" + name + "' " + more +
           " channels { kind: CHANNEL_KIND_EMAIL address: '" + name + "@police.example' } }";
  };
  const auto first = set(kPoliceSystem, police("a", "") + police("b", ""));
  const std::string a = "contact_id: '" + first.contact_ids(0) + "'";
  const std::string b = "contact_id: '" + first.contact_ids(1) + "'";
  EXPECT_EQ(first.receipt().event_ids_size(), 3);
  const auto written = [&](const std::string& contacts, bool moves) {
    const auto before =
        done(kPolice, &Stub::GetContacts, notification::v1::GetContactsRequest()).version();
    const auto response = set(kPoliceSystem, contacts);
    EXPECT_EQ(response.receipt().version(), moves ? before + 1 : before) << contacts;
    return response.receipt().event_ids_size();
  };
  const auto same = set(kPoliceSystem, police("a", a) + police("b", b));
  EXPECT_EQ(same.receipt().event_ids_size(), 0) << "all was already so";
  EXPECT_THAT(same.contact_ids(), ElementsAre(first.contact_ids(0), first.contact_ids(1)));
  EXPECT_EQ(same.receipt().version(), first.receipt().version());
  EXPECT_EQ(written(police("a", a + " at_least: URGENCY_URGENT") + police("b", b), true), 2);
  EXPECT_EQ(written(police("b", b) + police("a", a + " at_least: URGENCY_URGENT"), true), 1);
  EXPECT_EQ(written(police("b", b), true), 2) << "the list, and that one is told no more";
  EXPECT_EQ(written(police("b", b), false), 0);
  EXPECT_EQ(written("", true), 2);
  EXPECT_EQ(written("", false), 0);
}

TEST_F(AgencysContacts, AreSetByNobodyWhoMayBeBarredFromACase) {
  EXPECT_THAT(refusal(kPolice, email("desk")), HasSubstr("ROLE_MAY_NOT_CALL"));
  EXPECT_THAT(refusal(kTriage, email("desk")), HasSubstr("ROLE_MAY_NOT_CALL"));
}

TEST_F(AgencysContacts, MayOnlyBeWhereTheHubSaysAndAreCheckedAllAtOnce) {
  const std::string refused = refusal(
      kPoliceSystem,
      "contacts { name: 'desk' channels { kind: CHANNEL_KIND_EMAIL address: 'a@mail.example' } } "
      "contacts { channels { kind: CHANNEL_KIND_WEBHOOK address: 'https://elsewhere.example/' } }");
  EXPECT_THAT(refused, HasSubstr("INVALID_REQUEST"));
  EXPECT_THAT(refused, HasSubstr("contacts[0].channels[0].address"));
  EXPECT_THAT(refused, HasSubstr("contacts[1].name"));
  EXPECT_THAT(refused, HasSubstr("contacts[1].channels[0].address"));
  EXPECT_THAT(refused, HasSubstr("contacts[1].channels[0].secret"));
  EXPECT_THAT(refused, Not(HasSubstr("mail.example"))) << "no fault repeats what was sent";
  EXPECT_THAT(refusal(kPoliceSystem, "contacts { contact_id: '" + new_request_id() +
                                         "' name: 'desk' channels { kind: CHANNEL_KIND_EMAIL "
                                         "address: 'a@police.example' } }"),
              HasSubstr("contacts[0].contact_id"));
}

TEST_F(AgencysContacts, AreNotWhereAnotherAgencysMayBe) {
  const std::string desk = "contacts { name: 'desk' channels { kind: CHANNEL_KIND_EMAIL address: ";
  EXPECT_EQ(refusal(kPoliceSystem, desk + "'desk@social-care.example' } }"),
            "INVALID_REQUEST; contacts[0].channels[0].address is in no domain that the hub's "
            "configuration names for this agency (email_domains)");
  EXPECT_EQ(refusal({"health", "", "referrer-system"}, webhook()),
            "INVALID_REQUEST; contacts[0].channels[0].address leads to no host that the hub's "
            "configuration names for this agency (webhook_hosts)");
  EXPECT_EQ(refusal(kPoliceSystem, desk + "'desk@police.example' } }"), "accepted");
}

TEST_F(AgencysContacts, ThatTakeNothingAreSeenAndTriedAgainWhenAPersonSaysSo) {
  const std::string id = set(kManager, email("gone")).contact_ids(0);
  tell_of_danger();
  const auto given_up = undelivered(kTriage, 1);
  EXPECT_EQ(given_up.front().reason(), "SMTP_REFUSED");
  EXPECT_EQ(given_up.front().code(), 550U);
  EXPECT_EQ(given_up.front().contact_id(), id);
  EXPECT_EQ(given_up.front().channel_number(), 1U);
  EXPECT_THAT(undelivered(kHealth), IsEmpty()) << "another agency's";
  EXPECT_THAT(undelivered(kOperator), SizeIs(1));

  set(kManager, email("desk", "contact_id: '" + id + "'"));
  notification::v1::RetryUndeliveredRequest retry;
  retry.set_delivery_id(given_up.front().delivery_id());
  EXPECT_EQ(told(call(kHealth, &Stub::RetryUndelivered, retry)), "NOT_FOUND");
  done(kTriage, &Stub::RetryUndelivered, retry);
  EXPECT_EQ(mails(1).front()["to"], Json::array({"desk@social-care.example"}));
  undelivered(kTriage, 0);
}

TEST_F(AgencysContacts, NeedNotBeToldOfWhatIsOverAndItLeavesTheListThen) {
  set(kManager, email("gone"));
  tell_of_danger();
  const auto given_up = undelivered(kTriage, 1);
  notification::v1::AcknowledgeNoticeRequest acknowledge;
  acknowledge.set_notice_id(given_up.front().notice_id());
  done(kTriage, &Stub::AcknowledgeNotice, acknowledge);
  EXPECT_THAT(undelivered(kManager), IsEmpty());
  EXPECT_THAT(undelivered(kOperator), IsEmpty());
  notification::v1::RetryUndeliveredRequest retry;
  retry.set_delivery_id(given_up.front().delivery_id());
  EXPECT_EQ(told(call(kTriage, &Stub::RetryUndelivered, retry)), "NOTICE_OVER");
  EXPECT_EQ(told(call(kHealth, &Stub::RetryUndelivered, retry)), "NOT_FOUND");
}

TEST_F(AgencysContacts, AreToldOneAfterTheOtherUntilSomebodyKnows) {
  set(kManager, email("desk") + " " + email("deputy") + " " + email("manager"));
  tell_of_danger();
  EXPECT_EQ(mails(1).back()["to"], Json::array({"desk@social-care.example"}));
  clock_.advance(std::chrono::minutes(11));
  EXPECT_EQ(mails(2).back()["to"], Json::array({"deputy@social-care.example"}));

  notification::v1::ListInboxRequest open;
  open.set_open(true);
  open.set_at_least(notification::v1::URGENCY_IMMEDIATE);
  const auto listed = done(kTriage, &Stub::ListInbox, open);
  ASSERT_EQ(listed.notices_size(), 1);
  EXPECT_EQ(listed.notices(0).contacts_told(), 2U);
  notification::v1::AcknowledgeNoticeRequest acknowledge;
  acknowledge.set_notice_id(listed.notices(0).notice().notice_id());
  done(kTriage, &Stub::AcknowledgeNotice, acknowledge);
  clock_.advance(std::chrono::minutes(60));
  tell_of_danger();
  EXPECT_EQ(mails(3).back()["to"], Json::array({"desk@social-care.example"}))
      << "of what came then";
  for (const auto& each : inbox()) {
    if (each.notice().notice_id() != acknowledge.notice_id()) continue;
    EXPECT_EQ(each.contacts_told(), 2U) << "and not the manager of what is known";
  }
}

TEST_F(AgencysContacts, ThatWereErasedAreToldNoMoreAndTheNextIsInTheirPlace) {
  const auto ids = set(kManager, email("desk") + " " + email("deputy")).contact_ids();
  auto destroy = message<vault::v1::DestroyKeyRequest>(
      "authority: 'RET-7' reason: 'The desk has another address.'");
  destroy.set_key_id(ids[0]);
  EXPECT_EQ(done(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey, destroy)
                .sealed_parts_removed(),
            1U);
  EXPECT_THAT(refusal(kManager, email("desk", "contact_id: '" + ids[0] + "'")),
              HasSubstr("contacts[0].contact_id was erased"));
  const auto known = [&] {
    std::vector<std::string> names;
    const auto shown = done(kTriage, &Stub::GetContacts, notification::v1::GetContactsRequest());
    for (const auto& each : shown.contacts()) names.push_back(each.name());
    return names;
  };
  EXPECT_THAT(known(), ElementsAre("", "deputy"));
  tell_of_danger();
  EXPECT_TRUE(eventually([&] { return known().size() == 1; }));
  EXPECT_THAT(undelivered(kManager), IsEmpty());
  tell_of_danger();
  EXPECT_EQ(mails(1).front()["to"], Json::array({"deputy@social-care.example"}));
  EXPECT_EQ(set(kManager, email("desk") + " " + email("deputy", "contact_id: '" + ids[1] + "'"))
                .contact_ids_size(),
            2);
}

TEST_F(AgencysContacts, AnOpenNoticeIsClosedWhenWhatItAsksForWasDone) {
  ASSERT_TRUE(eventually([&] { return !inbox().empty(); }));
  acknowledge_contact();
  EXPECT_TRUE(eventually([&] { return inbox().front().has_closed_at(); }));
  EXPECT_EQ(inbox().front().state(), notification::v1::NOTICE_STATE_CLOSED);
  EXPECT_EQ(inbox().front().closed_by(), "mash.referral.v1.ReferralEvent/contact_acknowledged");
}

TEST_F(AgencysContacts, DeadlinesAreListedUntilTheyAreMet) {
  clock_.set(utc("2026-12-08T23:59:00Z"));  // the working day after is nearly over
  EXPECT_TRUE(eventually([&] { return is_due("acknowledgement"); }));
  acknowledge_contact();
  EXPECT_TRUE(eventually([&] { return !is_due("acknowledgement"); }));
}

}  // namespace
}  // namespace mash::testing
