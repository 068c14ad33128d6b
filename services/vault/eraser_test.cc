#include "vault/eraser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <optional>
#include <thread>

#include "core/testing/given_when_then.h"
#include "log/backup.h"
#include "log/verify.h"
#include "mash/referral/v1/person_events.pb.h"
#include "merkle/signing_key.h"
#include "vault/destruction.h"
#include "vault/destructions_view.h"
#include "vault/key_ring.h"
#include "vault/testing/crash_child.h"
#include "vault/testing/temp_vault.h"

namespace mash::vault {
namespace {

using mash::testing::proto;
using referral::v1::PersonEvent;
using testing::child_variable;
using testing::die_now;
using testing::run_as_child;
using testing::TempVault;

// A vault, its log of orders, one log with people in it, and the eraser over them.
class Hub {
 public:
  Hub() { open_all(); }
  // In a folder that outlives it, calling this at the points of a destruction.
  Hub(const std::filesystem::path& folder, std::function<void(std::string_view)> point)
      : vault(folder), at_point(std::move(point)) {
    VaultOptions options = vault.options();
    options.at_point = at_point;
    vault.reopen(options);
    open_all();
  }

  void open_all() {
    ring_.emplace(*vault);
    orders_ = open("vault");
    people_ = open("referral");
    lookup_.reset();
    lookup_ =
        log::Lookup::open({.directory = vault.folder() / "lookup", .content = "people"}).value();
    start();
  }

  void start() {
    holder_.emplace(*people_, std::vector{lookup_.get()});
    eraser_.emplace(EraserParts{.vault = *vault,
                                .orders = *orders_,
                                .holders = {&*holder_},
                                .clock = vault.clock,
                                .at_point = at_point});
  }
  void stop() { eraser_.reset(); }
  void restart_all() {
    stop();
    people_.reset();
    orders_.reset();
    ring_.reset();
    vault.reopen();
    open_all();
  }

  log::LogOptions options(const std::string& service) {
    log::LogOptions options;
    options.directory = vault.folder() / service;
    options.area = "E10000013";
    options.service = service;
    options.clock = &vault.clock;
    options.keys = &*ring_;
    options.signer = &signer_;
    options.memtable_bytes = 4 << 20;
    options.block_cache_bytes = 4 << 20;
    if (service == "vault") options.views.push_back(std::make_unique<DestructionsView>());
    return options;
  }

  log::CommandCall call(const std::string& request_id = {}) {
    log::CommandCall call{.context = {.actor = {.agency = "social-care",
                                                .system = "sc-01",
                                                .practitioner = "r-1",
                                                .role = "records-manager"},
                                      .now = vault.clock.now()},
                          .received_at = vault.clock.now()};
    if (!request_id.empty()) {
      log::RequestKey key;
      std::copy_n(request_id.begin(), std::min(request_id.size(), key.scope.size()),
                  key.scope.begin());
      call.request = key;
    }
    return call;
  }

  // Registers a person; the stream's id is the id of a key.
  std::string add_person(const std::string& name) {
    const std::string id = ring_->fresh_key_id().value();
    PersonEvent event;
    event.mutable_registered()->set_agency("police");
    event.mutable_registered()->mutable_identity()->set_family_name(name);
    std::promise<Result<log::Appended>> done;
    log::handle(
        *people_, call(), [&](log::UnitOfWork& unit) { return unit.add({"person/" + id}, event); },
        [&](Result<log::Appended> result) { done.set_value(std::move(result)); });
    EXPECT_TRUE(done.get_future().get().has_value());
    return id;
  }

  // What reading the person says: the name, or "erased".
  std::string name_of(const std::string& id) {
    const auto history = people_->read_stream("person/" + id, 1, {}, /*with_sealed=*/true);
    if (!history) return history.error().reason;
    const auto opened = log::opened_events<PersonEvent>(*people_, history->records);
    if (!opened) return opened.error().reason;
    if (opened->erased) return "erased";
    return opened->events.back().registered().identity().family_name();
  }

