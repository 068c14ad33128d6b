#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <istream>
#include <map>
#include <mutex>
#include <ostream>
#include <thread>

#include "cli/commands.h"
#include "cli/contact_lines.h"
#include "cli/contact_stream.h"
#include "cli/form.h"
#include "cli/print.h"

// mash contact submit: contacts from a file of JSON lines, many at a time.
namespace mash::cli {
namespace {

constexpr size_t kGroupMax = 100;  // lines sent in one stream
constexpr int kAttemptsMax = 6;
constexpr std::chrono::milliseconds kFirstDelay{200};

struct SubmitOptions {
  std::string file;
  unsigned concurrency = 8;
  uint64_t first = 1;
  bool new_ids = false;
  bool want_proof = false;
  bool one_by_one = false;
  bool quiet = false;

  // A proof comes only with a contact that is sent by itself.
  size_t group_max() const { return want_proof || one_by_one ? 1 : kGroupMax; }
};

// A contact to be sent, and the line it stands on.
struct Numbered {
  uint64_t number = 0;
  referral::v1::SubmitContactRequest request;
};

struct Answer {
  std::string request_id;
  Submitted outcome;
};

struct Counts {
  uint64_t taken = 0;
  uint64_t known = 0;  // of those taken: had been sent before
  uint64_t refused = 0;
};

std::string first_decision(const referral::v1::SubmitContactResponse& response) {
  for (const auto& deadline : response.deadlines())
    if (deadline.kind() == "first-decision") return ", decision due " + shown(deadline.due());
  return {};
}

std::string on_one_line(const Failure& failure) {
  std::string out = shown(failure.error.message);
  for (const FieldFault& fault : failure.error.faults)
    out += "; " + shown(fault.field) + ": " + shown(fault.description);
  return out;
}

std::string for_people(uint64_t number, const Answer& answer) {
  const std::string line = "line " + std::to_string(number) + "  ";
  if (!answer.outcome) return line + "refused  " + on_one_line(answer.outcome.error());
  const auto& response = *answer.outcome;
  std::string out = line + (response.receipt().repeated_request() ? "known    " : "taken    ") +
                    shown(response.referral_id()) + ", case " + shown(response.case_id()) +
                    ", position " + std::to_string(response.receipt().position()) +
                    first_decision(response);
  for (const auto& field : response.set_aside())
    out += "; set aside " + shown(field.field()) + ": " + shown(field.fault());
  return out;
}

std::string for_programs(uint64_t number, const Answer& answer) {
  const std::string line = "{\"line\":" + std::to_string(number);
  if (!answer.outcome) return line + "," + to_json(answer.outcome.error()).substr(1);
  return line + ",\"request_id\":\"" + answer.request_id +
         "\",\"response\":" + to_json(*answer.outcome, false) + "}";
}

// Prints answers in the order of their lines, whenever they come.
class Printer {
 public:
  Printer(const SubmitOptions& options, Session& session) : options_(options), session_(session) {}

  // A line was begun; lines are begun in order.
  void begun(uint64_t number) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(number, std::nullopt);
  }

  void answered(uint64_t number, Answer answer) {
    const std::lock_guard lock(mutex_);
    waiting_[number] = std::move(answer);
    print_ready();
  }

  // No answer will come for it.
  void gave_up(uint64_t number) {
    const std::lock_guard lock(mutex_);
    waiting_.erase(number);
    print_ready();
  }

  const Counts& counts() const { return counts_; }

