#include "generator/contacts.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/timestamp.h"
#include "generator/concerns.h"

namespace mash::generator {
namespace {

namespace wire = mash::referral::v1;
using std::chrono::sys_days;

struct Source {
  std::string_view code;    // in the children in need census
  std::string_view agency;  // whose system sends it; the public rings social care's front door
};

// Shares in a hundred: police 28, schools and education 21 (docs of the census), the rest as near
// as it is published.
constexpr std::pair<Source, double> kSources[] = {
    {{"6", "police"}, 28},       {{"2A", "education"}, 19},  {{"2B", "education"}, 2},
    {{"3A", "health"}, 2},       {{"3B", "health"}, 2},      {{"3C", "health"}, 1},
    {{"3D", "health"}, 2},       {{"3E", "health"}, 4},      {{"3F", "health"}, 4},
    {{"5A", "social-care"}, 5},  {{"5B", "social-care"}, 3}, {{"5C", "social-care"}, 4},
    {{"5D", "social-care"}, 3},  {{"1A", "social-care"}, 4}, {{"1B", "social-care"}, 2},
    {{"1C", "social-care"}, 1},  {{"1D", "social-care"}, 2}, {{"4", "social-care"}, 2},
    {{"7", "social-care"}, 3},   {{"8", "social-care"}, 5},  {{"9", "social-care"}, 1.5},
    {{"10", "social-care"}, 0.5}};

constexpr double kRepeated = 0.226;  // re-referrals, England
constexpr double kImmediateDanger = 0.03;

constexpr std::pair<wire::ParentsKnow, double> kParentsKnow[] = {
    {wire::PARENTS_KNOW_AND_AGREE, 0.48},
    {wire::PARENTS_KNOW_AND_DISAGREE, 0.17},
    {wire::PARENTS_KNOW_NOTHING, 0.35}};
constexpr std::string_view kWhyNotTold[] = {"Telling them now may put the child at risk.",
                                            "They could not be reached before this was sent.",
                                            "Officers are still gathering evidence."};
constexpr std::string_view kWhyNotAgreed[] = {
    "The parent said that it is nobody's business; the worry is too great to wait.",
    "One parent agrees and the other does not."};

constexpr std::pair<wire::EarlyHelpState, double> kEarlyHelp[] = {
    {wire::EARLY_HELP_STATE_UNSPECIFIED, 0.35},
    {wire::EARLY_HELP_STATE_NONE, 0.40},
    {wire::EARLY_HELP_STATE_DECLINED, 0.08},
    {wire::EARLY_HELP_STATE_ASSESSED, 0.10},
    {wire::EARLY_HELP_STATE_PLAN, 0.07}};

// A UUIDv7 of the day, in the order the contacts are made: the same contact has the same id again.
std::string request_id(Random& random, sys_days today, uint64_t number) {
  const auto ms =
      static_cast<unsigned long long>(
          std::chrono::duration_cast<std::chrono::milliseconds>(today.time_since_epoch()).count()) +
      number;
  std::array<char, 64> text{};  // 36 are used: the compiler cannot tell
  std::snprintf(text.data(), text.size(), "%08llx-%04llx-7%03x-%04x-%012llx", ms >> 16, ms & 0xFFFF,
                static_cast<unsigned>(random.below(0x1000)),
                0x8000U | static_cast<unsigned>(random.below(0x4000)),
                static_cast<unsigned long long>(random.below(std::size_t{1} << 48)));
  return text.data();
}

wire::LawfulBasis lawful_basis(Random& random, std::string_view agency) {
  wire::LawfulBasis basis;
  if (agency == "police" && random.chance(0.25)) {
    basis.set_law_enforcement(true);
    basis.add_powers(wire::STATUTORY_POWER_COMMON_LAW_POLICE);
    return basis;
  }
  basis.set_article_6(wire::ARTICLE6_PUBLIC_TASK);
  if (agency == "health") {
    basis.set_article_9(wire::ARTICLE9_HEALTH_OR_SOCIAL_CARE);
    basis.set_schedule_1_paragraph(2);
  } else if (random.chance(0.5)) {
    basis.set_article_9(wire::ARTICLE9_SUBSTANTIAL_PUBLIC_INTEREST);
    basis.set_schedule_1_paragraph(18);
  }
  basis.add_powers(agency == "education" ? wire::STATUTORY_POWER_EDUCATION_ACT_2002_S175
                   : agency == "police"  ? wire::STATUTORY_POWER_COMMON_LAW_POLICE
                   : agency == "health"  ? wire::STATUTORY_POWER_CHILDREN_ACT_2004_S11
                                         : wire::STATUTORY_POWER_CHILDREN_ACT_1989_S47);
  return basis;
}

void tell_parents(Random& random, wire::ContactAccount& account) {
  account.set_parents_know(random.pick_weighted(kParentsKnow));
  if (account.parents_know() == wire::PARENTS_KNOW_NOTHING) {
    account.set_parents_why_not(std::string(random.pick(kWhyNotTold)));
  } else if (account.parents_know() == wire::PARENTS_KNOW_AND_DISAGREE) {
    account.set_parents_why_not(std::string(random.pick(kWhyNotAgreed)));
  }
}

std::string called(const Identity& child) {
  return child.unborn() ? "the unborn " + child.family_name() + " baby" : child.given_names();
}

}  // namespace

Generator::Generator(uint64_t seed, sys_days today) : random_(seed), today_(today) {}

std::vector<Identity> Generator::choose_children(Contact& contact, std::string_view& school) {
  contact.repeated = !families_.empty() && random_.chance(kRepeated);
  if (!contact.repeated) families_.push_back(make_family(random_, today_));
  const Family& family =
      contact.repeated ? families_[random_.below(families_.size())] : families_.back();
  school = family.school;
  if (!contact.repeated) return family.children;
  std::vector<Identity> told;
  for (const Identity& child : family.children) {
    // Who tells of a family again may know of fewer of its children.
    if (told.empty() || random_.chance(0.8)) told.push_back(as_told(random_, child));
  }
  return told;
}

Contact Generator::next() {
  Contact contact;
  auto& request = contact.request;
  request.set_request_id(request_id(random_, today_, made_++));
  const Source& source = random_.pick_weighted(kSources);
  contact.agency = source.agency;
  request.set_source(std::string(source.code));
  to_proto(today_ - std::chrono::minutes{random_.between(1, 5 * 24 * 60)},
           request.mutable_occurred_at());

  std::string_view school;
  const auto children = choose_children(contact, school);
  auto& account = *request.mutable_account();
  for (const Identity& child : children) {
    const int age = age_on(child, today_);
    auto& submitted = *request.add_children();
    *submitted.mutable_identity() = child;
    Concern concern = make_concern(random_, contact.agency, called(child), age);
    if (account.concern().empty()) account.set_concern(concern.text);
    *submitted.mutable_account() = std::move(concern.account);
    if (age >= 5 && random_.chance(0.4))
      submitted.mutable_account()->set_whereabouts("At " + std::string(school) + ".");
  }
  if (random_.chance(kImmediateDanger)) {
    request.set_immediate_danger(true);
    account.set_danger(make_danger(random_, called(children.front())));
  }
  tell_parents(random_, account);
  account.set_early_help(random_.pick_weighted(kEarlyHelp));
  if (account.early_help() == wire::EARLY_HELP_STATE_PLAN) {
    account.set_early_help_summary(
        "A plan with a family support worker since the spring; some things have got better.");
  }
  account.set_agency_reference(std::string(contact.agency.substr(0, 3)) + "-" +
                               std::to_string(random_.between(100000, 999999)));
  *request.mutable_lawful_basis() = lawful_basis(random_, contact.agency);
  return contact;
}

}  // namespace mash::generator
