// Appends to a log until it is killed or done, and prints each receipt on standard output as soon
// as it holds it: "<request> <position> <event id> <event id>". The tests of kill_test.cc run it.
//
//   fault-writer LOG VAULT KEK CASE FIRST COUNT point NAME N   kills itself at the N-th passing of
//                                                              a named point of the commit path
//   fault-writer LOG VAULT KEK CASE FIRST COUNT after MICROSECONDS   kills itself at that moment
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "core/check.h"
#include "fault/requests.h"

namespace mash::fault {
namespace {

constexpr std::ptrdiff_t kInFlight = 8;

void kill_self() { ::kill(::getpid(), SIGKILL); }

// One write of the system's, so that a kill leaves whole lines.
void print(uint64_t number, const log::Appended& appended) {
  std::string line = std::to_string(number) + ' ' + std::to_string(appended.position);
  for (const auto& event : appended.events) line += ' ' + event.event_id;
  line += '\n';
  MASH_CHECK(::write(STDOUT_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

int run(const std::vector<std::string>& args) {
  const Place place{.log = args[0], .vault = args[1], .kek = args[2], .case_id = args[3]};
  const uint64_t first = std::stoull(args[4]);
  const uint64_t count = std::stoull(args[5]);

  std::jthread killer;
  std::string point;
  std::atomic<int64_t> passings{0};
  if (args[6] == "point") {
    point = args[7];
    passings = std::stoll(args[8]);
  } else {
    killer = std::jthread([delay = std::chrono::microseconds(std::stoll(args[7]))] {
      std::this_thread::sleep_for(delay);
      kill_self();
    });
  }
  const Workshop workshop(place);
  auto options = workshop.options();
  options.at_point = [&](std::string_view at) {
    if (at == point && --passings == 0) kill_self();
  };
  const auto log = log::EventLog::open(std::move(options));
  if (!log) {
    std::fprintf(stderr, "fault-writer: %s: %s\n", log.error().reason.c_str(),
                 log.error().message.c_str());
    return 1;
  }
  std::counting_semaphore<kInFlight> room(kInFlight);
  for (uint64_t number = first; number < first + count; ++number) {
    room.acquire();
    send(**log, place.case_id, number, [&, number](Result<log::Appended> result) {
      if (result) print(number, *result);
      room.release();
    });
  }
  for (std::ptrdiff_t i = 0; i < kInFlight; ++i) room.acquire();
  kill_self();  // a death at rest, with nothing on its way
  return 0;
}

}  // namespace
}  // namespace mash::fault

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() < 8) return 2;
  return mash::fault::run(args);
}
