#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "log/handle.h"

namespace mash::clocks {

// Has streams append, many at once, and remembers which are not to be asked again yet: those that
// refused, and those that had nothing to say though it was asked of them. One thread asks; the
// counts are for any. The log outlives it.
class Asking {
 public:
  Asking(log::EventLog& log, std::size_t in_flight_max, std::chrono::milliseconds retry_after)
      : log_(log), in_flight_max_(in_flight_max), retry_after_(retry_after) {}
  ~Asking() { drain(); }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  // Waits for room, and asks.
  void ask(const std::string& stream, const Context& context, log::Work work);
  // Waits until nothing is in hand. How many refused since the last time.
  std::size_t drain();

  // Whether the stream is not to be asked yet.
  bool waits(const std::string& stream);
  // Whether some stream that waited may be asked again.
  bool is_to_retry() const;

  // A look at all that is due: what waits and was not come across in it, by waits(), is forgotten.
  void begin_look();
  void end_look();

  std::size_t in_hand() const;  // asked and not done, or waiting
  std::size_t refused() const;  // of those that wait
  std::optional<Error> last_refusal() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Waiting {
    Steady::time_point until;
    std::chrono::milliseconds delay;
    bool refused;
    bool come_across = true;
  };

  void done(const std::string& stream, const Result<log::Appended>& appended);
  void hold(const std::string& stream, bool refused);

  log::EventLog& log_;
  const std::size_t in_flight_max_;
  const std::chrono::milliseconds retry_after_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::size_t refusals_ = 0;  // since the last drain
  std::map<std::string, Waiting> waiting_;
  std::optional<Error> last_refusal_;
};

}  // namespace mash::clocks
