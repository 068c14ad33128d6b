#include "generator/area.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/timestamp.h"
#include "generator/area_names.h"
#include "generator/identifiers.h"
#include "generator/names.h"

namespace mash::generator {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;
namespace wire = mash::referral::v1;

constexpr std::pair<int, double> kChildren[] = {{0, 0.10}, {1, 0.38}, {2, 0.33},
                                                {3, 0.13}, {4, 0.04}, {5, 0.02}};
constexpr double kTwins = 0.016;            // of births
constexpr double kNamedAfterParent = 0.02;  // of children
constexpr double kOtherFamilyName = 0.12;   // of children: step-families
constexpr double kDoubleFamilyName = 0.06;
constexpr double kSecondName = 0.30;
constexpr double kUnborn = 0.01;

void set_birth_date(Identity& identity, sys_days date) {
  const year_month_day parts{date};
  auto& birth = *identity.mutable_birth_date();
  birth.set_year(static_cast<uint32_t>(static_cast<int>(parts.year())));
  birth.set_month(static_cast<unsigned>(parts.month()));
  birth.set_day(static_cast<unsigned>(parts.day()));
}

// Eighty thousand postcodes: for a million people, some five households each.
std::string make_postcode(Random& random) {
  constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";
  return "GL" + std::to_string(random.between(1, 20)) + " " + std::to_string(random.below(10)) +
         kLetters[random.below(kLetters.size())] + kLetters[random.below(kLetters.size())];
}

std::string given_name(Random& random, bool girl) {
  return girl ? area_girls_name(random) : area_boys_name(random);
}

}  // namespace

Identity Area::make_person(const std::string& family_name, bool girl, sys_days born) {
  Identity person;
  std::string given = given_name(random_, girl);
  if (random_.chance(kSecondName)) given += " " + given_name(random_, girl);
  person.set_given_names(given);
  person.set_family_name(family_name);
  person.set_sex(girl ? wire::SEX_FEMALE : wire::SEX_MALE);
  set_birth_date(person, born);
  if (random_.chance(0.65)) person.mutable_nhs_number()->set_value(synthetic_nhs_number(random_));
  const auto age_days = (today_ - born).count();
  if (age_days > 5 * 365 && age_days < 18 * 365 && random_.chance(0.6))
    person.mutable_upn()->set_value(synthetic_upn(random_));
  return person;
}

