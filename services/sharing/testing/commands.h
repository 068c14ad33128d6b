#pragma once
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "log/state.h"
#include "sharing/decisions/decision.h"
#include "sharing/decisions/decision_commands.h"
#include "sharing/items/item_commands.h"
#include "sharing/testing/log_of_events.h"
#include "sharing/testing/papers.h"

namespace mash::sharing::testing {

// The service's log, and its commands as they run there, without gRPC.
class Commands : public LogOfEvents {
 protected:
  // Runs a command a second after what came before, whatever comes of it.
  Result<log::Appended> attempt(const Actor& actor, const log::Work& work, size_t fresh_ids = 3,
                                std::optional<uint64_t> expected_version = {}) {
    vault_.clock.advance(std::chrono::seconds(1));
    Context context = by(actor);
    context.fresh_ids.clear();
    for (size_t i = 0; i < fresh_ids; ++i) context.fresh_ids.push_back(fresh());
    std::promise<Result<log::Appended>> answered;
    log::handle(*log_,
                {.context = context,
                 .expected_version = expected_version,
                 .received_at = context.now,
                 .guard = cases::command_guard()},
                work, [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  // The same, where nothing else than success is expected; answers with the id of the first stream.
  std::string run(const Actor& actor, const log::Work& work) {
    const auto appended = attempt(actor, work);
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
    return appended && !appended->events.empty() ? id_in(appended->events.front().stream) : "";
  }

  // Work in the midst of which something else happens, once: after everything is decided, and
  // before it is appended.
  static log::Work interrupted(log::Work work, std::function<void()> by) {
    return [work = std::move(work),
            by = std::make_shared<std::function<void()>>(std::move(by))](log::UnitOfWork& unit) {
      auto worked = work(unit);
      if (*by) std::exchange(*by, nullptr)();
      return worked;
    };
  }

  std::string offer(const Actor& actor, const char* more = "") {
    v1::OfferInformationRequest request;
    request.set_case_id(case_);
    *request.add_items() = content_of(more);
    return run(actor, [&](log::UnitOfWork& unit) { return offer_information(unit, request); });
  }
  v1::ItemContent content_of(const char* more) const {
    auto content = proto<v1::ItemContent>(R"(
      category: "health" nature: ITEM_NATURE_FACT sensitivity: SENSITIVITY_ORDINARY
      text: "Seen for a broken arm." )");
    content.MergeFrom(proto<v1::ItemContent>(more));
    content.add_person_ids(child_);
    return content;
  }

  // What a decision of the papers states, in this log, of these items in order.
  v1::DecisionTerms terms(const Papers& papers, const std::vector<std::string>& items) const {
    v1::DecisionTerms terms = papers.terms;
    terms.set_case_id(case_);
    const v1::DecidedItem said = terms.items(0);
    terms.clear_items();
    for (const std::string& item_id : items) {
      *terms.add_items() = said;
      terms.mutable_items()->rbegin()->set_item_id(item_id);
    }
    return terms;
  }
  static log::Work recording(v1::DecisionTerms terms) {
    return [request = record_request(std::move(terms))](log::UnitOfWork& unit) {
      return record_decision(unit, request);
    };
  }
  static log::Work superseding(const std::string& decision_id, v1::DecisionTerms terms) {
    v1::SupersedeDecisionRequest request;
    request.set_decision_id(decision_id);
    *request.mutable_terms() = std::move(terms);
    request.set_reason("More has come up.");
    return [request](log::UnitOfWork& unit) { return supersede_decision(unit, request); };
  }
  static log::Work signing(const std::string& decision_id, bool decline = false) {
    auto request = proto<v1::CountersignDecisionRequest>("statement: 'Read and agreed.'");
    request.set_decision_id(decision_id);
    request.set_decline(decline);
    return [request](log::UnitOfWork& unit) { return countersign_decision(unit, request); };
  }

  Item::State item(const std::string& id) {
    return log::read_state<Item>(*log_, item_stream(id)).value();
  }
  Decision::State decision(const std::string& id) {
    return log::read_state<Decision>(*log_, decision_stream(id)).value();
  }
  bool has_part(const std::string& agency) {
    return cases::family_of(*log_, case_).value().has_part(agency);
  }
  // The decision in force by which the actor may read the item; empty: none.
  std::string reads_under(const Actor& actor, const std::string& item_id) {
    const Item::State state = item(item_id);
    const Item::Grant* grant = state.grant_for(actor);
    return grant != nullptr && grant->disclosed ? grant->decision_id : "";
  }

  // That a command is refused and leaves nothing behind.
  void expect_refused(const Actor& actor, const log::Work& work, const std::string& reason,
                      const std::vector<std::string>& fields = {}) {
    const uint64_t size = log_->size();
    const auto appended = attempt(actor, work);
    ASSERT_FALSE(appended.has_value()) << "was not refused";
    EXPECT_EQ(appended.error().reason, reason) << mash::testing::brief(appended.error());
    if (!fields.empty()) {
      std::vector<std::string> found;
      for (const FieldFault& fault : appended.error().faults) found.push_back(fault.field);
      EXPECT_EQ(found, fields) << mash::testing::brief(appended.error());
    }
    EXPECT_EQ(log_->size(), size) << "something was written";
  }

 private:
  static v1::RecordDecisionRequest record_request(v1::DecisionTerms terms) {
    v1::RecordDecisionRequest request;
    *request.mutable_terms() = std::move(terms);
    return request;
  }
};

}  // namespace mash::sharing::testing
