#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/calendar.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"
#include "host/caller.h"
#include "host/config.h"
#include "log/event_log.h"
#include "merkle/signing_key.h"
#include "policy/packs.h"

namespace mash::host {
class Metrics;
}
namespace mash::vault {
class BackupKeeper;
class KeyRing;
class KeySource;
class Vault;
}  // namespace mash::vault

namespace mash::node {

class RemoteKeys;

// The time by which leases of another process's keys are counted.
using LeaseNow = std::function<std::chrono::steady_clock::time_point()>;

// For tests: what a program leaves as it is.
struct Options {
  const Clock* clock = nullptr;  // absent: the system's
  std::function<void(const std::string& diagnosis)> on_fatal{};
  std::function<void(std::string_view point)> at_point{};  // of the first part's commit path
  LeaseNow lease_now{};  // absent: by the machine's own clock, which never steps
};

// What every service of a process stands on: its configuration, the time, the rules in force, the
// keys. Made once, before any of them; thread-safe.
class Foundation {
 public:
  // Refuses a configuration that cannot work: no policy pack or lawful-basis pack in force today,
  // an agency of a kind of body that the latter does not know, keys that cannot be used, and,
  // where the vault is another process, one that does not answer. `services`: those that are to
  // run in this one.
  static Result<std::unique_ptr<Foundation>> prepare(const host::Config& config, Options options,
                                                     const std::vector<std::string>& services);
  ~Foundation();
  Foundation(const Foundation&) = delete;
  Foundation& operator=(const Foundation&) = delete;

  const host::Config& config() const { return config_; }
  const Options& options() const { return options_; }
  const Clock& clock() const { return clock_; }
  IdSource& ids() const { return ids_; }
  const host::Callers& callers() const { return callers_; }
  const policy::Packs& packs() const { return *packs_; }
  const Calendar& calendar() const { return *calendar_; }
  const merkle::SigningKey& signer() const { return *signer_; }
  vault::KeyRing& keys() const { return *keys_; }
  // Only where the vault is in this process.
  vault::Vault& vault() const;
  // Null where the vault is in this process.
  RemoteKeys* remote_keys() const { return remote_keys_.get(); }

  // How a service's log is opened, but for its views.
  log::LogOptions log_options(const std::string& service) const;

  void watch(host::Metrics& metrics) const;

 private:
  Foundation(const host::Config& config, Options options);
  Result<void> load_rules();
  Result<void> open_keys(const std::vector<std::string>& services);
  Result<void> reach_keys();
  void make_ring(vault::KeySource& source);

  const host::Config config_;
  const Options options_;
  const SystemClock system_clock_;
  const Clock& clock_;
  mutable IdSource ids_;
  const host::Callers callers_;
  std::optional<policy::Packs> packs_;
  std::optional<Calendar> calendar_;
  std::optional<merkle::SigningKey> signer_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<vault::BackupKeeper> keys_backup_;  // null: none is wanted
  std::unique_ptr<RemoteKeys> remote_keys_;           // null: the vault is in this process
  std::unique_ptr<vault::KeyRing> keys_;
};

}  // namespace mash::node