  std::string ciphertext_of(const std::string& id) {
    const auto history = people_->read_stream("person/" + id, 1, {}, /*with_sealed=*/true);
    return history->records.front().sealed->ciphertext();
  }

  std::future<Result<Erased>> destroy_later(const std::string& id,
                                            const std::string& request_id = {}) {
    v1::DestroyKeyRequest request;
    request.set_key_id(id);
    request.set_authority("RET-7");
    request.set_reason("Retention is over.");
    auto promise = std::make_shared<std::promise<Result<Erased>>>();
    eraser_->destroy(request, call(request_id),
                     [promise](Result<Erased> erased) { promise->set_value(std::move(erased)); });
    return promise->get_future();
  }
  Result<Erased> destroy(const std::string& id, const std::string& request_id = {}) {
    return destroy_later(id, request_id).get();
  }

  // The log of people as this backup has it, where nothing else is running.
  void restore_people(const std::filesystem::path& backup) {
    stop();
    const auto last_known = people_->head();
    people_.reset();
    std::filesystem::remove_all(vault.folder() / "referral");
    auto restored = log::restore(backup, options("referral"), {.agency = "operator"}, last_known);
    EXPECT_TRUE(restored.has_value()) << restored.error().message;
    people_ = std::move(*restored);
    std::filesystem::remove_all(backup);
  }

  std::vector<v1::DestroyedKey> destructions() {
    std::vector<v1::DestroyedKey> keys;
    const auto page = orders_->list({.view = std::string(DestructionsView::kName)});
    EXPECT_TRUE(page.has_value());
    for (const auto& row : page->rows) keys.emplace_back().ParseFromString(row.columns);
    return keys;
  }

  std::vector<std::string> files_with(std::string_view bytes) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(vault.folder())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content{std::istreambuf_iterator<char>(file), {}};
      if (content.find(bytes) != std::string::npos) found.push_back(entry.path().string());
    }
    return found;
  }

  std::unique_ptr<log::EventLog> open(const std::string& service) {
    auto opened = log::EventLog::open(options(service));
    EXPECT_TRUE(opened.has_value()) << opened.error().message;
    return std::move(*opened);
  }

  TempVault vault;
  std::function<void(std::string_view)> at_point;
  std::optional<KeyRing> ring_;
  merkle::SigningKey signer_ = merkle::SigningKey::generate("mash/E10000013/referral").value();
  std::unique_ptr<log::EventLog> orders_;
  std::unique_ptr<log::EventLog> people_;
  std::unique_ptr<log::Lookup> lookup_;
  std::optional<LocalHolder> holder_;
  std::optional<Eraser> eraser_;
};

TEST(Eraser, AnErasedPersonIsInNoAnswerAndNoFileAndTheProofsHold) {
  Hub hub;
  const std::string ann = hub.add_person("Plantedname-Otherby");
  const std::string bob = hub.add_person("Staying-Smith");
  EXPECT_EQ(hub.name_of(ann), "Plantedname-Otherby");
  const std::string sealed = hub.ciphertext_of(ann);
  EXPECT_THAT(hub.files_with(sealed), ::testing::Not(::testing::IsEmpty()));
  EXPECT_THAT(hub.files_with("Plantedname"), ::testing::IsEmpty());
  const auto root = hub.people_->head().root;

  const auto erased = hub.destroy(ann);
  ASSERT_TRUE(erased.has_value()) << erased.error().message;
  EXPECT_EQ(erased->sealed_parts_removed, 1u);
  EXPECT_EQ(erased->order.events.size(), 1u);
  EXPECT_THAT(hub.files_with(sealed), ::testing::IsEmpty());
  for (const bool restarted : {false, true}) {
    if (restarted) hub.restart_all();
    EXPECT_EQ(hub.name_of(ann), "erased");
    EXPECT_EQ(hub.name_of(bob), "Staying-Smith");
    EXPECT_EQ(hub.people_->head().root, root);
    EXPECT_THAT(hub.files_with(sealed), ::testing::IsEmpty());
  }
}

