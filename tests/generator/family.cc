#include "generator/family.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "core/timestamp.h"
#include "generator/identifiers.h"
#include "generator/names.h"

namespace mash::generator {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;
namespace wire = mash::referral::v1;

constexpr std::string_view kStreets[] = {
    "Alder Close",    "Barton Street",   "Cotswold View",  "Denmark Road",     "Estcourt Row",
    "Finlay Road",    "Grange Lane",     "High Street",    "Innsworth Way",    "Jubilee Court",
    "Kingsholm Mews", "Larkhay Gardens", "Mill Lane",      "Northgate",        "Orchard Way",
    "Podsmead Place", "Station Road",    "Tredworth Road", "Victoria Terrace", "Windmill Parade"};
constexpr std::string_view kTowns[] = {"Gloucester", "Cheltenham",  "Stroud",
                                       "Tewkesbury", "Cirencester", "Lydney"};
constexpr std::string_view kSchools[] = {"Alderbrook Primary School", "Beacon Hill Academy",
                                         "Coombe Lane Junior School", "Deanswood School",
                                         "Eastfield Infant School",   "Forest View Academy",
                                         "Greyfriars School",         "Holm Park Primary School"};

// How many children a contact is about, the age of the eldest, and what is left out.
constexpr std::pair<int, double> kChildren[] = {{1, 0.58}, {2, 0.25},  {3, 0.11},
                                                {4, 0.04}, {5, 0.015}, {6, 0.005}};
constexpr std::pair<int, double> kFirstYearOfAgeBand[] = {
    {0, 0.08}, {1, 0.20}, {5, 0.26}, {10, 0.30}, {16, 0.16}};
constexpr double kUnborn = 0.025;
constexpr double kNhsNumberKnown = 0.70;
constexpr double kUpnKnown = 0.65;

wire::Address make_address(Random& random) {
  wire::Address address;
  address.add_lines(std::to_string(random.between(1, 180)) + " " +
                    std::string(random.pick(kStreets)));
  address.add_lines(std::string(random.pick(kTowns)));
  // An outward code of the county; the rest is chance.
  constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";
  address.set_postcode("GL" + std::to_string(random.between(1, 20)) + " 0" +
                       kLetters[random.below(kLetters.size())] +
                       kLetters[random.below(kLetters.size())]);
  return address;
}

void set_birth_date(Identity& identity, sys_days date) {
  const year_month_day parts{date};
  identity.mutable_birth_date()->set_year(static_cast<uint32_t>(static_cast<int>(parts.year())));
  identity.mutable_birth_date()->set_month(static_cast<unsigned>(parts.month()));
  identity.mutable_birth_date()->set_day(static_cast<unsigned>(parts.day()));
}

Identity make_child(Random& random, const std::string& family_name, int age, sys_days today) {
  Identity child;
  const bool girl = random.chance(0.49);
  child.set_given_names(girl ? girls_forename(random) : boys_forename(random));
  child.set_family_name(family_name);
  child.set_sex(girl ? wire::SEX_FEMALE : wire::SEX_MALE);
  set_birth_date(child, today - days{age * 365 + age / 4 + random.between(1, 360)});
  if (random.chance(kNhsNumberKnown)) {
    child.mutable_nhs_number()->set_value(synthetic_nhs_number(random));
  } else {
    child.mutable_nhs_number()->set_absence(wire::IDENTIFIER_ABSENCE_NOT_KNOWN);
  }
  if (age >= 5 && random.chance(kUpnKnown)) child.mutable_upn()->set_value(synthetic_upn(random));
  return child;
}

Identity make_unborn(Random& random, const std::string& family_name, sys_days today) {
  Identity child;
  child.set_family_name(family_name);
  child.set_unborn(true);
  child.set_expected_delivery(to_iso_date(today + days{random.between(14, 200)}));
  child.mutable_nhs_number()->set_absence(wire::IDENTIFIER_ABSENCE_NONE_EXISTS);
  return child;
}

Identity make_carer(Random& random, const std::string& family_name) {
  Identity carer;
  carer.set_given_names(adults_forename(random));
  carer.set_family_name(random.chance(0.8) ? family_name : surname(random));
  return carer;
}

// Day and month exchanged: the commonest slip in dates of birth. Only where that makes an earlier
// date, so that nobody is born in the future.
void exchange_day_and_month(wire::PartialDate& date) {
  if (date.day() >= 1 && date.day() < date.month()) {
    const auto day = date.day();
    date.set_day(date.month());
    date.set_month(day);
  }
}

}  // namespace

Family make_family(Random& random, sys_days today) {
  Family family;
  const std::string family_name = surname(random);
  const auto address = make_address(random);
  const int count = random.pick_weighted(kChildren);
  int age = random.pick_weighted(kFirstYearOfAgeBand);
  age = std::min(17, age + random.between(0, age == 0 ? 0 : age == 1 ? 3 : age == 16 ? 1 : 4));
  for (int i = 0; i < count && age >= 0; ++i) {
    family.children.push_back(make_child(random, family_name, age, today));
    age -= random.between(1, 4);
  }
  if (random.chance(kUnborn)) {
    if (random.chance(0.7)) family.children.clear();  // Most are the family's first.
    family.children.push_back(make_unborn(random, family_name, today));
  }
  for (auto& child : family.children) *child.add_addresses() = address;
  const int carers = random.chance(0.55) ? 2 : 1;
  for (int i = 0; i < carers; ++i) {
    family.carers.push_back(make_carer(random, family_name));
    *family.carers.back().add_addresses() = address;
  }
  family.school = std::string(random.pick(kSchools));
  return family;
}

Identity as_told(Random& random, const Identity& child) {
  Identity told = child;
  if (random.chance(0.12) && !told.given_names().empty()) {
    told.set_given_names(as_misheard(random, told.given_names()));
  }
  if (random.chance(0.07) && !told.family_name().empty()) {
    told.set_family_name(as_misheard(random, told.family_name()));
  }
  if (random.chance(0.04) && told.has_birth_date())
    exchange_day_and_month(*told.mutable_birth_date());
  if (random.chance(0.05) && told.has_birth_date()) told.mutable_birth_date()->set_day(0);
  if (random.chance(0.30) && told.nhs_number().absence() == wire::IDENTIFIER_ABSENCE_UNSPECIFIED) {
    told.mutable_nhs_number()->clear_value();
    told.mutable_nhs_number()->set_absence(wire::IDENTIFIER_ABSENCE_NOT_KNOWN);
  }
  if (random.chance(0.40)) told.clear_upn();
  if (random.chance(0.10)) *told.mutable_addresses(0) = make_address(random);
  return told;
}

int age_on(const Identity& child, sys_days today) {
  if (child.unborn() || !child.has_birth_date()) return -1;
  const year_month_day now{today};
  const auto& born = child.birth_date();
  const int years = static_cast<int>(now.year()) - static_cast<int>(born.year());
  const bool before_birthday =
      std::pair{static_cast<unsigned>(now.month()), static_cast<unsigned>(now.day())} <
      std::pair{born.month(), born.day()};
  return years - (before_birthday ? 1 : 0);
}

}  // namespace mash::generator
