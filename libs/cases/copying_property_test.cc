#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <map>
#include <set>

#include "cases/case_guard.h"
#include "cases/copying.h"
#include "cases/testing/two_logs.h"

// However what happens in the referral log interleaves with following it, and with the follower
// being stopped: the families known here are those that the referral log says there are.
namespace mash::cases {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr int kCases = 4;

// What the referral log says, kept apart from everything under test.
struct SaidCase {
  int parent = -1;
  CaseAccess access;
  std::map<std::string, std::string> referrals;  // who sent each
  std::set<std::string> agencies;
};
using Said = std::array<SaidCase, kCases>;

int head_of(const Said& said, int of) {
  while (said.at(of).parent >= 0) of = said.at(of).parent;
  return of;
}

class Interleaving : public TwoLogs {
 public:
  void TestBody() override {}

  void run_one() {
    ++round_;
    Said said;
    snapshots_ = {{referral_->size(), said}};
    auto copying = std::make_unique<Copying>(begun(parts()));
    const int steps = *rc::gen::inRange(1, 40);
    for (int step = 0; step < steps; ++step) {
      if (*rc::gen::inRange(0, 3) == 0) {
        say_something(said);
        snapshots_[referral_->size()] = said;
        continue;
      }
      follow_some(*copying);
      if (*rc::gen::inRange(0, 4) == 0)  // stopped, with what it had not settled lost
        copying = std::make_unique<Copying>(begun(parts()));
      check_against_cursor();
    }
    copying = std::make_unique<Copying>(begun(parts()));
    while (copying->next() < referral_->size()) take(*copying);
    RC_ASSERT(copying->settle(true).value() == referral_->size());
    check(said);
  }

 private:
  std::string case_id(int number) const {
    return "c-" + std::to_string(round_) + "-" + std::to_string(number);
  }
  void take(Copying& copying) const {
    RC_ASSERT(copying.follow(referral_->read(copying.next()).value()).has_value());
  }
  void follow_some(Copying& copying) const {
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count && copying.next() < referral_->size(); ++i) take(copying);
    // At rest only where an append ends: as the follower says, who follows up to a size of the log.
    const bool complete = snapshots_.contains(copying.next());
    if (*rc::gen::arbitrary<bool>()) RC_ASSERT(copying.settle(complete).has_value());
  }

  static std::string name_of(const Practitioners::value_type& practitioner) {
    return "{ agency: '" + practitioner.first + "' practitioner: '" + practitioner.second + "' }";
  }
  static std::string names(const char* field, const Practitioners& practitioners) {
    std::string text;
    for (const auto& each : practitioners) text += std::string(field) + " " + name_of(each) + " ";
    return text;
  }
  static Practitioners somebody() {
    Practitioners chosen;
    for (const char* one : {"w-1", "w-2", "w-3"})
      if (*rc::gen::arbitrary<bool>()) chosen.insert({"social-care", one});
    return chosen;
  }
  static std::string some_agency() {
    return *rc::gen::element<std::string>("police", "health", "education");
  }

