#pragma once

// What every policy pack has for strategy discussions, for the small packs of tests. Its source is
// `law`; the lines go at the end of the section `timescales`.
namespace mash::policy {

inline constexpr const char* kStrategyTimescales =
    R"(  strategy-discussion: {allowed: 3 working-days, counted_from: decision, source: law}
  strategy-discussion-urgent: {allowed: 4 elapsed-hours, counted_from: decision, source: law}
  discussion-reconvening: {allowed: 1 working-day, counted_from: sitting, source: law}
  discussion-record: {allowed: 1 working-day, counted_from: sitting, source: law}
  discussion-action: {allowed: 5 working-days, counted_from: action, source: law}
  conference-request: {allowed: 3 working-days, counted_from: request, source: law}
  initial-conference: {allowed: 15 working-days, counted_from: discussion, source: law}
  core-group: {allowed: 10 working-days, counted_from: conference, source: law}
  first-review-conference: {allowed: 3 calendar-months, counted_from: conference, source: law}
  next-review-conference: {allowed: 6 calendar-months, counted_from: conference, source: law}
  pre-birth-conference: {allowed: -70 elapsed-days, counted_from: birth, source: law}
  review-after-birth: {allowed: 1 calendar-month, counted_from: birth, source: law}
  review-after-pre-birth-conference: {allowed: 3 calendar-months, counted_from: conference, source: law}
  transfer-in-conference: {allowed: 15 working-days, counted_from: notice, source: law}
  police-protection: {allowed: 72 elapsed-hours, counted_from: taking, source: law}
  emergency-protection-order: {allowed: 8 elapsed-days, counted_from: order, source: law}
  emergency-protection-order-extension: {allowed: 7 elapsed-days, counted_from: end, source: law}
)";

}  // namespace mash::policy
