#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/proving.h"
#include "cli/story.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "log/record.h"
#include "mash/log/v1/log_service.pb.h"

// mash log read and tail: a log's records as they stand there.
namespace mash::cli {
namespace {

constexpr uint64_t kTailShown = 10;  // records a tail begins with

struct LogOptions {
  log::v1::ReadLogRequest request;
  std::string at;
  bool full = false;
  bool from_end = false;
};

// What stands in a row of the table, and is padded by hand: a tail has no end to wait for.
struct Columns {
  static constexpr size_t kPosition = 9;
  static constexpr size_t kTime = 20;
  static constexpr size_t kWhat = 24;
  static constexpr size_t kStream = 46;
};

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text + "  ";
}

void print_heading(std::ostream& out) {
  out << padded("POSITION", Columns::kPosition) << padded("RECORDED", Columns::kTime)
      << padded("WHAT", Columns::kWhat) << padded("STREAM AND VERSION", Columns::kStream)
      << "WHO\n";
}

void print_row(const log::Record& record, const std::string& event_json, std::ostream& out) {
  const auto event = event_of(record, event_json);
  const std::string what = event ? happening(**event) : shown(record.body.type());
  out << padded(std::to_string(record.prefix.position), Columns::kPosition)
      << padded(shown(record.prefix.recorded_at), Columns::kTime) << padded(what, Columns::kWhat)
      << padded(shown(record.body.stream()) + " " + std::to_string(record.prefix.stream_version),
                Columns::kStream)
      << actor_of(record) << '\n';
}

nlohmann::ordered_json as_json(const log::Record& record, const log::v1::LogEntry& entry) {
  const auto id = Uuid::from_bytes(record.body.event_id());
  nlohmann::ordered_json out{{"position", record.prefix.position},
                             {"epoch", record.prefix.epoch},
                             {"recorded_at", to_rfc3339(record.prefix.recorded_at)},
                             {"stream", record.body.stream()},
                             {"version", record.prefix.stream_version},
                             {"case_id", record.body.case_id()},
                             {"event_id", id ? id->text() : ""},
                             {"type", record.body.type()},
                             {"agency", record.body.actor().agency()},
                             {"system", record.body.actor().system()},
                             {"practitioner", record.body.actor().practitioner()},
                             {"role", record.body.actor().role()},
                             {"sealed", record.has_personal()},
                             {"erased", entry.erased()}};
  const auto event = event_of(record, entry.event_json());
  if (event) out["event"] = nlohmann::ordered_json::parse(to_json(**event, false));
  return out;
}

Content content_of(const log::v1::LogEntry& entry, const LogOptions& options) {
  if (options.request.purpose().empty()) return Content::kNotAskedFor;
  return entry.erased() ? Content::kErased : Content::kShown;
}

Outcome<void> print_entry(const log::v1::LogEntry& entry, const LogOptions& options,
                          Session& session) {
  const auto record = log::decode_record(entry.record(), true);
  if (!record) return fail(Exit::kNotProven, record.error());
  if (session.settings.json)
    session.out
        << as_json(*record, entry).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)
        << '\n';
  else if (options.full)
    tell(record->prefix.position, *record, entry.event_json(), content_of(entry, options),
         session.out);
  else
    print_row(*record, entry.event_json(), session.out);
  return {};
}

// Where a tail begins when nobody says: a few records before the log's end.
Outcome<uint64_t> near_the_end(const Client& client, const std::string& log) {
  return fetch_checkpoint(client, log).map([](const SignedCheckpoint& now) {
    return now.checkpoint.size - std::min(now.checkpoint.size, kTailShown);
  });
}

Outcome<void> read(LogOptions& options, Session& session) {
  log::v1::ReadLogRequest& request = options.request;
  if (auto put = put_time(options.at, [&] { return request.mutable_as_at(); }); !put) return put;
  const auto client = connect(session, kUsualAuditor);
  if (!client) return tl::unexpected(client.error());
  if (options.from_end) {
    const auto from = near_the_end(*client, request.log());
    if (!from) return tl::unexpected(from.error());
    request.set_from(*from);
  }
  if (!session.settings.json && !options.full) print_heading(session.out);
  log::v1::ReadLogResponse response;
  uint64_t printed = 0;
  return client->read("mash.log.v1.LogService/ReadLog", request, response, [&]() -> Outcome<bool> {
    for (const auto& entry : response.entries()) {
      if (request.limit() > 0 && printed == request.limit()) return false;
      if (auto good = print_entry(entry, options, session); !good)
        return tl::unexpected(std::move(good.error()));
      ++printed;
    }
    session.out.flush();
    return true;
  });
}

template <class Setter>
void add_text(CLI::App* command, const std::string& name, const std::string& about, Setter set) {
  command->add_option_function<std::string>(name, set, about);
}

void add_filters(CLI::App* command, const std::shared_ptr<LogOptions>& options) {
  log::v1::ReadLogRequest& request = options->request;
  request.set_log("referral");
  add_text(command, "--log", "the log: the hub keeps one for each service [referral]",
           [&](const std::string& value) { request.set_log(value); });
  add_text(command, "--stream", "only this stream: referral/0192...",
           [&](const std::string& value) { request.set_stream(value); });
  add_text(command, "--case", "only this case",
           [&](const std::string& value) { request.set_case_id(value); });
  command->add_option_function<std::vector<std::string>>(
      "--type",
      [&](const std::vector<std::string>& values) {
        for (const std::string& value : values) request.add_types(value);
      },
      "only events of this type: mash.referral.v1.ReferralEvent");
  add_text(command, "--purpose", "why content is wanted; it goes on the record",
           [&](const std::string& value) { request.set_purpose(value); });
  command->add_flag("--full", options->full, "all of each event, not a line");
}

}  // namespace

void add_log(CLI::App& app, Session& session) {
  CLI::App* log = add_command(app, "log", "Reads the log itself.", "");
  log->require_subcommand(1);

  auto reading = std::make_shared<LogOptions>();
  CLI::App* command = add_command(*log, "read", "Records in order, filtered.",
                                  "  mash log read --from 100 --limit 20 --user a-7\n"
                                  "  mash log read --case 0192f3a4-... --full\n"
                                  "  mash log read --backwards --limit 10\n"
                                  "  mash log read --json --type mash.referral.v1.ReferralEvent\n");
  log::v1::ReadLogRequest& request = reading->request;
  command->add_option_function<uint64_t>(
      "--from", [&](uint64_t value) { request.set_from(value); }, "the first position");
  command->add_option_function<uint64_t>(
      "--limit", [&](uint64_t value) { request.set_limit(value); }, "at most so many");
  command->add_flag_callback("--backwards", [&] { request.set_backwards(true); }, "newest first");
  command->add_option("--at", reading->at, "as the log stood at this time");
  add_filters(command, reading);
  command->callback([reading, &session] {
    session.run = [reading, &session] { return read(*reading, session); };
  });

  auto tailing = std::make_shared<LogOptions>();
  command = add_command(*log, "tail", "New records as they come, until interrupted.",
                        "  mash log tail --user a-7\n"
                        "  mash log tail --from 0 --json | jq .event\n");
  tailing->request.set_follow(true);
  tailing->from_end = true;
  command->add_option_function<uint64_t>(
      "--from",
      [&wanted = *tailing](uint64_t value) {
        wanted.request.set_from(value);
        wanted.from_end = false;
      },
      "from this position on; absent: from the last ten on");
  add_filters(command, tailing);
  command->callback([tailing, &session] {
    session.run = [tailing, &session] { return read(*tailing, session); };
  });
}

}  // namespace mash::cli
