#include "fault/requests.h"

#include <algorithm>
#include <future>

#include "core/check.h"
#include "log/handle.h"
#include "log/testing/notebook.h"
#include "merkle/hash.h"

namespace mash::fault {
namespace fs = std::filesystem;
namespace {

// Few enough that most streams have several versions, and many enough that requests on their way
// together seldom meet.
constexpr uint64_t kStreams = 61;

log::RequestKey request_key(uint64_t number) {
  log::RequestKey key;
  const auto scope = merkle::sha256({"request ", std::to_string(number)});
  std::copy_n(scope.begin(), key.scope.size(), key.scope.begin());
  key.digest = merkle::sha256({"body ", std::to_string(number)});
  return key;
}

vault::VaultOptions vault_options(const Place& place, const Clock& clock) {
  return {.directory = place.vault, .kek_file = place.kek, .clock = &clock};
}

const vault::KeyRingOptions kSmallRing{.keys_cached_max = 256, .fresh_keys_max = 1};

}  // namespace

Workshop::Workshop(Place place)
    : place_(std::move(place)),
      vault_(vault::Vault::open(vault_options(place_, clock_)).value()),
      keys_(std::make_unique<vault::KeyRing>(*vault_, kSmallRing)),
      signer_(merkle::SigningKey::generate("mash/E10000013/notes").value()) {}

log::LogOptions Workshop::options() const {
  log::LogOptions options;
  options.directory = place_.log;
  options.area = "E10000013";
  options.service = "notes";
  options.clock = &clock_;
  options.keys = keys_.get();
  options.signer = &signer_;
  options.memtable_bytes = 1 << 20;
  options.block_cache_bytes = 4 << 20;
  options.view_cache_bytes = 1 << 20;
  options.views.push_back(std::make_unique<log::testing::NotebookList>());
  return options;
}

Place make_place(const fs::path& folder) {
  Place place{.log = folder / "log",
              .vault = folder / "vault",
              .kek = folder / "keys" / "kek",
              .case_id = {}};
  const SystemClock clock;
  const auto vault = vault::Vault::open(vault_options(place, clock)).value();
  place.case_id = vault->mint(1).value().front().id;
  return place;
}

Place copy_for_another_process(const Place& place, const fs::path& folder) {
  Place copy{.log = place.log,
             .vault = folder / "vault",
             .kek = folder / "keys" / "kek",
             .case_id = place.case_id};
  fs::create_directories(folder);
  fs::copy(place.vault, copy.vault);
  fs::copy(place.kek.parent_path(), copy.kek.parent_path());
  return copy;
}

void send(log::EventLog& log, const std::string& case_id, uint64_t number, log::Completion done) {
  auto note = std::make_shared<log::testing::v1::WriteNoteRequest>();
  note->set_text("Note " + std::to_string(number) + ".");
  note->set_priority(static_cast<uint32_t>(number % 5));
  note->set_ballast(std::to_string(number));
  const Time now = log.options().clock->now();
  log::CommandCall call{.context = {.actor = {.agency = "police", .system = "pd-01"}, .now = now},
                        .request = request_key(number),
                        .received_at = now};
  log::handle(
      log, std::move(call),
      [note, number, case_id](log::UnitOfWork& unit) {
        const auto write = [&](const std::string& notebook) {
          return unit.decide<log::testing::Notebook>({"notebook/" + notebook, case_id}, *note);
        };
        const std::string shelf = std::to_string(number % kStreams);
        return write("a" + shelf).and_then([&] { return write("b" + shelf); });
      },
      std::move(done));
}

Result<log::Appended> send_and_wait(log::EventLog& log, const std::string& case_id,
                                    uint64_t number) {
  std::promise<Result<log::Appended>> answered;
  send(log, case_id, number,
       [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  return answered.get_future().get();
}

std::optional<uint64_t> number_of(const log::Record& record) {
  log::testing::v1::NoteEvent event;
  if (record.body.type() != event.GetDescriptor()->full_name()) return {};
  MASH_CHECK(event.ParseFromString(record.body.event()));
  return std::stoull(event.written().ballast());
}

}  // namespace mash::fault
