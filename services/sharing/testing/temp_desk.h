#pragma once
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/known_case.h"
#include "cases/streams.h"
#include "core/ids.h"
#include "host/desk.h"
#include "log/testing/temp_log.h"
#include "policy/packs.h"
#include "sharing/streams.h"
#include "sharing/testing/items.h"

namespace mash::sharing::testing {

// A desk over a log of its own in a temporary folder. One case of it is known: social care and
// police told of the child and its mother, and health has a part in it. Health holds an item.
class TempDesk {
 public:
  TempDesk() {
    log_.clock().set(utc(kNow));
    auto told = proto<cases::KnownCase::Event>(R"(referral { event { contact_received {
      agency: "police" } } })");
    told.mutable_referral()->set_referral_id(uuid(910));
    auto& received = *told.mutable_referral()->mutable_event()->mutable_contact_received();
    received.add_child_ids(kChild);
    received.add_person_ids(kMother);
    run(kTriage, [&](log::UnitOfWork& unit) {
      return unit.decide<cases::KnownCase>({cases::case_stream(case_id_), case_id_}, told)
          .and_then([&] {
            return unit.decide<cases::KnownCase>({cases::case_stream(case_id_), case_id_},
                                                 cases::KnownCase::Involve{"health"});
          });
    });
    item_ = hold();
  }

  // Another item of health's.
  std::string hold() {
    const std::string id = ids_.next_text();
    const v1::ItemContent said = content();
    Item::Hold command = testing::hold(said);
    command.case_id = case_id_;
    decide(kHealth, id, command);
    return id;
  }

  // Something that happens to an item; a refusal fails the test.
  template <class Command>
  void decide(const Actor& actor, const std::string& item_id, const Command& command) {
    run(actor, [&](log::UnitOfWork& unit) {
      return unit.decide<Item>({item_stream(item_id), case_id_}, command);
    });
  }

  host::Desk& desk() { return desk_; }
  log::EventLog& log() { return *log_; }
  mash::log::testing::TempLog& temp_log() { return log_; }
  const std::string& case_id() const { return case_id_; }
  const std::string& item() const { return item_; }

 private:
  void run(const Actor& actor, const log::Work& work) {
    std::promise<Result<log::Appended>> answered;
    log::handle(*log_, {.context = as(actor)}, work,
                [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    const auto appended = answered.get_future().get();
    EXPECT_TRUE(appended.has_value()) << appended.error().reason;
  }

  mash::log::testing::TempLog log_;
  const std::string case_id_ = log_.fresh_case();
  IdSource ids_{log_.clock()};
  host::Access access_ =
      host::Access::of(std::vector<std::string>{"mash.sharing.v1.SharingService"}).value();
  host::Callers callers_{"E10000013", {}};
  host::Metrics metrics_{access_};
  policy::Packs packs_ = policy::Packs::of({pack()}, {law()}).value();
  host::Desk desk_{{.log = *log_,
                    .keys = log_.keys(),
                    .packs = packs_,
                    .calendar = calendar(),
                    .clock = log_.clock(),
                    .ids = ids_,
                    .callers = callers_,
                    .access = access_,
                    .metrics = metrics_,
                    .guard = cases::command_guard()}};
  std::string item_;
};

}  // namespace mash::sharing::testing
