#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cases/streams.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/log_of_service.h"
#include "mash/cases/v1/known_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "sharing/lists/views.h"
#include "sharing/streams.h"
#include "sharing/testing/cast.h"

namespace mash::sharing::testing {

// The service's log in a temporary folder, into which events go as they are, decided by nobody. One
// case is known in it, with a child and its mother, of which education told; the police and health
// have a part in it too.
class LogOfEvents : public ::testing::Test, protected log::testing::LogOfService {
 protected:
  LogOfEvents() : LogOfService("sharing", utc(kNow), views()) {
    know_case(case_, {"education", "health", "police"}, {child_, mother_});
  }

  std::string fresh() { return ring_.fresh_key_id().value(); }
  Context by(const Actor& actor) {
    Context context = as(actor);
    context.now = vault_.clock.now();
    return context;
  }

  // Appends, a second after what came before.
  void append(const std::string& stream, const std::string& case_id,
              const google::protobuf::Message& event) {
    vault_.clock.advance(std::chrono::seconds(1));
    std::promise<Result<log::Appended>> answered;
    const Context context = by(kTriage);
    log::handle(
        *log_, {.context = context, .received_at = context.now},
        [&](log::UnitOfWork& unit) { return unit.add({stream, case_id}, event); },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    const auto appended = answered.get_future().get();
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  }

  // A case of which the first agency told; the others come to have a part in it.
  void know_case(const std::string& case_id, const std::vector<std::string>& agencies,
                 const std::vector<std::string>& people) {
    cases::v1::KnownCaseEvent told;
    told.mutable_referral()->set_referral_id(fresh());
    auto& contact = *told.mutable_referral()->mutable_event()->mutable_contact_received();
    contact.set_case_id(case_id);
    contact.set_agency(agencies.front());
    contact.add_child_ids(people.front());
    for (size_t i = 1; i < people.size(); ++i) contact.add_person_ids(people[i]);
    append(cases::case_stream(case_id), case_id, told);
    for (const std::string& agency : agencies) involve(case_id, agency);
    for (const std::string& person : people) {
      cases::v1::KnownPersonEvent named;
      named.mutable_in_case()->set_case_id(case_id);
      append(cases::person_stream(person), "", named);
    }
  }
  void involve(const std::string& case_id, const std::string& agency) {
    cases::v1::KnownCaseEvent event;
    event.mutable_involved()->set_agency(agency);
    append(cases::case_stream(case_id), case_id, event);
  }
  // "restricted {}", "barred { bar { practitioner { agency: ... } } }".
  void happen_to_case(const std::string& case_id, const char* event) {
    cases::v1::KnownCaseEvent known;
    *known.mutable_case_() = proto<referral::v1::CaseEvent>(event);
    append(cases::case_stream(case_id), case_id, known);
  }
  void hold_to_be_same(const std::string& person, const std::string& other) {
    cases::v1::KnownPersonEvent known;
    known.mutable_person()->mutable_same_decided()->set_other_person_id(other);
    append(cases::person_stream(person), "", known);
    known.mutable_person()->mutable_same_decided()->set_other_person_id(person);
    append(cases::person_stream(other), "", known);
  }

  // Health holds an item about these persons; answers with its id. `more` is merged into it.
  std::string hold(const std::vector<std::string>& persons, const char* more = "",
                   std::string case_id = {}) {
    if (case_id.empty()) case_id = case_;
    v1::ItemEvent event = proto<v1::ItemEvent>(R"(
      held { owner: "health" held_by: "n-4" data_kind: DATA_KIND_SPECIAL_CATEGORY
             content { category: "mental-health" nature: ITEM_NATURE_FACT source: "SECRET source"
                       text: "SECRET text" } })");
    event.MergeFrom(proto<v1::ItemEvent>(more));
    event.mutable_held()->set_case_id(case_id);
    for (const std::string& person : persons)
      event.mutable_held()->mutable_content()->add_person_ids(person);
    to_proto(vault_.clock.now(), event.mutable_held()->mutable_held_at());
    std::string id = fresh();
    append(item_stream(id), case_id, event);
    return id;
  }
  void happen_to_item(const std::string& item_id, const v1::ItemEvent& event) {
    append(item_stream(item_id), case_, event);
  }

  // A decision on the item by health for recipients in proto text; answers with its id.
  std::string decide(const std::string& item_id, v1::ItemDisposition disposition,
                     const char* recipients) {
    std::string id = fresh();
    v1::ItemEvent event;
    *event.mutable_decided() = proto<v1::ItemDecided>(recipients);
    event.mutable_decided()->set_decision_id(id);
    event.mutable_decided()->set_decision_version(1);
    event.mutable_decided()->set_disposition(disposition);
    if (disposition != v1::ITEM_DISPOSITION_RELEASED)
      event.mutable_decided()->set_ground("detriment-16la-3");
    to_proto(vault_.clock.now(), event.mutable_decided()->mutable_decided_at());
    happen_to_item(item_id, event);
    return id;
  }
  std::string release(const std::string& item_id,
                      const char* recipients = "recipients { agency: 'police' }") {
    return decide(item_id, v1::ITEM_DISPOSITION_RELEASED, recipients);
  }
  std::string withhold(const std::string& item_id,
                       const char* recipients = "recipients { agency: 'police' }") {
    return decide(item_id, v1::ITEM_DISPOSITION_WITHHELD, recipients);
  }
  void end_decision(const std::string& item_id, const std::string& decision_id) {
    v1::ItemEvent event;
    event.mutable_decision_ended()->set_decision_id(decision_id);
    to_proto(vault_.clock.now(), event.mutable_decision_ended()->mutable_ended_at());
    happen_to_item(item_id, event);
  }
  void correct(const std::string& item_id, const std::vector<std::string>& agencies) {
    auto event = proto<v1::ItemEvent>(R"(
      corrected { content { category: "education" text: "SECRET correction" } reason: "SECRET" })");
    for (const std::string& agency : agencies) event.mutable_corrected()->add_agencies(agency);
    event.mutable_corrected()->mutable_content()->add_person_ids(child_);
    to_proto(vault_.clock.now(), event.mutable_corrected()->mutable_corrected_at());
    happen_to_item(item_id, event);
  }
  void recall(const std::string& item_id, const std::vector<std::string>& agencies) {
    v1::ItemEvent event;
    event.mutable_recalled()->set_reason("SECRET");
    for (const std::string& agency : agencies) event.mutable_recalled()->add_agencies(agency);
    to_proto(vault_.clock.now(), event.mutable_recalled()->mutable_recalled_at());
    happen_to_item(item_id, event);
  }
  void acknowledge(const std::string& item_id, const std::string& agency) {
    v1::ItemEvent event;
    event.mutable_recall_acknowledged()->set_agency(agency);
    event.mutable_recall_acknowledged()->set_by("p-17");
    to_proto(vault_.clock.now(), event.mutable_recall_acknowledged()->mutable_acknowledged_at());
    happen_to_item(item_id, event);
  }

  void erase(const std::string& key_id) {
    const std::vector<std::string> keys = {key_id};
    ASSERT_TRUE(vault_->destroy(keys).has_value());
  }

  const std::string case_ = fresh();
  const std::string child_ = fresh();
  const std::string mother_ = fresh();
};

}  // namespace mash::sharing::testing
