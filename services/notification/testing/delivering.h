#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cases/known_case.h"
#include "cases/testing/two_logs.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "notification/contacts/contacts.h"
#include "notification/deliveries/deliverer.h"
#include "notification/lists/views.h"
#include "notification/notices/notice.h"
#include "notification/notices/posting.h"
#include "notification/streams.h"

namespace mash::notification::testing {

using namespace cases::testing;  // NOLINT(google-build-using-namespace): the cast of these tests

inline constexpr const char* kCase = "c-1";
inline constexpr auto kPatience = std::chrono::seconds(120);
inline const Outcome kTimeout{.kind = Outcome::Kind::kFailed, .reason = "WEBHOOK_TIMEOUT"};

// What a deliverer hands to be sent, answered as the test says.
class Outbox {
 public:
  struct Sent {
    Outgoing outgoing;
    Sender::Done done;
    Sender::Still still;
  };

  void take(Outgoing outgoing, Sender::Done done, Sender::Still still) {
    const std::lock_guard lock(mutex_);
    sent_.push_back({std::move(outgoing), std::move(done), std::move(still)});
    ++taken_;
    changed_.notify_all();
  }
  // The next one; waits for it.
  Sent next() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, kPatience, [this] { return !sent_.empty(); }));
    Sent first = std::move(sent_.front());
    sent_.erase(sent_.begin());
    return first;
  }
  std::size_t taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  bool has_any(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return !sent_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Sent> sent_;
  std::size_t taken_ = 0;
};

class Delivering : public TwoLogs {
 protected:
  Delivering() {
    log::LogOptions options = opening("notification");
    for (auto& view : views()) options.views.push_back(std::move(view));
    own_ = log::EventLog::open(std::move(options)).value();
  }
  ~Delivering() override { deliverer_.reset(); }

  void begin() {
    deliverer_.emplace(
        DelivererParts{.log = *own_,
                       .clock = vault_.clock,
                       .context = [this] { return context(); },
                       .send =
                           [this](Outgoing outgoing, Sender::Done done, Sender::Still still) {
                             outbox_.take(std::move(outgoing), std::move(done), std::move(still));
                           },
                       .may_begin = [this] { return may_begin_.load(); },
                       .knows_bars = [this] { return knows_bars_.load(); },
                       .look_every = std::chrono::milliseconds(1),
                       .retry_after = std::chrono::milliseconds(1)});
  }
  Context context(const Actor& by = {}) {
    Context context;
    context.actor = by;
    context.now = vault_.clock.now();
    return context;
  }
  void work(const log::Work& work, const Actor& by = {}) {
    const auto done = run(*own_, {.context = context(by)}, work);
    ASSERT_TRUE(done.has_value()) << mash::testing::brief(done.error());
  }

  // An agency's contacts, by webhook: their ids, each its address's.
  std::vector<std::string> set_contacts(std::size_t count) {
    std::vector<std::string> ids;
    Contacts::Set set;
    std::vector<v1::Contact> contacts(count);
    for (v1::Contact& contact : contacts) {
      ids.push_back(ring_.fresh_key_id().value());
      contact.set_contact_id(ids.back());
      v1::Channel& channel = *contact.add_channels();
      channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
      channel.set_address("https://" + ids.back());
      set.places.push_back(place_of(contact));
    }
    work([&](log::UnitOfWork& unit) {
      auto done = unit.decide<Contacts>({contacts_stream("health")}, set);
      for (const v1::Contact& contact : contacts)
        if (done)
          done = unit.decide<ContactCard>({contact_stream(contact.contact_id())},
                                          ContactCard::Describe{contact});
      return done;
    });
    return ids;
  }
  // What a contact is now: webhooks of these hosts, in their order; with their numbers, where they
  // have any.
  void describe(const std::string& contact_id,
                const std::vector<std::pair<std::string, uint32_t>>& hosts) {
    v1::Contact contact;
    contact.set_contact_id(contact_id);
    for (const auto& [host, number] : hosts) {
      v1::Channel& channel = *contact.add_channels();
      channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
      channel.set_address("https://" + host);
      channel.set_number(number);
    }
    work([&](log::UnitOfWork& unit) {
      return unit.decide<ContactCard>({contact_stream(contact_id)}, ContactCard::Describe{contact});
    });
  }
  // A notice for the agency, due to a contact at once: over its first channel, or those of these
  // numbers.
  std::string tell(const std::string& contact_id, const std::vector<uint32_t>& channels = {0}) {
    std::string notice_id = ids_.next_text();
    work([&](log::UnitOfWork& unit) {
      v1::Notice notice;
      notice.set_notice_id(notice_id);
      notice.set_agency("health");
      notice.set_case_id(kCase);
      v1::NoticeStep step;
      step.set_contact_id(contact_id);
      for (const uint32_t number : channels) {
        step.add_channels(v1::CHANNEL_KIND_WEBHOOK);
        step.add_channel_numbers(number);
      }
      return unit.decide<Notice>({notice_stream(notice_id), kCase}, Notice::Raise{.notice = notice})
          .and_then([&] { return tell_contact(unit, ids_, notice, step); });
    });
    return notice_id;
  }
  void bar(const std::string& practitioner) {
    cases::KnownCase::Event barred;
    auto& bar = *barred.mutable_case_()->mutable_barred()->mutable_bar()->mutable_practitioner();
    bar.set_agency("health");
    bar.set_practitioner(practitioner);
    work([&](log::UnitOfWork& unit) {
      return unit.decide<cases::KnownCase>({cases::case_stream(kCase), kCase}, barred);
    });
  }
  void acknowledge(const std::string& notice_id) {
    work(
        [&](log::UnitOfWork& unit) {
          return unit.decide<Notice>({notice_stream(notice_id)}, v1::AcknowledgeNoticeRequest());
        },
        kHealth);
  }

  // What became of deliveries, each event by its kind, once there are that many.
  std::vector<std::string> outcomes(std::size_t count) {
    std::vector<std::string> outcomes;
    const auto until = std::chrono::steady_clock::now() + kPatience;
    do {
      outcomes.clear();
      for (const log::Record& record : kept()) {
        v1::DeliveryEvent event;
        if (record.body.type() != event.GetTypeName()) continue;
        event.ParseFromString(record.body.event());
        if (event.has_dropped()) outcomes.push_back(event.dropped().reason());
        if (event.has_failed()) outcomes.push_back(event.failed().reason());
        if (event.has_given_up()) outcomes.emplace_back("given up");
        if (event.has_taken()) outcomes.push_back("taken");
      }
      std::this_thread::yield();
    } while (outcomes.size() < count && std::chrono::steady_clock::now() < until);
    return outcomes;
  }

  std::atomic<bool> may_begin_ = true;
  std::atomic<bool> knows_bars_ = true;
  IdSource ids_{vault_.clock, 7};
  Outbox outbox_;
  std::optional<Deliverer> deliverer_;
};

}  // namespace mash::notification::testing
