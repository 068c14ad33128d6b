// How well, and how fast, persons are found who are told of twice: recall and precision at the
// proposing threshold, and what finding somebody takes over a million people in a real log and
// look-up.
//
//   bench-match [PEOPLE]           the figures; PEOPLE: 1,000,000; 0: quality alone
//   bench-match PEOPLE keep        finding alone, over the log and look-up that a run before left
//   bench-match weights [SEED]     the likelihoods that made-up people have, for a file of weights
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/match_quality.h"
#include "bench/report.h"
#include "generator/area.h"
#include "log/lookup.h"
#include "mash/referral/v1/person_events.pb.h"
#include "referral/joining/person_index.h"

namespace mash::bench {
namespace {

using referral::matching::Matcher;
using referral::matching::Weights;
using Clock = std::chrono::steady_clock;

// The weights are measured with one seed, and all else with others.
constexpr uint64_t kWeightsSeed = 11;
constexpr uint64_t kQualitySeed = 12;
constexpr uint64_t kPeopleSeed = 13;
constexpr std::size_t kQualityPeople = 100'000;
constexpr std::size_t kToldTwice = 20'000;
constexpr std::string_view kPersonPrefix = "person/";
constexpr std::size_t kSearches = 4'000;
constexpr std::size_t kInFlight = 256;
constexpr std::size_t kApplyEvents = 500;
constexpr std::chrono::sys_days kToday{std::chrono::year{2026} / 3 / 29};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s: %s\n", result.error().reason.c_str(), result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

void report_quality(const Matcher& matcher) {
  const auto start = Clock::now();
  const auto quality = measure_matching(matcher, kQualitySeed, kQualityPeople, kToldTwice);
  const std::string of = ", 20,000 told of twice among 100,000";
  report("matching recall" + of, quality.recall(), "share", "at least 0.95");
  report("matching precision" + of, quality.precision(), "share", "at least 0.90");
  report("matching, opened at all" + of,
         static_cast<double>(quality.among_candidates) / static_cast<double>(kToldTwice), "share");
  report("matching, one newcomer in memory",
         seconds_since(start) * 1e6 / static_cast<double>(kQualityPeople + kToldTwice), "us");
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double percentile(std::vector<double> values, std::size_t percent) {
  std::ranges::sort(values);
  return values[values.size() * percent / 100];
}

// A million people in a log, each under a key of their own.
class PeopleLog {
 public:
  // Opens what an earlier run left, when told to keep it.
  PeopleLog(const std::filesystem::path& directory, const Matcher& matcher, bool keep)
      : log_(directory, keep), matcher_(matcher), directory_(directory) {}

  void append(std::size_t people) {
    generator::Area area(kPeopleSeed, kToday);
    while (log_->size() < people)
      for (const auto& person : area.next_household()) append(person);
    std::unique_lock lock(mutex_);
    landed_.wait(lock, [&] { return in_flight_ == 0; });
  }

  // As the hub's reader does it: opens what is new and applies what it is found by.
  void build_lookup() {
    lookup_ = must(
        log::Lookup::open({.directory = directory_ / "lookup",
                           .content = referral::PersonIndex::content(*log_, matcher_.weights())}));
    index_.emplace(*log_, log_.keys(), *lookup_, matcher_);
    log::LookupChanges changes;
    must(log_->scan({.from = lookup_->cursor(),
                     .types = {referral::v1::PersonEvent::descriptor()->full_name()}},
                    [&](log::Record&& record) {
                      const auto person =
                          must(Uuid::parse(record.body.stream().substr(kPersonPrefix.size())));
                      must(index_->learn(person, record.prefix.position, changes));
                      changes.cursor = record.prefix.position + 1;
                      if (changes.notes.size() < kApplyEvents) return true;
                      must(lookup_->apply(changes));
                      changes = {};
                      return true;
                    }));
    if (changes.cursor > 0) must(lookup_->apply(changes));
  }

  // Looks for people all over the log, each told of otherwise.
  void search() {
    generator::Random random(kPeopleSeed + 1);
    std::vector<double> took_ms;
    std::vector<double> processor_ms;
    std::size_t found = 0;
    for (std::size_t i = 0; i < kSearches; ++i) {
      const auto record = must(log_->read(i * (log_->size() / kSearches)));
      const auto person = record.body.stream().substr(kPersonPrefix.size());
      const auto known = must(index_->identities(must(Uuid::parse(person))));
      const auto wanted = told_otherwise(random, known.front());
      const auto start = Clock::now();
      const double processor_start = processor_seconds();
      const auto like = must(index_->find(wanted, matcher_.weights().possible_at()));
      processor_ms.push_back((processor_seconds() - processor_start) * 1e3);
      took_ms.push_back(seconds_since(start) * 1e3);
      found +=
          std::ranges::any_of(like, [&](const auto& each) { return each.person_id == person; });
    }
    report("finding a person p50", percentile(took_ms, 50), "ms");
    report("finding a person p99", percentile(took_ms, 99), "ms", "at most 20");
    report("finding a person p99, of the processor", percentile(processor_ms, 99), "ms");
    report("finding a person, found among the possible",
           static_cast<double>(found) / static_cast<double>(kSearches), "share");
  }

 private:
  void append(const generator::Identity& person) {
    {
      std::unique_lock lock(mutex_);
      landed_.wait(lock, [&] { return in_flight_ < kInFlight; });
      ++in_flight_;
    }
    const std::string id = must(log_.keys().fresh_key_id());
    referral::v1::PersonEvent event;
    event.mutable_registered()->set_agency("police");
    *event.mutable_registered()->mutable_identity() = person;
    const auto now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
    handle(
        *log_,
        {.context = {.actor = {"police", "pol-01", "", "referrer-system"}, .now = now},
         .received_at = now},
        [&](log::UnitOfWork& unit) { return unit.add({std::string(kPersonPrefix) + id}, event); },
        [this](Result<log::Appended> appended) {
          must(std::move(appended));
          const std::lock_guard lock(mutex_);
          --in_flight_;
          landed_.notify_one();
        });
  }

  BenchLog log_;
  const Matcher& matcher_;
  const std::filesystem::path directory_;
  std::unique_ptr<log::Lookup> lookup_;
  std::optional<referral::PersonIndex> index_;
  std::mutex mutex_;
  std::condition_variable landed_;
  std::size_t in_flight_ = 0;
};

void report_finding(const Matcher& matcher, std::size_t people, bool keep) {
  PeopleLog log(bench_directory() / "match", matcher, keep);
  log.append(people);
  const auto start = Clock::now();
  log.build_lookup();
  if (!keep)
    report("look-up made of " + std::to_string(people) + " people",
           static_cast<double>(people) / seconds_since(start), "people/s");
  log.search();
}

int run(std::span<char*> arguments) {
  const auto weights = must(Weights::load("deploy/matching/england.yaml"));
  const auto number = [&](std::size_t place, uint64_t without) {
    return arguments.size() > place ? std::strtoull(arguments[place], nullptr, 10) : without;
  };
  if (arguments.size() > 1 && std::strcmp(arguments[1], "weights") == 0) {
    print_likelihoods(weights, number(2, kWeightsSeed), kQualityPeople);
    return 0;
  }
  const Matcher matcher(weights);
  const bool keep = arguments.size() > 2 && std::strcmp(arguments[2], "keep") == 0;
  if (!keep) report_quality(matcher);
  if (const auto people = number(1, 1'000'000); people > 0) report_finding(matcher, people, keep);
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main(int argc, char** argv) { return mash::bench::run({argv, static_cast<std::size_t>(argc)}); }
