#include <array>
#include <cctype>

#include "host/config.h"

namespace mash::host {
namespace {

constexpr uint64_t kKiB = 1 << 10;
constexpr uint64_t kMiB = 1 << 20;
constexpr uint64_t kGiB = 1 << 30;
constexpr uint64_t kTiB = uint64_t{1} << 40;

// The one table of settings, in the order in which they are printed.
constexpr std::array kSettings = {
    Setting{"area", &Config::area, "",
            "ONS code of the local authority whose hub this is; it stands in every record"},
    Setting{"data", &Config::data, "", "folder of the logs and of the vault"},
    Setting{"policy", &Config::policy, "", "folder of the policy packs"},
    Setting{"matching.weights", &Config::matching_weights, "",
            "file of the weights by which persons are compared"},
    Setting{"calendar.file", &Config::calendar, "",
            "England's bank holidays, in the form of gov.uk's bank-holidays.json"},
    Setting{"calendar.alarm_days", &Config::calendar_alarm_days, "days",
            "warn when the calendar runs out in fewer days than this", 0, 3'650},

    Setting{"server.listen", &Config::listen, "", "address and port for gRPC with mutual TLS"},
    Setting{"server.certificate", &Config::certificate, "", "the server's certificate chain, PEM"},
    Setting{"server.key", &Config::certificate_key, "", "the certificate's private key, PEM"},
    Setting{"server.authority", &Config::authority, "",
            "certificate of the authority that agencies' certificates come from, PEM"},
    Setting{"server.certificate_reload_s", &Config::certificate_reload_s, "seconds",
            "how often certificate, key and authority are read again", 1, 86'400},
    Setting{"server.message_bytes_max", &Config::message_bytes_max, "bytes",
            "largest message taken off the wire", 64 * kKiB, 64 * kMiB},
    Setting{"server.request_bytes_max", &Config::request_bytes_max, "bytes",
            "largest request that is looked at", kKiB, 64 * kMiB},
    Setting{"server.text_bytes_max", &Config::text_bytes_max, "bytes", "longest text in a request",
            256, kMiB},
    Setting{"server.list_items_max", &Config::list_items_max, "items", "longest list in a request",
            1, 100'000},
    Setting{"server.connection_streams_max", &Config::connection_streams_max, "calls",
            "calls at once over one connection", 1, 100'000},
    Setting{"server.memory_bytes_max", &Config::memory_bytes_max, "bytes",
            "memory gRPC may use for its buffers", 16 * kMiB, 64 * kGiB},
    Setting{"server.call_ms_max", &Config::call_ms_max, "milliseconds",
            "bound on a call whose caller set no nearer deadline", 100, 3'600'000},
    Setting{"server.stream_stall_ms_max", &Config::stream_stall_ms_max, "milliseconds",
            "how long a stream waits for a reader that takes nothing", 100, 3'600'000},
    Setting{"server.upload_messages_max", &Config::upload_messages_max, "messages",
            "messages in one stream to the hub: contacts in a SubmitContacts", 1, 1'000'000},
    Setting{"server.upload_bytes_max", &Config::upload_bytes_max, "bytes",
            "bytes of all messages in one stream to the hub, and of the answer to it", 64 * kKiB,
            4 * kGiB},
    Setting{"server.upload_in_flight_max", &Config::upload_in_flight_max, "messages",
            "messages of one stream to the hub that are worked on at once; more are not read yet",
            1, 8'192},
    Setting{"server.upload_ms_max", &Config::upload_ms_max, "milliseconds",
            "bound on one stream to the hub", 100, 86'400'000},
    Setting{"server.keepalive_ms", &Config::keepalive_ms, "milliseconds",
            "how often a silent connection is probed", 1'000, 7'200'000},
    Setting{"server.drain_ms_max", &Config::drain_ms_max, "milliseconds",
            "how long calls may take to finish once the server is told to stop", 0, 3'600'000},

    Setting{"keys.signing", &Config::signing_key, "",
            "Ed25519 key that signs checkpoints; made at the first start"},
    Setting{"keys.encryption", &Config::encryption_key, "",
            "key-encryption key of the vault; made at the first start; never in a backup"},
    Setting{
        "keys.backup", &Config::keys_backup, "",
        "folder of the copy that the hub keeps of the vault, best on another disk; empty: none"},
    Setting{"keys.ahead_max", &Config::keys_ahead_max, "keys",
            "keys minted ahead for new cases and persons; at least half are there when the vault "
            "goes away",
            256, 65'536},

    Setting{"storage.backups", &Config::backups, "",
            "folder that backups of the logs go into, best on another disk of the same machine"},
    Setting{"storage.queue_appends_max", &Config::queue_appends_max, "appends",
            "appends waiting in a log's queue; beyond it callers are told to try again", 1,
            1'000'000},
    Setting{"storage.queue_bytes_max", &Config::queue_bytes_max, "bytes",
            "bytes waiting in a log's queue", kMiB, 4 * kGiB},
    Setting{"storage.batch_events_max", &Config::batch_events_max, "events", "events in one commit",
            1, 65'536},
    Setting{"storage.block_cache_bytes", &Config::block_cache_bytes, "bytes",
            "cache for reads, each log", kMiB, 64 * kGiB},
    Setting{"storage.memtable_bytes", &Config::memtable_bytes, "bytes",
            "write buffer, each column family of each log", kMiB, kGiB},
    Setting{"storage.free_bytes_min", &Config::free_bytes_min, "bytes",
            "free space on a log's disk below which commands are refused; 0: none are", 0, kTiB},
    Setting{"storage.view_cache_bytes", &Config::view_cache_bytes, "bytes",
            "cache of views' pages, each log", kMiB, 64 * kGiB},

    Setting{"peers.referral", &Config::peer_referral, "",
            "address of mash-referral, where it is another process"},
    Setting{"peers.sharing", &Config::peer_sharing, "",
            "address of mash-sharing, where it is another process"},
    Setting{"peers.strategy", &Config::peer_strategy, "",
            "address of mash-strategy, where it is another process"},
    Setting{"peers.notification", &Config::peer_notification, "",
            "address of mash-notification, where it is another process"},
    Setting{"peers.vault", &Config::peer_vault, "",
            "address of mash-vault, where it is another process"},

    Setting{"kafka.brokers", &Config::kafka_brokers, "",
            "brokers that logs are published to and followed over; empty: none"},
    Setting{"kafka.partition", &Config::kafka_partition, "", "the area's partition of each topic",
            0, 9'999},
    Setting{"kafka.security", &Config::kafka_security, "", "how the brokers are spoken to", 0, 0,
            "plaintext|ssl|sasl_ssl"},
    Setting{"kafka.authority", &Config::kafka_authority, "",
            "certificate of the authority that the brokers' certificates come from, PEM"},
    Setting{"kafka.certificate", &Config::kafka_certificate, "",
            "certificate shown to the brokers, PEM; empty: none"},
    Setting{"kafka.key", &Config::kafka_certificate_key, "", "that certificate's private key, PEM"},
    Setting{"kafka.sasl_mechanism", &Config::kafka_sasl_mechanism, "",
            "how the password is proved to the brokers", 0, 0, "SCRAM-SHA-256|SCRAM-SHA-512|PLAIN"},
    Setting{"kafka.sasl_user", &Config::kafka_sasl_user, "", "who this program is to the brokers"},
    Setting{"kafka.sasl_password", &Config::kafka_sasl_password, "",
            "file that holds the password"},

    Setting{"smtp.server", &Config::smtp_server, "",
            "where e-mail to agencies' contacts goes: smtps://HOST:465, or smtp://HOST:587 with "
            "STARTTLS; empty: there is none"},
    Setting{"smtp.authority", &Config::smtp_authority, "",
            "certificate of the authority that its certificate comes from, PEM; empty: the "
            "system's"},
    Setting{"smtp.user", &Config::smtp_user, "", "who the hub is to it; empty: it does not ask"},
    Setting{"smtp.password", &Config::smtp_password, "", "file that holds the password"},
    Setting{"smtp.from", &Config::smtp_from, "", "the sender's address"},
    Setting{"webhook.authority", &Config::webhook_authority, "",
            "certificate of the authority that agencies' servers' certificates come from, PEM; "
            "empty: the system's"},

    Setting{"metrics.listen", &Config::metrics_listen, "",
            "address for Prometheus, loopback only; empty: none"},
    Setting{"log.calls", &Config::log_calls, "", "calls that get a line in the log", 0, 0,
            "failed|all|none"},
};

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::string Setting::environment() const {
  std::string text = "MASH_";
  for (const char c : name)
    text += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string Setting::flag() const {
  std::string text = "--";
  for (const char c : name) text += c == '.' || c == '_' ? '-' : c;
  return text;
}

}  // namespace mash::host
