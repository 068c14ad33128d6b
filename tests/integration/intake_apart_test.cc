#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/testing/times.h"
#include "integration/vault_and_referral.h"

// Contacts while the vault is away: mash-referral as a program of its own, called over gRPC, by
// clocks that the test holds.
namespace mash::testing {
namespace {

namespace v1 = referral::v1;
using Referrals = v1::ReferralService::Stub;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

// A family in trouble: two to four children, one to three adults, one to three brothers and sisters
// whom the contact is not about. No two people of a test have names that are alike: matching would
// propose thousands of pairs.
class Families {
 public:
  v1::SubmitContactRequest next() {
    auto contact = message<v1::SubmitContactRequest>(R"(
      source: "6"
      account { parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })");
    contact.set_request_id(new_request_id());
    const std::string family = name();
    contact.mutable_account()->set_concern("What befell " + family + ".");
    for (int left = some(2, 4); left > 0; --left)
      be_born(*contact.add_children()->mutable_identity(), family);
    for (int left = some(1, 3); left > 0; --left) add(contact, family, v1::PERSON_ROLE_PARENT);
    for (int left = some(1, 3); left > 0; --left) add(contact, family, v1::PERSON_ROLE_SIBLING);
    return contact;
  }
  unsigned seed() const { return seed_; }

 private:
  int some(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }
  std::string name() {
    std::string name(1, static_cast<char>(some('A', 'Z')));
    for (int i = 0; i < 11; ++i) name += static_cast<char>(some('a', 'z'));
    return name;
  }
  void be_born(v1::Identity& identity, const std::string& family) {
    identity.set_given_names(name());
    identity.set_family_name(family);
    identity.mutable_birth_date()->set_year(some(2012, 2024));
  }
  void add(v1::SubmitContactRequest& contact, const std::string& family, v1::PersonRole role) {
    v1::SubmittedPerson& person = *contact.add_people();
    person.set_role(role);
    be_born(*person.mutable_identity(), family);
  }

  const unsigned seed_ = std::random_device{}();
  std::mt19937 random_{seed_};
};

// What a contact was, and what the hub answered.
struct Taken {
  v1::SubmitContactRequest contact;
  v1::SubmitContactResponse answer;
};

// New keys that it needs, as docs/operate.md counts them.
int keys_for(const v1::SubmitContactRequest& contact) {
  int keys = 1;
  for (const auto& child : contact.children()) keys += child.person_id().empty() ? 1 : 0;
  for (const auto& person : contact.people()) keys += person.person_id().empty() ? 1 : 0;
  return keys;
}

class IntakeApart : public ::testing::Test {
 protected:
  explicit IntakeApart(uint64_t keys_ahead_max = host::Config().keys_ahead_max)
      : apart_({.clock = &clock_,
                .lease_now = [this] { return lease_now_.load(); },
                .keys_ahead_max = keys_ahead_max}) {}

  void pass(seconds time) {
    clock_.advance(time);
    lease_now_ = lease_now_.load() + time;
  }