TEST(Eraser, WhatAPersonWasFoundByGoesToo) {
  Hub hub;
  const auto ann = Uuid::parse(hub.add_person("Ann")).value();
  const auto bob = Uuid::parse(hub.add_person("Bob")).value();
  const Hash32 token = hub.ring_->token("person", "born in 2015");
  ASSERT_TRUE(hub.lookup_->apply({.added = {{token, ann, ann}, {token, bob, bob}}, .cursor = 2})
                  .has_value());
  ASSERT_TRUE(hub.destroy(ann.text()).has_value());
  EXPECT_THAT(hub.lookup_->find(token, 9).value(), ::testing::ElementsAre(bob));
}

TEST(Eraser, TellsWhatWasDestroyedNewestFirst) {
  Hub hub;
  const std::string ann = hub.add_person("Ann");
  const std::string bob = hub.add_person("Bob");
  ASSERT_TRUE(hub.destroy(ann).has_value());
  hub.vault.clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(hub.destroy(bob).has_value());
  const auto keys = hub.destructions();
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].key_id(), bob);
  EXPECT_EQ(keys[1].key_id(), ann);
  EXPECT_EQ(keys[1].authority(), "RET-7");
  EXPECT_EQ(keys[1].reason(), "Retention is over.");
  EXPECT_EQ(keys[1].ordered_by(), "r-1");
  EXPECT_TRUE(keys[1].has_destroyed_at());
  EXPECT_EQ(keys[0].ordered_at().seconds() - keys[1].ordered_at().seconds(), 3'600);
}

TEST(Eraser, TheSameOrderAgainGetsTheSameAnswer) {
  Hub hub;
  const std::string ann = hub.add_person("Ann");
  const auto first = hub.destroy(ann, "request-1");
  const auto again = hub.destroy(ann, "request-1");
  const auto other = hub.destroy(ann, "request-2");
  ASSERT_TRUE(first && again && other);
  EXPECT_TRUE(again->order.repeated);
  EXPECT_EQ(again->order.position, first->order.position);
  EXPECT_TRUE(other->order.events.empty());  // already so
  EXPECT_EQ(again->sealed_parts_removed, 1u);
  EXPECT_EQ(other->sealed_parts_removed, 1u);
  EXPECT_EQ(hub.destructions().size(), 1u);
}

TEST(Eraser, AnIdThatNoKeyHasIsNotOrdered) {
  Hub hub;
  const auto refused = hub.destroy("01925f3a-7c1e-7b43-9d52-0242ac120002");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KEY_UNKNOWN");
  EXPECT_EQ(refused.error().code, Code::kNotFound);
  EXPECT_THAT(hub.destructions(), ::testing::IsEmpty());
}

TEST(Eraser, ManyOrdersAtOnceAreAllCarriedOut) {
  Hub hub;
  std::vector<std::string> people;
  for (int i = 0; i < 12; ++i) people.push_back(hub.add_person("Person " + std::to_string(i)));
  std::vector<std::future<Result<Erased>>> erased;
  for (std::size_t i = 0; i < people.size(); i += 2) {
    erased.push_back(hub.destroy_later(people[i]));
    erased.push_back(hub.destroy_later(people[i]));  // two ask for one
  }
  for (auto& each : erased) {
    const auto result = each.get();
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->sealed_parts_removed, 1u);
  }
  for (std::size_t i = 0; i < people.size(); ++i)
    EXPECT_EQ(hub.name_of(people[i]), i % 2 == 0 ? "erased" : "Person " + std::to_string(i));
  EXPECT_EQ(hub.destructions().size(), 6u);
}

