#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/log_of_service.h"
#include "referral/intake/intake.h"
#include "referral/lists/views.h"
#include "referral/rules.h"
#include "referral/testing/cast.h"

namespace mash::referral::testing {

// The service's log in a temporary folder, and its commands without gRPC.
class ServiceLog : public ::testing::Test, protected log::testing::LogOfService {
 protected:
  ServiceLog() : LogOfService("referral", utc(kNow), views()) {}

  Context context(const Actor& actor, int keyed = 0) {
    Context context = as(actor);
    context.now = vault_.clock.now();
    context.fresh_ids.clear();
    for (int i = 0; i < keyed; ++i) context.fresh_ids.push_back(ring_.fresh_key_id().value());
    context.fresh_ids.push_back(ids_.next_text());
    return context;
  }

  // Begins a command; its answer comes when the log has it.
  std::future<Result<log::Appended>> begin(log::CommandCall call, log::Work work) {
    auto answered = std::make_shared<std::promise<Result<log::Appended>>>();
    log::handle(*log_, std::move(call), std::move(work), [answered](Result<log::Appended> result) {
      answered->set_value(std::move(result));
    });
    return answered->get_future();
  }

  // Runs a command, a second after the one before, whatever comes of it.
  Result<log::Appended> attempt(const Context& context, const log::Work& work) {
    vault_.clock.advance(std::chrono::seconds(1));
    return begin({.context = context, .received_at = context.now}, work).get();
  }

  // The same, where nothing else than success is expected.
  Result<log::Appended> run(const Context& context, const log::Work& work) {
    auto result = attempt(context, work);
    EXPECT_TRUE(result.has_value()) << mash::testing::brief(result.error());
    return result;
  }

  Result<log::Appended> try_to_submit(const Actor& actor, const v1::SubmitContactRequest& request) {
    const Context by = context(actor, static_cast<int>(1 + fresh_persons(request)));
    return attempt(by, [&](log::UnitOfWork& unit) {
      Submission submission = Submission::of(request, unit.context());
      return take_in(*log_, unit, submission);
    });
  }

  // Submits, and answers with the referral's id.
  std::string submit(const Actor& actor, const v1::SubmitContactRequest& request = contact()) {
    const auto appended = try_to_submit(actor, request);
    EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
    return appended ? id_in(appended->events.front().stream) : "";
  }

  void erase(const std::string& key_id) {
    const std::vector<std::string> keys = {key_id};
    ASSERT_TRUE(vault_->destroy(keys).has_value());
  }

  IdSource ids_{vault_.clock, 5};
};

}  // namespace mash::referral::testing