  // The police tell, the hub answers with a receipt.
  Result<v1::SubmitContactResponse> submit(const v1::SubmitContactRequest& contact) {
    return apart_.call(kPolice, &Referrals::SubmitContact, contact);
  }
  // The same where it is to be taken, remembered and looked at closely.
  v1::SubmitContactResponse take(const v1::SubmitContactRequest& contact) {
    const auto answer = submit(contact);
    EXPECT_EQ(told(answer), "accepted");
    if (!answer) return {};
    EXPECT_EQ(answer->receipt().log(), "mash/E10000013/referral");
    EXPECT_FALSE(answer->receipt().repeated_request());
    EXPECT_GE(answer->receipt().event_ids_size(),
              1 + contact.children_size() + contact.people_size());
    EXPECT_EQ(answer->child_ids_size(), contact.children_size());
    EXPECT_EQ(answer->person_ids_size(), contact.people_size());
    taken_.push_back({contact, *answer});
    return *answer;
  }
  Result<v1::AcknowledgeContactResponse> acknowledge(const std::string& referral_id,
                                                     const std::string& text = {}) {
    v1::AcknowledgeContactRequest request;
    request.set_request_id(new_request_id());
    request.set_referral_id(referral_id);
    request.set_message(text);
    return apart_.call(kTriage, &Referrals::AcknowledgeContact, request);
  }
  Result<v1::GetReferralResponse> read(const std::string& referral_id) {
    v1::GetReferralRequest request;
    request.set_referral_id(referral_id);
    return apart_.call(kTriage, &Referrals::GetReferral, request);
  }
  // The ids of all that triage sees in its list, which holds nothing personal.
  std::vector<std::string> listed() {
    std::vector<std::string> ids;
    v1::ListReferralsRequest request;
    request.set_page_size(1'000);
    do {
      const auto page = apart_.call(kTriage, &Referrals::ListReferrals, request);
      EXPECT_EQ(told(page), "accepted");
      if (!page) break;
      for (const auto& row : page->referrals()) ids.push_back(row.referral_id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  double metric(const std::string& name) {
    const std::string all = apart_.metrics();
    const std::size_t at = all.find("\n" + name + " ");
    EXPECT_NE(at, std::string::npos) << name;
    return at == std::string::npos ? -1 : std::stod(all.substr(at + name.size() + 2));
  }

  // The vault is back: whatever is asked for goes on by itself.
  void vault_comes_back() {
    apart_.vault().start();
    EXPECT_TRUE(eventually([&] { return read(taken_.front().answer.referral_id()).has_value(); }));
  }
  // However long that takes a busy machine, as long as it goes on.
  void expect_matching_to_catch_up() {
    const auto behind = [this] { return metric("mash_joiner_behind_records"); };
    for (double before = behind(); before > 0; before = behind())
      ASSERT_TRUE(eventually([&] { return behind() < before; }));
  }
  void expect_all_to_be_there_once();
  void expect_to_read_as_sent(const Taken& taken, const std::string& acknowledgement);

  ManualClock clock_{utc("2026-12-07T10:00:00Z")};
  std::atomic<steady_clock::time_point> lease_now_{steady_clock::time_point(hours(10))};
  Families families_;
  std::vector<Taken> taken_;
  VaultAndReferral apart_;
};

void IntakeApart::expect_all_to_be_there_once() {
  std::vector<std::string> referrals;
  std::set<std::string> people;
  std::size_t new_people = 0;
  for (const Taken& taken : taken_) {
    referrals.push_back(taken.answer.referral_id());
    people.insert(taken.answer.child_ids().begin(), taken.answer.child_ids().end());
    people.insert(taken.answer.person_ids().begin(), taken.answer.person_ids().end());
    new_people += static_cast<std::size_t>(keys_for(taken.contact)) - 1;
  }
  EXPECT_THAT(listed(), UnorderedElementsAreArray(referrals));
  EXPECT_EQ(people.size(), new_people) << "everybody has an id of their own";
  for (const Taken& taken : taken_) {
    const auto again = submit(taken.contact);
    ASSERT_EQ(told(again), "accepted");
    EXPECT_TRUE(again->receipt().repeated_request());
    EXPECT_EQ(again->referral_id(), taken.answer.referral_id());
    EXPECT_EQ(again->receipt().position(), taken.answer.receipt().position());
  }
  EXPECT_THAT(listed(), UnorderedElementsAreArray(referrals));
}

void IntakeApart::expect_to_read_as_sent(const Taken& taken, const std::string& acknowledgement) {
  const auto got = read(taken.answer.referral_id());
  ASSERT_EQ(told(got), "accepted");
  const v1::ReferralDetail& referral = got->referral();
  EXPECT_EQ(referral.account().concern(), taken.contact.account().concern());
  EXPECT_EQ(referral.acknowledgement(), acknowledgement);
  ASSERT_EQ(referral.children_size(), taken.contact.children_size());
  for (int i = 0; i < referral.children_size(); ++i) {
    EXPECT_EQ(referral.children(i).person_id(), taken.answer.child_ids(i));
    if (taken.contact.children(i).person_id().empty()) {
      EXPECT_EQ(referral.children(i).identity().given_names(),
                taken.contact.children(i).identity().given_names());
    }
  }
  ASSERT_EQ(referral.people_size(), taken.contact.people_size());
  for (int i = 0; i < referral.people_size(); ++i)
    EXPECT_EQ(referral.people(i).identity().given_names(),
              taken.contact.people(i).identity().given_names());
}

constexpr char kWords[] = "We have it.";

TEST_F(IntakeApart, ForAnHourWithoutTheVaultEveryContactIsTakenAndAcknowledged) {
  SCOPED_TRACE("seed " + std::to_string(families_.seed()));
  const auto before = take(families_.next());
  const auto looked_at = take(families_.next());
  apart_.restart_referral();
  expect_matching_to_catch_up();
  EXPECT_EQ(metric("mash_keys_ahead"), 8'192);
  pass(minutes(44));  // it goes away just before the keys would be leased for longer
  EXPECT_EQ(told(read(looked_at.referral_id())), "accepted");
  apart_.vault().stop();

  constexpr int kMinutes = 60;
  constexpr int kContactsAMinute = 5;
  int keys = 0;
  for (int minute = 0; minute < kMinutes; ++minute) {
    // What was read a moment ago can be read again within a minute; then that says so too.
    EXPECT_EQ(told(read(looked_at.referral_id())), minute == 0 ? "accepted" : "VAULT_UNAVAILABLE");
    const auto refused = read(before.referral_id());
    ASSERT_EQ(told(refused), "VAULT_UNAVAILABLE");
    EXPECT_EQ(refused.error().code, Code::kUnavailable);
    EXPECT_TRUE(refused.error().retry_after.has_value());
    for (int i = 0; i < kContactsAMinute; ++i) {
      auto contact = families_.next();
      if (i == 1) {  // about a child that the police told of before
        contact.mutable_children(0)->clear_identity();
        contact.mutable_children(0)->set_person_id(before.child_ids(0));
      }
      const auto answer = take(contact);
      keys += keys_for(contact);
      ASSERT_EQ(told(acknowledge(answer.referral_id(), kWords)), "accepted");
    }
    pass(minutes(1));
  }
  EXPECT_EQ(listed().size(), 2U + kMinutes * kContactsAMinute) << "the list needs no key";
  EXPECT_EQ(metric("mash_keys_taken_total"), keys);
  EXPECT_EQ(metric("mash_keys_ahead"), 8'192 - keys);
  EXPECT_EQ(metric("mash_keys_ahead_seconds"), 16 * 60);

  vault_comes_back();
  for (std::size_t i = 0; i < taken_.size(); ++i)
    expect_to_read_as_sent(taken_[i], i < 2 ? "" : kWords);
  expect_all_to_be_there_once();
  expect_matching_to_catch_up();
}

TEST_F(IntakeApart, WithTheKeysOverTimeItAcknowledgesWithoutWords) {
  const auto before = take(families_.next());
  apart_.vault().stop();
  pass(hours(2) - seconds(1));
  ASSERT_EQ(told(acknowledge(take(families_.next()).referral_id(), kWords)), "accepted");
  pass(seconds(1));
  EXPECT_EQ(metric("mash_keys_ahead"), 0);
  EXPECT_EQ(metric("mash_keys_ahead_seconds"), 0);
  EXPECT_EQ(told(submit(families_.next())), "VAULT_UNAVAILABLE");
  EXPECT_EQ(told(read(before.referral_id())), "VAULT_UNAVAILABLE");
  const auto with_words = acknowledge(before.referral_id(), kWords);
  ASSERT_EQ(told(with_words), "VAULT_UNAVAILABLE");
  const FieldFault words{"message",
                         "cannot be sealed now; without it the contact can be acknowledged"};
  EXPECT_THAT(with_words.error().faults, ElementsAre(words));
  EXPECT_EQ(told(acknowledge(before.referral_id())), "accepted");
}

class IntakeWithFewKeys : public IntakeApart {
 protected:
  IntakeWithFewKeys() : IntakeApart(256) {}
};

TEST_F(IntakeWithFewKeys, WhatFindsNoKeysIsRefusedWholeAndTakenOnceTheVaultIsBack) {
  SCOPED_TRACE("seed " + std::to_string(families_.seed()));
  apart_.vault().stop();
  int left = 256;
  auto refused = families_.next();
  for (; keys_for(refused) <= left; refused = families_.next()) {
    take(refused);
    left -= keys_for(refused);
    pass(minutes(1));
  }
  const auto refusal = submit(refused);
  ASSERT_EQ(told(refusal), "VAULT_UNAVAILABLE");
  EXPECT_EQ(refusal.error().code, Code::kUnavailable);
  EXPECT_TRUE(refusal.error().retry_after.has_value());
  EXPECT_EQ(metric("mash_keys_ahead"), left) << "it took none from those who need fewer";
  while (left >= 2) {
    auto small = families_.next();
    small.mutable_children()->DeleteSubrange(1, small.children_size() - 1);
    small.clear_people();
    take(small);
    left -= 2;
  }
  EXPECT_EQ(told(submit(refused)), "VAULT_UNAVAILABLE");
  expect_all_to_be_there_once();  // who sends again what was taken has the answer, without a key

  vault_comes_back();
  Result<v1::SubmitContactResponse> answer = tl::unexpected(Error());
  EXPECT_TRUE(eventually([&] { return (answer = submit(refused)).has_value(); })) << told(answer);
  ASSERT_TRUE(answer.has_value());
  EXPECT_FALSE(answer->receipt().repeated_request()) << "nothing of it was there";
  taken_.push_back({refused, *answer});
  for (const Taken& taken : taken_) expect_to_read_as_sent(taken, "");
  expect_all_to_be_there_once();
  EXPECT_TRUE(eventually([&] { return metric("mash_keys_ahead") >= 128; }));
}

}  // namespace
}  // namespace mash::testing