void Area::add_children(std::vector<Identity>& household, int parents) {
  const std::string family_name = household.front().family_name();
  sys_days born = today_ - days{random_.between(30, 17 * 365)};
  for (int i = random_.pick_weighted(kChildren); i > 0; --i) {
    std::string name = family_name;
    if (random_.chance(kDoubleFamilyName)) name += "-" + area_family_name(random_);
    if (random_.chance(kOtherFamilyName)) name = area_family_name(random_);
    const bool girl = random_.chance(0.49);
    household.push_back(make_person(name, girl, born));
    const auto& parent = household[random_.below(static_cast<std::size_t>(parents))];
    if (random_.chance(kNamedAfterParent)) {
      household.back().set_given_names(parent.given_names());
      household.back().set_sex(parent.sex());
    }
    if (!random_.chance(kTwins)) born -= days{random_.between(320, 1'600)};
    if (today_ - born > days{18 * 365}) break;
  }
  if (!random_.chance(kUnborn)) return;
  Identity unborn;
  unborn.set_family_name(family_name);
  unborn.set_unborn(true);
  unborn.set_expected_delivery(to_iso_date(year_month_day(today_ + days{random_.between(7, 200)})));
  household.push_back(std::move(unborn));
}

std::vector<Identity> Area::next_household() {
  std::vector<Identity> household;
  const std::string family_name = area_family_name(random_);
  const int parents = random_.chance(0.6) ? 2 : 1;
  for (int i = 0; i < parents; ++i) {
    const auto born = today_ - days{random_.between(19 * 365, 50 * 365)};
    household.push_back(make_person(random_.chance(0.7) ? family_name : area_family_name(random_),
                                    i == 0 ? random_.chance(0.8) : random_.chance(0.1), born));
  }
  add_children(household, parents);
  const std::string postcode = make_postcode(random_);
  for (auto& person : household) person.add_addresses()->set_postcode(postcode);
  return household;
}

namespace {

std::string misspelt(Random& random, const std::string& name) {
  return random.chance(0.6) ? as_heard(random, name) : as_misheard(random, name);
}

void tell_given_names(Random& random, Identity& told) {
  const std::string name = told.given_names();
  const auto space = name.find(' ');
  if (space != std::string::npos && random.chance(0.45)) {  // the second name is seldom asked for
    told.set_given_names(random.chance(0.9) ? name.substr(0, space) : name.substr(space + 1));
  } else if (space == std::string::npos && random.chance(0.05)) {
    told.set_given_names(name + " " + given_name(random, told.sex() == wire::SEX_FEMALE));
  }
  const std::string first = told.given_names().substr(0, told.given_names().find(' '));
  const double slip = random.fraction();
  if (slip < 0.10) {
    told.set_given_names(another_form(random, first));
  } else if (slip < 0.18) {
    told.set_given_names(misspelt(random, told.given_names()));
  } else if (slip < 0.19) {
    told.set_given_names(first.substr(0, static_cast<unsigned char>(first[0]) < 0x80 ? 1 : 2));
  } else if (slip < 0.21) {
    told.clear_given_names();
  }
}

void tell_family_name(Random& random, Identity& told) {
  const std::string name = told.family_name();
  const auto hyphen = name.find('-');
  const double slip = random.fraction();
  if (hyphen != std::string::npos && random.chance(0.5)) {
    told.set_family_name(random.chance(0.5) ? name.substr(0, hyphen) : name.substr(hyphen + 1));
  } else if (slip < 0.08) {
    told.set_family_name(misspelt(random, name));
  } else if (slip < 0.10) {
    told.set_family_name(name + "-" + area_family_name(random));
  } else if (slip < 0.12) {
    told.set_family_name(area_family_name(random));  // as the other parent is called
  }
}

void tell_birth_date(Random& random, Identity& told) {
  if (!told.has_birth_date()) return;
  auto& birth = *told.mutable_birth_date();
  const double slip = random.fraction();
  if (slip < 0.03) {
    if (birth.day() <= 12) {
      const auto day = birth.day();
      birth.set_day(birth.month());
      birth.set_month(day);
    }
  } else if (slip < 0.05) {
    birth.set_day(birth.day() < 28 ? birth.day() + 1 : birth.day() - 1);
  } else if (slip < 0.06) {
    birth.set_year(birth.year() - 1);
  } else if (slip < 0.07) {
    birth.set_month(birth.month() % 12 + 1);
    birth.set_day(std::min(birth.day(), 28U));
  } else if (slip < 0.10) {
    birth.set_day(0);
  } else if (slip < 0.13) {
    birth.set_day(0);
    birth.set_month(0);
  } else if (slip < 0.15) {
    told.clear_birth_date();
  }
}

// The child that was expected: most are told of anew once they are born.
void tell_unborn(Random& random, Identity& told) {
  const auto expected = from_iso_date(told.expected_delivery());
  if (!expected || random.chance(0.3)) return;
  told.clear_unborn();
  told.clear_expected_delivery();
  set_birth_date(told, sys_days(*expected) + days{random.between(-21, 9)});
  const bool girl = random.chance(0.49);
  told.set_sex(girl ? wire::SEX_FEMALE : wire::SEX_MALE);
  told.set_given_names(random.chance(0.2) ? "Baby" : given_name(random, girl));
}

void tell_numbers(Random& random, Identity& told) {
  if (random.chance(0.55)) told.clear_nhs_number();  // the police and schools seldom have it
  if (random.chance(0.60)) told.clear_upn();
  if (told.has_nhs_number() && random.chance(0.005))
    told.mutable_nhs_number()->set_value(synthetic_nhs_number(random));
}

}  // namespace

Identity told_otherwise(Random& random, const Identity& person) {
  Identity told = person;
  if (told.unborn()) tell_unborn(random, told);
  if (!told.given_names().empty()) tell_given_names(random, told);
  tell_family_name(random, told);
  if (random.chance(0.01) && !told.given_names().empty())
    std::swap(*told.mutable_given_names(), *told.mutable_family_name());
  tell_birth_date(random, told);
  tell_numbers(random, told);
  if (random.chance(0.10)) told.clear_sex();
  const double address = random.fraction();
  if (address < 0.12) {
    told.clear_addresses();
  } else if (address < 0.27) {
    told.mutable_addresses(0)->set_postcode(make_postcode(random));
  }
  return told;
}

}  // namespace mash::generator
