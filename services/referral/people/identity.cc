#include "referral/people/identity.h"

#include <chrono>
#include <optional>

#include "core/identifiers.h"
#include "core/timestamp.h"
#include "mash/referral/v1/person.pb.h"
#include "referral/intake/forms.h"
#include "referral/limits.h"

namespace mash::referral {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;
using std::chrono::years;

constexpr int kNamesMax = 20;
constexpr int kAddressesMax = 10;
constexpr int kAddressLinesMax = 8;
constexpr int kChildAgeYearsMax = 26;
// A birth may be some weeks overdue before it is reported; a pregnancy lasts at most 44 weeks.
constexpr days kOverdueMax{42};
constexpr days kPregnancyMax{44 * 7};

// A pupil number, or the census's code for why there is none.
bool is_upn_or_unknown(std::string_view text) { return is_upn(text) || is_upn_unknown(text); }

// The first day a partial date can mean; nothing when it is no date.
std::optional<sys_days> earliest(const v1::PartialDate& date) {
  if (date.year() < 1900 || date.year() > 9999 || date.month() > 12 || date.day() > 31) return {};
  if (date.day() != 0 && date.month() == 0) return {};
  const year_month_day day{year(static_cast<int>(date.year())),
                           std::chrono::month(date.month() == 0 ? 1 : date.month()),
                           std::chrono::day(date.day() == 0 ? 1 : date.day())};
  if (!day.ok()) return {};
  return sys_days(day);
}

std::string as_text(const v1::PartialDate& date) {
  return std::to_string(date.year()) + "-" + std::to_string(date.month()) + "-" +
         std::to_string(date.day());
}

// London runs at most an hour ahead of UTC: a child born there today may be born "tomorrow" here.
sys_days today_in_london(Time now) { return floor<days>(now + std::chrono::hours(1)); }

void check_birth(const std::string& field, v1::Identity& identity, Whose whose, Time now,
                 IntakeChecks& checks) {
  if (!identity.has_birth_date()) return;
  const auto earliest_day = earliest(identity.birth_date());
  std::string fault;
  if (!earliest_day)
    fault =
        "is not a date: a year from 1900 on, with or without its month, with or without the day";
  else if (*earliest_day > today_in_london(now))
    fault = "is in the future; an unborn child has an expected_delivery instead";
  else if (identity.unborn())
    fault = "is given for a child that is not born yet";
  else if (whose == Whose::kChild && is_too_old(identity, now))
    fault = "is that of somebody too old to be the subject of a contact about a child";
  else
    return;
  checks.unsound(field + ".birth_date", as_text(identity.birth_date()), fault,
                 *identity.mutable_set_aside());
  if (checks.urgent()) identity.clear_birth_date();
}

void check_delivery(const std::string& field, v1::Identity& identity, Time now,
                    IntakeChecks& checks) {
  const std::string path = field + ".expected_delivery";
  if (identity.expected_delivery().empty()) {
    if (identity.unborn())
      checks.missing(path, "is missing: an unborn child has an expected date of delivery");
    return;
  }
  const sys_days today = floor<days>(now);
  const auto day = from_iso_date(identity.expected_delivery());
  std::string fault;
  if (!identity.unborn())
    fault = "is given for somebody who is not an unborn child";
  else if (!day)
    fault = "is not a date like 2026-03-29";
  else if (sys_days(*day) < today - kOverdueMax)
    fault = "is more than six weeks ago";
  else if (sys_days(*day) > today + kPregnancyMax)
    fault = "is further ahead than a pregnancy lasts";
  else
    return;
  checks.text(path, identity.expected_delivery(), kNoteBytesMax);
  checks.unsound(path, identity.expected_delivery(), fault, *identity.mutable_set_aside());
  if (checks.urgent()) identity.clear_expected_delivery();
}

// `number` is one of the identity's; what does not check leaves it for `set_aside`.
void check_number(const std::string& field, v1::Identifier& number,
                  bool (*is_valid)(std::string_view), const std::string& description,
                  SetAsides& set_aside, IntakeChecks& checks) {
  checks.text(field + ".value", number.value(), kNoteBytesMax);
  if (number.absence() == v1::IDENTIFIER_ABSENCE_UNVERIFIED) {
    checks.unsound(field + ".absence", "UNVERIFIED", "is for the hub to say", set_aside);
    number.clear_absence();
  }
  if (number.value().empty()) return;
  if (number.absence() != v1::IDENTIFIER_ABSENCE_UNSPECIFIED) {
    checks.unsound(field + ".absence", v1::IdentifierAbsence_Name(number.absence()),
                   "is given together with a value", set_aside);
    number.clear_absence();
  }
  const std::string plain = capitals(without_separators(number.value()));
  if (is_valid(plain)) {
    number.set_value(plain);
    return;
  }
  checks.unsound(field + ".value", number.value(), description, set_aside);
  number.clear_value();
  number.set_absence(v1::IDENTIFIER_ABSENCE_UNVERIFIED);
}

void check_addresses(const std::string& field, v1::Identity& identity, IntakeChecks& checks) {
  if (identity.addresses_size() > kAddressesMax)
    return checks.fault(field + ".addresses",
                        "are more than " + std::to_string(kAddressesMax) + " addresses");
  for (int i = 0; i < identity.addresses_size(); ++i) {
    const std::string path = field + ".addresses[" + std::to_string(i) + "]";
    v1::Address& address = *identity.mutable_addresses(i);
    if (address.lines_size() > kAddressLinesMax)
      checks.fault(path + ".lines", "are more than " + std::to_string(kAddressLinesMax) + " lines");
    else
      for (const std::string& line : address.lines())
        checks.line_unless_urgent(path + ".lines", line);
    checks.line_unless_urgent(path + ".postcode", address.postcode());
    if (address.postcode().empty()) continue;
    if (const auto postcode = as_postcode(address.postcode())) {
      address.set_postcode(*postcode);
      continue;
    }
    checks.unsound(path + ".postcode", address.postcode(), "is not a postcode",
                   *identity.mutable_set_aside());
    address.clear_postcode();
  }
}

bool is_told_apart(const v1::Identity& identity) {
  return !identity.given_names().empty() || !identity.family_name().empty() ||
         identity.also_known_as_size() > 0 || !identity.description().empty() || identity.unborn();
}

}  // namespace

