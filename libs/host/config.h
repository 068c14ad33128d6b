#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "host/caller.h"

namespace mash::host {

// Everything that can be set about a server, with its defaults. A value; docs/operate.md explains
// each. It holds no secret: keys are files, and only their paths stand here.
struct Config {
  std::string area = "E10000013";
  std::filesystem::path data = "var/hub";
  std::filesystem::path policy = "deploy/policy";
  std::filesystem::path matching_weights = "deploy/matching/england.yaml";
  std::filesystem::path calendar = "deploy/calendar/bank-holidays.json";
  uint64_t calendar_alarm_days = 90;

  std::string listen = "127.0.0.1:7443";
  std::filesystem::path certificate = "var/pki/hub/cert.pem";
  std::filesystem::path certificate_key = "var/pki/hub/key.pem";
  std::filesystem::path authority = "var/pki/ca.pem";
  uint64_t certificate_reload_s = 30;
  uint64_t message_bytes_max = 4 << 20;
  uint64_t request_bytes_max = 1 << 20;
  uint64_t text_bytes_max = 64 << 10;
  uint64_t list_items_max = 1'000;
  uint64_t connection_streams_max = 1'000;
  uint64_t memory_bytes_max = 256 << 20;
  uint64_t call_ms_max = 30'000;
  uint64_t stream_stall_ms_max = 30'000;
  uint64_t upload_messages_max = 10'000;
  uint64_t upload_bytes_max = 64 << 20;
  uint64_t upload_in_flight_max = 64;
  uint64_t upload_ms_max = 600'000;
  uint64_t keepalive_ms = 60'000;
  uint64_t drain_ms_max = 20'000;

  std::filesystem::path signing_key = "var/keys/signing.key";
  std::filesystem::path encryption_key = "var/keys/encryption.key";
  std::string keys_backup;  // empty: none
  uint64_t keys_ahead_max = 8'192;

  std::filesystem::path backups = "var/backup/logs";
  uint64_t queue_appends_max = 8'192;
  uint64_t queue_bytes_max = 64 << 20;
  uint64_t batch_events_max = 2'048;
  uint64_t block_cache_bytes = 64 << 20;
  uint64_t memtable_bytes = 16 << 20;
  uint64_t free_bytes_min = 512 << 20;
  uint64_t view_cache_bytes = 32 << 20;

  // Where other services are, for a program that does not run them itself; empty: nowhere.
  std::string peer_referral;
  std::string peer_sharing;
  std::string peer_strategy;
  std::string peer_notification;
  std::string peer_vault;

  std::string kafka_brokers;  // empty: nothing is published, and nothing followed over Kafka
  uint64_t kafka_partition = 0;
  std::string kafka_security = "plaintext";
  std::string kafka_authority;  // files; empty: none
  std::string kafka_certificate;
  std::string kafka_certificate_key;
  std::string kafka_sasl_mechanism = "SCRAM-SHA-512";
  std::string kafka_sasl_user;
  std::string kafka_sasl_password;  // a file

  // How agencies' contacts are told; where each one's may be is said with the agency.
  std::string smtp_server;
  std::string smtp_authority;  // a file; empty: the system's
  std::string smtp_user;
  std::string smtp_password;  // a file
  std::string smtp_from;
  std::string webhook_authority;  // a file; empty: the system's

  std::string metrics_listen = "127.0.0.1:9464";
  std::string log_calls = "failed";

  AgencyRules agencies;

  // Each service's name, and where it is.
  std::vector<std::pair<std::string, std::string>> peers() const {
    return {{"referral", peer_referral},
            {"sharing", peer_sharing},
            {"strategy", peer_strategy},
            {"notification", peer_notification},
            {"vault", peer_vault}};
  }
};

// One row of the table of settings: it drives the file, the environment, the flags, the checks and
// the documentation alike.
struct Setting {
  using Field =
      std::variant<std::string Config::*, std::filesystem::path Config::*, uint64_t Config::*>;

  std::string_view name;  // "server.listen" in the file, MASH_SERVER_LISTEN, --server-listen
  Field field;
  std::string_view unit;  // "bytes"; empty: none
  std::string_view help;
  uint64_t min = 0;  // of a number
  uint64_t max = 0;
  std::string_view choices = {};  // of a text: "failed|all|none"; empty: any

  std::string environment() const;  // "MASH_SERVER_LISTEN"
  std::string flag() const;         // "--server-listen"
};
std::span<const Setting> settings();

// What is wrong with a configuration, and where: "deploy/mash.toml:12" or "--server-listen" or
// "MASH_SERVER_LISTEN".
struct ConfigFault {
  std::string where;
  std::string what;

  friend bool operator==(const ConfigFault&, const ConfigFault&) = default;
};

// Where settings come from; a later source wins over an earlier one.
struct ConfigSources {
  std::optional<std::filesystem::path> file;
  std::function<const char*(const std::string& name)> environment;  // getenv, or a test's
  std::vector<std::pair<std::string, std::string>> flags;           // setting name, value
  Config defaults{};
};

// Puts them together over the defaults, and gathers every fault: unknown keys (with the nearest
// known one), values of the wrong type or out of their bounds, texts that are no choice, addresses
// that are none, metrics on an address others can reach, roles that do not exist.
Config load_config(const ConfigSources& sources, std::vector<ConfigFault>& faults);

// The configuration as a TOML file that load_config reads back as the same.
std::string to_toml(const Config& config);

// What a server's command line asks for.
struct Invocation {
  enum class Do { kServe, kExit };
  Do action = Do::kServe;
  int exit_code = 0;
  std::string output;  // what to print before exiting; on standard error when exit_code is not 0
  Config config;
};

// What a program finds wrong with a configuration that can be read, for --check-config to say.
using ConfigCheck = std::function<std::vector<ConfigFault>(const Config&)>;

// Reads a program's command line: --config, --check-config, --print-config, --help, --version and a
// flag for each setting. `defaults`: the program's own.
Invocation invoke(std::string_view program, std::string_view version, int argc,
                  const char* const* argv,
                  const std::function<const char*(const std::string& name)>& environment,
                  const Config& defaults = {}, const ConfigCheck& own_check = {});

}  // namespace mash::host
