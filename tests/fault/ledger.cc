#include "fault/ledger.h"

#include <gtest/gtest.h>

#include <latch>

#include "core/ids.h"
#include "log/verify.h"

namespace mash::fault {
namespace {

constexpr size_t kEventsOfARequest = 2;

// What the log holds of each request, and that nothing in it has gaps.
std::map<uint64_t, Receipt> effects_in(const log::EventLog& log) {
  std::map<uint64_t, Receipt> effects;
  std::map<std::string, uint64_t> versions;
  uint64_t expected = 0;
  const auto each = [&](log::Record&& record) {
    EXPECT_EQ(record.prefix.position, expected++);
    EXPECT_EQ(record.prefix.stream_version, ++versions[record.body.stream()]);
    if (const auto number = number_of(record)) {
      Receipt& effect = effects[*number];
      EXPECT_TRUE(effect.event_ids.empty() || record.prefix.position == effect.position + 1)
          << "the events of request " << *number << " are apart";
      effect.position = record.prefix.position;
      effect.event_ids.push_back(Uuid::from_bytes(record.body.event_id())->text());
    }
    return true;
  };
  const auto scanned = log.scan({}, each);
  EXPECT_TRUE(scanned.has_value()) << scanned.error().message;
  EXPECT_EQ(expected, log.size());
  return effects;
}

}  // namespace

Receipt receipt_of(const log::Appended& appended) {
  Receipt receipt{.position = appended.position, .event_ids = {}};
  for (const auto& event : appended.events) receipt.event_ids.push_back(event.event_id);
  return receipt;
}

void Ledger::acknowledged(uint64_t number, const Receipt& receipt) {
  const std::lock_guard lock(mutex_);
  const auto [it, is_new] = receipts_.emplace(number, receipt);
  EXPECT_TRUE(is_new || it->second == receipt) << "request " << number << " has two answers";
}

size_t Ledger::receipts() const {
  const std::lock_guard lock(mutex_);
  return receipts_.size();
}

void Ledger::check(const log::EventLog& log) const {
  const auto effects = effects_in(log);
  for (const auto& [number, effect] : effects)
    EXPECT_EQ(effect.event_ids.size(), kEventsOfARequest) << "of request " << number;
  const std::lock_guard lock(mutex_);
  for (const auto& [number, receipt] : receipts_) {
    const auto it = effects.find(number);
    ASSERT_NE(it, effects.end()) << "acknowledged request " << number << " is lost";
    EXPECT_EQ(it->second, receipt) << "of request " << number;
  }
  const auto report = log::verify(log, {.threads = 1, .with_views = true});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  for (const auto& fault : report->faults)
    ADD_FAILURE() << fault.reason << " at " << fault.position << ": " << fault.message;
}

void Ledger::settle(log::EventLog& log, const std::string& case_id, uint64_t begin, uint64_t end) {
  std::latch all(static_cast<std::ptrdiff_t>(end - begin));
  for (uint64_t number = begin; number < end; ++number)
    send(log, case_id, number, [&, number](const Result<log::Appended>& result) {
      if (result) acknowledged(number, receipt_of(*result));
      EXPECT_TRUE(result.has_value()) << result.error().reason << ": " << result.error().message;
      all.count_down();
    });
  all.wait();
  const auto effects = effects_in(log);
  for (uint64_t number = begin; number < end; ++number) {
    ASSERT_TRUE(effects.contains(number)) << "request " << number << " has no effect";
    EXPECT_EQ(effects.at(number).event_ids.size(), kEventsOfARequest) << "of request " << number;
  }
}

}  // namespace mash::fault
