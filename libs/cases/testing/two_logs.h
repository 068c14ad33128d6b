#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cases/copying.h"
#include "cases/following.h"
#include "cases/streams.h"
#include "feed/follower.h"
#include "feed/local_feed.h"
#include "feed/parked_view.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "merkle/signing_key.h"
#include "policy/testing/cast.h"
#include "vault/key_ring.h"
#include "vault/testing/temp_vault.h"

namespace mash::cases::testing {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests

// An event on its way into the referral log, decided by nobody.
struct Told {
  log::Target target;
  std::shared_ptr<const google::protobuf::Message> event;
};

inline Told about_referral(const std::string& case_id, const std::string& referral_id,
                           const std::string& text) {
  return {{"referral/" + referral_id, case_id},
          std::make_shared<referral::v1::ReferralEvent>(
              proto<referral::v1::ReferralEvent>(text.c_str()))};
}
inline Told about_case(const std::string& case_id, const std::string& text) {
  return {{case_stream(case_id), case_id},
          std::make_shared<referral::v1::CaseEvent>(proto<referral::v1::CaseEvent>(text.c_str()))};
}
inline Told about_person(const std::string& person_id, const std::string& text) {
  return {
      {person_stream(person_id)},
      std::make_shared<referral::v1::PersonEvent>(proto<referral::v1::PersonEvent>(text.c_str()))};
}

// A contact from that agency about one child, "ada".
inline Told contact_from(const std::string& agency, const std::string& case_id,
                         const std::string& referral_id) {
  return about_referral(case_id, referral_id,
                        "contact_received { agency: '" + agency + "' case_id: '" + case_id +
                            "' child_ids: 'ada' person_ids: 'cy' }");
}

// Begun as a follower begins it: where the own log says it stopped.
inline Copying begun(const FollowingParts& parts) {
  Copying copying(parts);
  copying.begin(parts.feed->go_on_from(copying.stored()).value());
  return copying;
}

// The referral log and the one that follows it, in temporary folders.
class TwoLogs : public ::testing::Test {
 protected:
  TwoLogs() {
    vault_.clock.set(utc(kNow));
    referral_ = open("referral");
    own_ = open("strategy");
  }

  log::LogOptions opening(const std::string& service) {
    log::LogOptions options;
    options.directory = vault_.folder() / service;
    options.area = "E10000013";
    options.service = service;
    options.clock = &vault_.clock;
    options.keys = &ring_;
    options.signer = &signer_;
    options.memtable_bytes = 1 << 20;
    options.block_cache_bytes = 1 << 20;
    options.views.push_back(feed::parked_view());
    return options;
  }
  std::unique_ptr<log::EventLog> open(const std::string& service) {
    auto opened = log::EventLog::open(opening(service));
    EXPECT_TRUE(opened.has_value()) << mash::testing::brief(opened.error());
    return std::move(*opened);
  }
  void reopen_own() {
    own_.reset();
    own_ = open("strategy");
  }

  FollowingParts parts() {
    return {.feed = std::make_shared<feed::LocalFeed>(*referral_),
            .own_log = *own_,
            .clock = vault_.clock,
            .retry_after = std::chrono::milliseconds(1),
            .in_background = false};  // tests wait for what follows
  }

  static Result<log::Appended> run(log::EventLog& log, log::CommandCall call,
                                   const log::Work& work) {
    std::promise<Result<log::Appended>> answered;
    log::handle(log, std::move(call), work,
                [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  // Appends to the referral log, all in one append.
  void tell(const std::vector<Told>& told, const Actor& by = kTriage) {
    const auto appended = run(*referral_, {.context = as(by)}, [&](log::UnitOfWork& unit) {
      Result<void> added;
      for (const Told& each : told)
        if (added) added = unit.add(each.target, *each.event);
      return added;
    });
    ASSERT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  }

  // The records of the log that follows.
  std::vector<log::Record> kept() {
    std::vector<log::Record> records;
    for (uint64_t position = 0; position < own_->size(); ++position)
      records.push_back(own_->read(position).value());
    return records;
  }

  vault::testing::TempVault vault_;
  vault::KeyRing ring_{*vault_};
  merkle::SigningKey signer_ = merkle::SigningKey::generate("mash/E10000013/strategy").value();
  std::unique_ptr<log::EventLog> referral_;
  std::unique_ptr<log::EventLog> own_;
};

}  // namespace mash::cases::testing