 private:
  void print_ready() {
    while (!waiting_.empty() && waiting_.begin()->second) {
      print(waiting_.begin()->first, *waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
  }

  void print(uint64_t number, const Answer& answer) {
    if (!answer.outcome) {
      ++counts_.refused;
    } else {
      ++counts_.taken;
      if (answer.outcome->receipt().repeated_request()) ++counts_.known;
    }
    if (options_.quiet && answer.outcome) return;
    session_.out << (session_.settings.json ? for_programs(number, answer)
                                            : for_people(number, answer))
                 << '\n';
  }

  const SubmitOptions& options_;
  Session& session_;
  std::mutex mutex_;
  std::map<uint64_t, std::optional<Answer>> waiting_;
  Counts counts_;
};

// Sends every line, in streams of many, several streams at a time. A hub that is full or restarting
// is waited for; one that stays away stops all.
class Submission {
 public:
  Submission(const Client& client, ContactLines& lines, const SubmitOptions& options,
             Printer& printer)
      : client_(client), lines_(lines), options_(options), printer_(printer) {}

  void run() {
    std::vector<std::thread> workers;
    workers.reserve(options_.concurrency);
    for (unsigned i = 0; i < options_.concurrency; ++i) workers.emplace_back([this] { work(); });
    for (std::thread& worker : workers) worker.join();
  }

  // Why it stopped, and the first line that may not have been taken.
  const std::optional<Failure>& stopped() const { return stopped_; }
  uint64_t stopped_at() const { return stopped_at_; }

 private:
  std::optional<ContactLine> take_line() {
    const std::lock_guard lock(mutex_);
    if (stopped_) return std::nullopt;
    auto line = lines_.next();
    if (line) printer_.begun(line->number);
    return line;
  }

  // The next lines to be sent together; those that are no contact are answered at once.
  std::vector<Numbered> take_group() {
    std::vector<Numbered> group;
    while (group.size() < options_.group_max()) {
      const auto line = take_line();
      if (!line) break;
      auto request = to_request(*line, client_.settings().agency, options_.new_ids);
      if (!request) {
        printer_.answered(line->number, {"", tl::unexpected(std::move(request.error()))});
        continue;
      }
      request->set_want_proof(request->want_proof() || options_.want_proof);
      group.push_back({line->number, std::move(*request)});
    }
    return group;
  }

  void work() {
    for (auto group = take_group(); !group.empty(); group = take_group()) {
      auto delay = kFirstDelay;
      for (int attempt = 1; !group.empty(); ++attempt) {
        const auto busy = send(group, attempt == kAttemptsMax);
        if (!busy) break;
        std::this_thread::sleep_for(busy->retry_after.value_or(delay));
        delay *= 2;
      }
    }
  }

  // Sends a group once, and leaves in it what the hub was too busy for; answers with its refusal of
  // that, if any. At the last attempt, that too counts as an answer.
  std::optional<Error> send(std::vector<Numbered>& group, bool last_attempt) {
    std::vector<Submitted> outcomes = send_once(group);
    std::vector<Numbered> again;
    std::optional<Error> busy;
    for (size_t i = 0; i < group.size(); ++i) {
      if (!outcomes[i] && is_passing(outcomes[i].error()) && !last_attempt) {
        busy = outcomes[i].error().error;
        again.push_back(std::move(group[i]));
      } else if (!outcomes[i] && concerns_all(outcomes[i].error())) {
        stop(group[i].number, std::move(outcomes[i].error()));
        printer_.gave_up(group[i].number);
      } else {
        printer_.answered(group[i].number, {group[i].request.request_id(), std::move(outcomes[i])});
      }
    }
    group = std::move(again);
    return busy;
  }

  std::vector<Submitted> send_once(const std::vector<Numbered>& group) const {
    const bool proofs =
        std::ranges::any_of(group, [](const Numbered& one) { return one.request.want_proof(); });
    std::vector<Submitted> alone;
    if (group.size() == 1 || proofs)
      for (const Numbered& one : group) alone.push_back(send_alone(one.request));
    if (!alone.empty()) return alone;
    std::vector<referral::v1::SubmitContactRequest> contacts;
    for (const Numbered& one : group) contacts.push_back(one.request);
    auto outcomes = send_contacts(client_, contacts);
    if (outcomes) return std::move(*outcomes);
    return std::vector<Submitted>(group.size(), tl::unexpected(outcomes.error()));
  }

  Submitted send_alone(const referral::v1::SubmitContactRequest& request) const {
    referral::v1::SubmitContactResponse response;
    return client_.unary("mash.referral.v1.ReferralService/SubmitContact", request, response)
        .map([&] { return std::move(response); });
  }

  static bool is_passing(const Failure& failure) {
    return failure.error.code == Code::kUnavailable ||
           failure.error.code == Code::kResourceExhausted;
  }

  // What the next line would meet just the same.
  static bool concerns_all(const Failure& failure) {
    const Code code = failure.error.code;
    return failure.exit == Exit::kUnreachable || code == Code::kUnavailable ||
           code == Code::kResourceExhausted || code == Code::kPermissionDenied ||
           code == Code::kDataLoss || code == Code::kDeadlineExceeded;
  }

  void stop(uint64_t number, Failure failure) {
    const std::lock_guard lock(mutex_);
    if (!stopped_ || number < stopped_at_) stopped_at_ = number;
    if (!stopped_) stopped_ = std::move(failure);
  }

  const Client& client_;
  ContactLines& lines_;
  const SubmitOptions& options_;
  Printer& printer_;
  std::mutex mutex_;
  std::optional<Failure> stopped_;
  uint64_t stopped_at_ = 0;
};

void print_summary(const Counts& counts, double seconds, std::ostream& err) {
  const uint64_t all = counts.taken + counts.refused;
  err << all << (all == 1 ? " contact: " : " contacts: ") << counts.taken << " taken";
  if (counts.known > 0) err << " (" << counts.known << " had been sent before)";
  err << ", " << counts.refused << " refused, in " << static_cast<uint64_t>(seconds * 1000)
      << " ms";
  if (seconds > 0)
    err << " (" << static_cast<uint64_t>(static_cast<double>(all) / seconds) << "/s)";
  err << '\n';
}

Outcome<void> submit_from(std::istream& in, const Client& client, const SubmitOptions& options,
                          Session& session) {
  ContactLines lines(in, options.first);
  Printer printer(options, session);
  Submission submission(client, lines, options, printer);
  const auto start = std::chrono::steady_clock::now();
  submission.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const Counts& counts = printer.counts();
  print_summary(counts, took.count(), session.err);
  if (submission.stopped()) {
    Failure failure = *submission.stopped();
    failure.advice += (failure.advice.empty() ? "" : " ") +
                      ("Stopped at line " + std::to_string(submission.stopped_at()) +
                       ". Run the same again to resume: no contact is taken twice.");
    return tl::unexpected(std::move(failure));
  }
  if (counts.refused == 0) return {};
  return fail(Exit::kPartly, Code::kInvalidArgument, "LINES_REFUSED",
              std::to_string(counts.refused) + " of " +
                  std::to_string(counts.taken + counts.refused) + " contacts were refused.",
              "Correct those lines and run the same again: those taken are known.");
}

// An agency sends a file by its system, or by the practitioner who is named; the agency that runs
// the hub has other roles to choose from.
UsualCaller usual_sender(const Settings& settings) {
  if (settings.agency == kUsualTriage.agency) return {};
  return {settings.agency, settings.user.empty() ? "referrer-system" : "practitioner"};
}

Outcome<void> submit(const SubmitOptions& options, Session& session) {
  const auto client = connect(session, usual_sender(session.settings));
  if (!client) return tl::unexpected(client.error());
  if (options.file == "-") return submit_from(session.in, *client, options, session);
  std::ifstream in(options.file);
  if (!in || std::filesystem::is_directory(options.file))
    return fail(Exit::kFile, Code::kNotFound, "FILE", "Cannot read " + options.file + ".");
  return submit_from(in, *client, options, session);
}

}  // namespace

void add_contact(CLI::App& app, Session& session) {
  CLI::App* contact = add_command(app, "contact", "Tells the hub of concerns about children.", "");
  contact->require_subcommand(1);
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* command = add_command(
      *contact, "submit", "Submits contacts: one SubmitContactRequest a line, as JSON.",
      "  mash contact submit contacts.jsonl --as police\n"
      "  mash-generate --count 1000 | mash contact submit - --as police --concurrency 32 --quiet\n"
      "  mash call ReferralService/SubmitContact --describe --as police    the fields of a line\n"
      "A line without a request_id gets one made from its text: the same file can be sent again\n"
      "after a failure, and no contact is taken twice.\n");
  command->add_option("file", options->file, "the file; '-' is standard input")->required();
  command
      ->add_option("--concurrency", options->concurrency,
                   "so many streams, of up to 100 lines each, at a time")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("--from-line", options->first, "begin at this line, from 1");
  command->add_flag("--new-ids", options->new_ids,
                    "make new request ids: what was sent before is another contact");
  command->add_flag("--proof", options->want_proof,
                    "ask for a proof with each receipt, which sends each line by itself");
  command->add_flag("--one-by-one", options->one_by_one,
                    "send each line by itself: for a source whose lines come slowly");
  command->add_flag("--quiet", options->quiet, "show only what was refused, and the summary");
  command->callback([options, &session] {
    session.run = [options, &session] { return submit(*options, session); };
  });
  add_form(*contact, session,
           {.name = "expected",
            .about = "Says what your agency sent on a day, and hears what the hub never got.",
            .examples = "  mash contact expected 2026-03-04 --reference INC-117 --reference "
                        "INC-118 --as police --user p-7\n",
            .method = "ReferralService/ReportExpected",
            .usual = {},
            .options = {{"day", "day", "the day: 2026-03-04", true},
                        {"--reference", "references",
                         "your own reference, as account.agency_reference gave it", true}}});
}

}  // namespace mash::cli
