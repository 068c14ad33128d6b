#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mash::log {
class View;
}

namespace mash::referral {

// Every referral in triage's order (row.h), for the hub.
inline constexpr std::string_view kTriageView = "triage";
// For each agency apart the referrals it sent, in an order that tells it nothing of triage's.
inline constexpr std::string_view kSentView = "sent";
// Every case of which something is said in a stream of its own, by id: the columns are the case it
// is joined into, or empty. Of most cases nothing is, which is then known from one look-up.
inline constexpr std::string_view kCaseAccessView = "case-access";

// The views of the referral service, for LogOptions::views. They see the public part of events
// alone.
std::vector<std::unique_ptr<log::View>> views();

// Where an agency's referrals begin in kSentView, and where the next agency's do.
std::string sent_from(std::string_view agency);
std::string sent_below(std::string_view agency);

}  // namespace mash::referral
