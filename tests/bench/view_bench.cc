// What a view costs the log's writer for each event, and what a page of its list costs a reader,
// now and as at past sizes, at a million rows. `bench-views [rows [ascending|random]]`
// prints a table.
#include <rocksdb/write_batch.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "log/testing/row_view.h"
#include "log/testing/view_store.h"
#include "log/view_set.h"

namespace mash::log {
namespace {

constexpr uint64_t kSeed = 20'260'303;
constexpr size_t kCommitEvents = 200;  // as at 256 appends in flight
constexpr size_t kMemtableBytes = 32 << 20;
constexpr size_t kCacheBytes = 32 << 20;
constexpr size_t kPages = 2'000;

double micros(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Time since it was made: by the clock on the wall, and what this thread had of the processor.
class Timer {
 public:
  double wall() const { return micros(CLOCK_MONOTONIC) - wall_; }
  double cpu() const { return micros(CLOCK_THREAD_CPUTIME_ID) - cpu_; }

 private:
  double wall_ = micros(CLOCK_MONOTONIC);
  double cpu_ = micros(CLOCK_THREAD_CPUTIME_ID);
};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

struct Cost {
  double gather_us = 0;  // apply() and write_to(), of the processor, an event
  double write_us = 0;   // the store's write, unsynced, an event
};

class Bench {
 public:
  Bench() {
    definitions_.push_back(std::make_unique<testing::RowView>());
    views_ = must(ViewSet::open(store_.views(), definitions_, kCacheBytes, 0));
  }

  // Applies `count` events whose texts `text(i)` makes.
  Cost run(uint64_t count, const std::function<std::string(uint64_t)>& text) {
    Cost cost;
    std::vector<google::protobuf::StringValue> commit(kCommitEvents);
    for (uint64_t done = 0; done < count; done += kCommitEvents) {
      for (size_t i = 0; i < kCommitEvents; ++i) commit[i].set_value(text(done + i));
      rocksdb::WriteBatch batch(0, 0, 8, 0);
      Timer gather;
      for (const auto& message : commit)
        must(views_->apply({.position = size_++, .actor = actor_, .event = message}));
      must(views_->write_to(batch));
      cost.gather_us += gather.cpu();
      const Timer write;
      if (!store_.db().Write({}, &batch).ok()) std::abort();
      cost.write_us += write.cpu();
      bytes_ += batch.GetDataSize();
      keys_ += batch.Count();
      views_->committed();
    }
    cost.gather_us /= static_cast<double>(count);
    cost.write_us /= static_cast<double>(count);
    return cost;
  }

  // Reads first pages (or pages from a random order on) as at sizes from `first` up, `spread` apart
  // at random; prints percentiles.
  void pages(const char* name, uint64_t first, uint64_t spread,
             const std::function<std::string()>& order_from) {
    std::vector<double> took;
    std::vector<double> cpu;
    for (size_t i = 0; i < kPages; ++i) {
      const uint64_t as_at = first + (spread > 0 ? random_() % spread : 0);
      const auto from = order_from();
      const Timer timer;
      const auto page =
          must(views_->list({.view = "rows", .as_at_size = as_at, .order_from = from}, size_));
      took.push_back(timer.wall());
      cpu.push_back(timer.cpu());
      if (page.rows.size() != 50 && from.empty()) std::abort();
    }
    std::sort(took.begin(), took.end());
    std::sort(cpu.begin(), cpu.end());
    std::printf("%-44s p50 %7.0f us   p99 %7.0f us   (processor: %7.0f, %7.0f)\n", name,
                took[kPages / 2], took[kPages * 99 / 100], cpu[kPages / 2], cpu[kPages * 99 / 100]);
  }

  uint64_t size() const { return size_; }
  std::mt19937_64& random() { return random_; }
  void settle() {
    for (auto* family : {store_.views().rows, store_.views().nodes})
      if (!store_.db().Flush({}, family).ok()) std::abort();
  }
  std::string volume() {
    std::string text = std::to_string(bytes_ / size_) + " bytes and " +
                       std::to_string(static_cast<double>(keys_) / static_cast<double>(size_)) +
                       " keys an event";
    bytes_ = keys_ = 0;
    return text;
  }

 private:
  testing::TemporaryViewStore store_{kMemtableBytes};
  std::vector<std::unique_ptr<View>> definitions_;
  std::unique_ptr<ViewSet> views_;
  Actor actor_{};
  uint64_t size_ = 0;
  uint64_t bytes_ = 0;
  uint64_t keys_ = 0;
  std::mt19937_64 random_{kSeed};
};

std::string digits(uint64_t number, size_t width) {
  auto text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

const std::string& columns() {
  static const std::string text(96, 'c');
  return text;
}

void print(const char* name, const Cost& cost) {
  std::printf("%-44s %5.2f us gathered + %5.2f us written an event\n", name, cost.gather_us,
              cost.write_us);
}

// Ids that are like UUIDv7: 36 bytes, ascending in time but for a random end.
std::string id_of(uint64_t number) {
  return digits(number / 1'000, 12) + "-" + digits(number * 0x9E3779B97F4A7C15 % 1'000'000'000, 23);
}

void run(bool in_order, uint64_t rows) {
  Bench bench;
  const auto order = [&](uint64_t i) {
    return digits(in_order ? i : i * 0x9E3779B97F4A7C15 % 999'999'999'989, 16);
  };
  std::printf("\n-- orders %s, %llu rows (seed %llu)\n", in_order ? "ascending" : "random",
              static_cast<unsigned long long>(rows), static_cast<unsigned long long>(kSeed));
  const auto put = [&](uint64_t i) { return id_of(i) + " " + order(i) + " " + columns(); };
  bench.run(rows * 9 / 10, put);
  print("new rows, the last tenth",
        bench.run(rows / 10, [&](uint64_t i) { return put(rows * 9 / 10 + i); }));
  const uint64_t grown = bench.size();
  std::printf("%-44s %s\n", "", bench.volume().c_str());
  print("a random row's columns, nothing moves", bench.run(rows / 10, [&](uint64_t) {
    const uint64_t row = bench.random()() % rows;
    return id_of(row) + " " + order(row) + " " + columns() + digits(bench.random()() % 1'000, 3);
  }));
  print("a recent row moves to a random order", bench.run(rows / 10, [&](uint64_t) {
    const uint64_t row = rows - 1 - bench.random()() % 20'000;
    return id_of(row) + " " + digits(bench.random()() % 1'000'000'000'000, 16) + " " + columns();
  }));
  const auto first = [] { return std::string(); };
  const auto anywhere = [&] { return order(bench.random()() % rows); };
  bench.pages("first page now", bench.size(), 0, first);
  bench.pages("first page as at any past size", grown / 2, grown / 2, first);
  bench.pages("any page now", bench.size(), 0, anywhere);
  bench.pages("any page as at any past size", grown / 2, grown / 2, anywhere);
  bench.settle();
  bench.pages("any page as at any past size, flushed", grown / 2, grown / 2, anywhere);
}

}  // namespace
}  // namespace mash::log

int main(int argc, char** argv) {
  const uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::string which = argc > 2 ? argv[2] : "both";
  if (which != "random") mash::log::run(true, rows);
  if (which != "ascending") mash::log::run(false, rows);
}