// What a crash leaves at each step, put together by hand: the order is logged, and no more or less
// than the steps before it are done.
TEST(Eraser, WhatACrashLeftOpenIsFinishedAtTheNextStart) {
  for (const int steps_done : {0, 1, 2}) {
    SCOPED_TRACE("steps done: " + std::to_string(steps_done));
    Hub hub;
    const std::string ann = hub.add_person("Ann");
    const std::string sealed = hub.ciphertext_of(ann);
    hub.stop();
    v1::DestroyKeyRequest request;
    request.set_key_id(ann);
    std::promise<Result<log::Appended>> ordered;
    log::handle<Destruction>(
        *hub.orders_, hub.call("request-1"), {destruction_stream(ann)}, request,
        [&](Result<log::Appended> result) { ordered.set_value(std::move(result)); });
    ASSERT_TRUE(ordered.get_future().get().has_value());
    if (steps_done >= 1) {
      ASSERT_TRUE(hub.vault->destroy(std::vector{ann}).has_value());
    }
    if (steps_done >= 2) {
      ASSERT_TRUE(hub.people_->erase_sealed(ann).has_value());
    }
    ASSERT_EQ(hub.destructions().size(), 1u);
    EXPECT_FALSE(hub.destructions()[0].has_destroyed_at());

    hub.restart_all();
    hub.eraser_->wait_until_idle();
    EXPECT_EQ(hub.name_of(ann), "erased");
    EXPECT_TRUE(hub.destructions()[0].has_destroyed_at());
    EXPECT_THAT(hub.files_with(sealed), ::testing::IsEmpty());
    // Whoever ordered it and got no answer asks again.
    const auto again = hub.destroy(ann, "request-1");
    ASSERT_TRUE(again.has_value());
    EXPECT_TRUE(again->order.repeated);
  }
}

// Run only by the test below, in a process of its own.
TEST(EraserCrashChild, DISABLED_ErasesUntilItDies) {
  const std::string point = child_variable("CRASH_POINT");
  const std::filesystem::path folder = child_variable("CRASH_FOLDER");
  Hub hub(folder, [&](std::string_view reached) {
    if (reached == point) die_now();
  });
  const std::string ann = hub.add_person("Ann");
  const std::string bob = hub.add_person("Bob");
  std::ofstream(folder / "people") << ann << ' ' << bob << ' ' << std::flush;
  std::ofstream(folder / "sealed", std::ios::binary) << hub.ciphertext_of(ann) << std::flush;
  hub.destroy(ann);
}

TEST(Eraser, KilledAnywhereItFinishesAtTheNextStart) {
  for (const std::string point :
       {"ordered", "next-kek-written", "rewrapped", "old-kek-aside", "new-kek-in-place",
        "old-kek-wiped", "files-rewritten", "destroyed-in-vault", "erased-in-logs"}) {
    SCOPED_TRACE(point);
    const testing::TempFolder folder;
    ASSERT_EQ(run_as_child("EraserCrashChild.*",
                           {{"CRASH_POINT", point}, {"CRASH_FOLDER", folder.path().string()}}),
              SIGKILL);
    std::string ann;
    std::string bob;
    std::ifstream(folder.path() / "people") >> ann >> bob;
    std::ifstream file(folder.path() / "sealed", std::ios::binary);
    const std::string sealed{std::istreambuf_iterator<char>(file), {}};
    std::filesystem::remove(folder.path() / "sealed");

    Hub hub(folder.path(), {});
    hub.eraser_->wait_until_idle();
    EXPECT_EQ(hub.name_of(ann), "erased");
    EXPECT_EQ(hub.name_of(bob), "Bob");
    ASSERT_EQ(hub.destructions().size(), 1u);
    EXPECT_TRUE(hub.destructions()[0].has_destroyed_at());
    EXPECT_THAT(hub.files_with(sealed), ::testing::IsEmpty());
    const auto again = hub.destroy(ann);
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_TRUE(again->order.events.empty());
  }
}

