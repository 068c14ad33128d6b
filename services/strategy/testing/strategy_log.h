#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/streams.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/state.h"
#include "log/testing/log_of_service.h"
#include "mash/cases/v1/known_events.pb.h"
#include "strategy/lists/views.h"
#include "strategy/streams.h"
#include "strategy/testing/cast.h"

namespace mash::strategy::testing {

// The service's log in a temporary folder, and its commands as they run there, without gRPC. What
// is known of cases goes in as it is, decided by nobody.
class StrategyLog : private log::testing::LogOfService {
 public:
  StrategyLog() : LogOfService("strategy", utc(kNow), views()) {}

  log::EventLog& operator*() { return *log_; }
  log::EventLog* operator->() { return log_.get(); }
  ManualClock& clock() { return vault_.clock; }
  std::string fresh() { return ring_.fresh_key_id().value(); }

  // Appends, a second after what came before.
  void append(const std::string& stream, const std::string& case_id,
              const google::protobuf::Message& event) {
    const auto appended =
        attempt(kTriage, [&](log::UnitOfWork& unit) { return unit.add({stream, case_id}, event); });
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  }

  // A case of which the first agency told, with these children; the others come to have a part.
  void know_case(const std::string& case_id, const std::vector<std::string>& agencies,
                 const std::vector<std::string>& children) {
    cases::v1::KnownCaseEvent told;
    told.mutable_referral()->set_referral_id(fresh());
    auto& contact = *told.mutable_referral()->mutable_event()->mutable_contact_received();
    contact.set_case_id(case_id);
    contact.set_agency(agencies.front());
    for (const std::string& child : children) contact.add_child_ids(child);
    append(cases::case_stream(case_id), case_id, told);
    for (const std::string& agency : agencies) {
      cases::v1::KnownCaseEvent involved;
      involved.mutable_involved()->set_agency(agency);
      append(cases::case_stream(case_id), case_id, involved);
    }
    for (const std::string& child : children) {
      cases::v1::KnownPersonEvent named;
      named.mutable_in_case()->set_case_id(case_id);
      append(cases::person_stream(child), "", named);
    }
  }
  // "restricted {}", "barred { bar { practitioner { agency: ... } } }".
  void happen_to_case(const std::string& case_id, const char* event) {
    cases::v1::KnownCaseEvent known;
    *known.mutable_case_() = proto<referral::v1::CaseEvent>(event);
    append(cases::case_stream(case_id), case_id, known);
  }
  // One becomes part of another.
  void join(const std::string& case_id, const std::string& into) {
    cases::v1::KnownCaseEvent joined;
    joined.mutable_case_()->mutable_joined()->set_into_case_id(into);
    append(cases::case_stream(case_id), case_id, joined);
    cases::v1::KnownCaseEvent took;
    took.mutable_case_()->mutable_took_in()->set_case_id(case_id);
    append(cases::case_stream(into), into, took);
  }
  void part(const std::string& case_id, const std::string& from) {
    cases::v1::KnownCaseEvent parted;
    parted.mutable_case_()->mutable_parted();
    append(cases::case_stream(case_id), case_id, parted);
    cases::v1::KnownCaseEvent gave;
    gave.mutable_case_()->mutable_gave_back()->set_case_id(case_id);
    append(cases::case_stream(from), from, gave);
  }
  void hold_to_be_same(const std::string& person, const std::string& other) {
    cases::v1::KnownPersonEvent known;
    known.mutable_person()->mutable_same_decided()->set_other_person_id(other);
    append(cases::person_stream(person), "", known);
    known.mutable_person()->mutable_same_decided()->set_other_person_id(person);
    append(cases::person_stream(other), "", known);
  }

  // Runs a command a second after what came before, whatever comes of it.
  Result<log::Appended> attempt(const Actor& actor, const log::Work& work,
                                std::size_t fresh_ids = 3) {
    vault_.clock.advance(std::chrono::seconds(1));
    Context context = as(actor);
    context.now = vault_.clock.now();
    context.fresh_ids.clear();
    for (std::size_t i = 0; i < fresh_ids; ++i) context.fresh_ids.push_back(fresh());
    std::promise<Result<log::Appended>> answered;
    log::handle(*log_,
                {.context = context, .received_at = context.now, .guard = cases::command_guard()},
                work, [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  // The same, where nothing else than success is expected; answers with the id of the first stream.
  std::string run(const Actor& actor, const log::Work& work) {
    const auto appended = attempt(actor, work);
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
    return appended && !appended->events.empty() ? id_in(appended->events.front().stream) : "";
  }

  // That a command is refused and leaves nothing behind.
  void expect_refused(const Actor& actor, const log::Work& work, const std::string& reason) {
    const uint64_t size = log_->size();
    const auto appended = attempt(actor, work);
    ASSERT_FALSE(appended.has_value()) << "was not refused";
    EXPECT_EQ(appended.error().reason, reason) << mash::testing::brief(appended.error());
    EXPECT_EQ(log_->size(), size) << "something was written";
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

  // The key of a case is destroyed: its texts are gone.
  void erase(const std::string& key_id) {
    const std::vector<std::string> keys = {key_id};
    ASSERT_TRUE(vault_->destroy(keys).has_value());
  }
  // Who reads, and when: now.
  Context by(const Actor& actor) const {
    Context context = as(actor);
    context.now = vault_.clock.now();
    return context;
  }

  template <Decider D>
  typename D::State state(const std::string& stream) const {
    return log::read_state<D>(*log_, stream).value();
  }
};

}  // namespace mash::strategy::testing