bool is_too_old(const v1::Identity& identity, Time now) {
  const auto born = earliest(identity.birth_date());
  return born && year_month_day(*born).year() <
                     year_month_day(today_in_london(now)).year() - years(kChildAgeYearsMax);
}

void check_identity(const std::string& field, v1::Identity& identity, Whose whose, Time now,
                    IntakeChecks& checks) {
  identity.clear_set_aside();
  checks.enums(field, identity, *identity.mutable_set_aside());
  if (!is_told_apart(identity))
    checks.missing(field, "says nothing: give a name, a description, or that the child is unborn");
  checks.line_unless_urgent(field + ".given_names", identity.given_names());
  checks.line_unless_urgent(field + ".family_name", identity.family_name());
  if (identity.also_known_as_size() > kNamesMax)
    checks.fault(field + ".also_known_as", "are more than " + std::to_string(kNamesMax) + " names");
  else
    for (const std::string& name : identity.also_known_as())
      checks.line_unless_urgent(field + ".also_known_as", name);
  checks.text(field + ".description", identity.description(), kNoteBytesMax);
  check_birth(field, identity, whose, now, checks);
  check_delivery(field, identity, now, checks);
  if (identity.has_nhs_number())
    check_number(field + ".nhs_number", *identity.mutable_nhs_number(), is_nhs_number,
                 "is not an NHS number: ten digits, the last of which is their check digit",
                 *identity.mutable_set_aside(), checks);
  if (identity.has_upn())
    check_number(field + ".upn", *identity.mutable_upn(), is_upn_or_unknown,
                 "is not a unique pupil number: a check letter and twelve digits",
                 *identity.mutable_set_aside(), checks);
  check_addresses(field, identity, checks);
  if (identity.ByteSizeLong() > kIdentityBytesMax)
    checks.fault(field, "is longer than 16 KiB together");
}

}  // namespace mash::referral