TEST(Eraser, ARestoredLogIsErasedAgain) {
  Hub hub;
  const std::string ann = hub.add_person("Ann");
  const std::string bob = hub.add_person("Bob");
  const std::string sealed = hub.ciphertext_of(ann);
  const auto backup = hub.vault.folder() / "backup";
  ASSERT_TRUE(log::backup(*hub.people_, backup).has_value());
  ASSERT_TRUE(hub.destroy(ann).has_value());
  EXPECT_THAT(hub.files_with(sealed), ::testing::Each(::testing::HasSubstr("/backup/")));

  hub.restore_people(backup);
  EXPECT_THAT(hub.files_with(sealed), ::testing::Not(::testing::IsEmpty()));
  EXPECT_EQ(hub.name_of(ann), "erased");  // the key is gone whatever the backup holds

  hub.start();
  hub.eraser_->wait_until_idle();
  EXPECT_THAT(hub.files_with(sealed), ::testing::IsEmpty());
  EXPECT_EQ(hub.name_of(ann), "erased");
  EXPECT_EQ(hub.name_of(bob), "Bob");
  const auto reapplied = hub.orders_->read_stream("holder/referral");
  ASSERT_EQ(reapplied->version, 1u);
  const auto events = log::public_events<v1::HolderEvent>(reapplied->records);
  EXPECT_EQ(events->front().reapplied().keys(), 1u);
  EXPECT_EQ(events->front().reapplied().sealed_parts_removed(), 1u);

  hub.restart_all();  // once is enough
  hub.eraser_->wait_until_idle();
  EXPECT_EQ(hub.orders_->read_stream("holder/referral")->version, 1u);
}

// One who is away when it is first asked.
class AwayOnce final : public Holder {
 public:
  explicit AwayOnce(log::EventLog& log) : holder_(log) {}
  std::string name() const override { return holder_.name(); }
  Result<uint64_t> erase(const std::string& key_id) override {
    if (std::exchange(asked_, true)) return holder_.erase(key_id);
    first_.set_value();
    return refuse(Code::kUnavailable, "HOLDER_AWAY", "Not now.");
  }
  log::EventLog* log() override { return holder_.log(); }
  void wait_until_asked() { first_.get_future().wait(); }

 private:
  LocalHolder holder_;
  bool asked_ = false;
  std::promise<void> first_;
};

TEST(Eraser, WhoAsksForWhatWasDestroyedBeforeIsAnsweredWhenItsStartIsBehindIt) {
  Hub hub;
  const std::string ann = hub.add_person("Ann");
  const auto backup = hub.vault.folder() / "backup";
  ASSERT_TRUE(log::backup(*hub.people_, backup).has_value());
  ASSERT_TRUE(hub.destroy(ann).has_value());
  hub.restore_people(backup);

  AwayOnce holder(*hub.people_);
  hub.eraser_.emplace(EraserParts{.vault = *hub.vault,
                                  .orders = *hub.orders_,
                                  .holders = {&holder},
                                  .clock = hub.vault.clock,
                                  .retry_every = std::chrono::hours(1)});
  holder.wait_until_asked();
  auto again = hub.destroy_later(ann);  // it catches up as this is being done
  const bool answered = again.wait_for(std::chrono::seconds(120)) == std::future_status::ready;
  hub.stop();  // before its holder goes
  ASSERT_TRUE(answered);
  EXPECT_EQ(again.get()->sealed_parts_removed, 1u);
}

TEST(Eraser, PeopleAreReadAndAddedWhileOthersAreErased) {
  Hub hub;
  std::vector<std::string> people;
  for (int i = 0; i < 20; ++i) people.push_back(hub.add_person("Person " + std::to_string(i)));
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::thread reader([&] {
    for (std::size_t i = 0; !stop; i = (i + 1) % people.size()) {
      const std::string name = hub.name_of(people[i]);
      if (name != "Person " + std::to_string(i) && !(i % 5 == 0 && name == "erased")) ++wrong;
    }
  });
  for (std::size_t i = 0; i < people.size(); i += 5) {
    ASSERT_TRUE(hub.destroy(people[i]).has_value());
    EXPECT_EQ(hub.name_of(people[i]), "erased");
    hub.add_person("Newcomer");
  }
  stop = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace mash::vault