  void say_something(Said& said) {
    const int number = *rc::gen::inRange(0, kCases);
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        return send_contact(said, number);
      case 1:
        return add_information(said, number);
      case 2:
        return restrict(said, head_of(said, number));
      case 3:
        return bar(said, head_of(said, number));
      case 4:
        return join(said, number, *rc::gen::inRange(0, kCases));
      default:
        return part(said, number);
    }
  }

  void send_contact(Said& said, int number) {
    const std::string referral = case_id(number) + "-r" + std::to_string(++referrals_);
    const std::string agency = some_agency();
    said.at(number).referrals[referral] = agency;
    said.at(number).agencies.insert(agency);
    tell({contact_from(agency, case_id(number), referral)});
  }

  void add_information(Said& said, int number) {
    if (said.at(number).referrals.empty()) return;
    const std::string agency = some_agency();
    said.at(number).agencies.insert(agency);
    tell(
        {about_referral(case_id(number), said.at(number).referrals.begin()->first,
                        "information_added { information { agency: '" + agency + "' } }"),
         about_referral(case_id(number), said.at(number).referrals.begin()->first, "assigned {}")});
  }

  void restrict(Said& said, int head) {
    const Practitioners named = somebody();
    said.at(head).access.restrict_to(named);
    tell({about_case(case_id(head), "restricted { " + names("named", named) + "}")});
  }

  void bar(Said& said, int head) {
    const Practitioners::value_type whom{"police", "p-17"};
    if (said.at(head).access.barred.contains(whom)) {
      said.at(head).access.barred.erase(whom);
      return tell({about_case(case_id(head), "unbarred { practitioner " + name_of(whom) + " }")});
    }
    said.at(head).access.barred.insert(whom);
    tell({about_case(case_id(head), "barred { bar { practitioner " + name_of(whom) + " } }")});
  }

  void join(Said& said, int number, int into) {
    const int head = head_of(said, into);
    if (said.at(number).parent >= 0 || head == number) return;
    const CaseAccess& taken = said.at(number).access;
    tell({about_case(case_id(number), "joined { into_case_id: '" + case_id(head) + "' }"),
          about_case(case_id(head), "took_in { case_id: '" + case_id(number) +
                                        "' restricted: " + (taken.restricted ? "true " : "false ") +
                                        names("named", taken.named) +
                                        names("barred", taken.barred) + "}")});
    said.at(number).parent = head;
    said.at(head).access.take_in(taken);
  }

  void part(Said& said, int number) {
    const int parent = said.at(number).parent;
    if (parent < 0) return;
    const CaseAccess& head = said.at(head_of(said, number)).access;
    CaseAccess& own = said.at(number).access;
    std::vector<Told> told{about_case(case_id(number), "parted {}")};
    for (const auto& each : head.barred) {
      own.barred.insert(each);
      told.push_back(
          about_case(case_id(number), "barred { bar { practitioner " + name_of(each) + " } }"));
    }
    if (head.restricted) {
      own.restrict_to(head.named);
      told.push_back(
          about_case(case_id(number), "restricted { " + names("named", head.named) + "}"));
    }
    told.push_back(about_case(case_id(parent), "gave_back { case_id: '" + case_id(number) + "' }"));
    tell(told);
    said.at(number).parent = -1;
  }

  // Where the cursor stands, an append there ends, and what is known here is what was so then.
  void check_against_cursor() const {
    const uint64_t cursor = own_->cursor(referral_->name()).position;
    if (cursor <= snapshots_.begin()->first) return;  // nothing of this round was kept
    RC_ASSERT(snapshots_.contains(cursor));
    check(snapshots_.at(cursor));
  }

  void check(const Said& said) const {
    for (int number = 0; number < kCases; ++number) {
      const int head = head_of(said, number);
      const Family family = family_of(*own_, case_id(number)).value();
      RC_ASSERT(family.head == case_id(head));
      RC_ASSERT(family.access == said.at(head).access);
      std::set<std::string> cases;
      std::map<std::string, std::string> referrals;
      std::set<std::string> agencies;
      for (int other = 0; other < kCases; ++other) {
        if (head_of(said, other) != head) continue;
        cases.insert(case_id(other));
        referrals.insert(said.at(other).referrals.begin(), said.at(other).referrals.end());
        agencies.insert(said.at(other).agencies.begin(), said.at(other).agencies.end());
      }
      std::map<std::string, std::string> known;
      for (const auto& [referral_id, referral] : family.referrals)
        known[referral_id] = referral.agency;
      RC_ASSERT((std::set<std::string>(family.cases.begin(), family.cases.end()) == cases));
      RC_ASSERT(known == referrals);
      RC_ASSERT(family.agencies == agencies);
    }
  }

  int round_ = 0;
  int referrals_ = 0;
  std::map<uint64_t, Said> snapshots_;  // what was said, by the size of the referral log
};

TEST(CopyingProperty, FamiliesAreThoseOfTheReferralLogHoweverItIsFollowed) {
  Interleaving logs;  // for all rounds: each has cases of its own
  EXPECT_TRUE(rc::check("families are those of the referral log", [&] { logs.run_one(); }));
}

}  // namespace
}  // namespace mash::cases
