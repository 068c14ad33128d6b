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

// So many streams are remembered at most as not to be asked yet.
inline constexpr std::size_t kWaitingMax = 10'000;

// Has streams append, many at once, and remembers which are not to be asked again yet: those that
// refused, and those that had nothing to say though it was asked of them. One that twice had
// nothing to say of the same row counts as one that refused: ALARM_DISAGREES.
//
// What the log refuses as a whole, since its queue is full or it stops, is held against no stream:
// nothing more is to be asked until the pause is over. The same once too many streams wait.
//
// One thread asks; the counts are for any. The log outlives it.
class Asking {
 public:
  Asking(log::EventLog& log, std::size_t in_flight_max, std::chrono::milliseconds retry_after,
         std::size_t waiting_max = kWaitingMax)
      : log_(log),
        in_flight_max_(in_flight_max),
        retry_after_(retry_after),
        waiting_max_(waiting_max) {}
  ~Asking() { drain(); }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  // Waits for room, and asks for what a row says is due. `row` stands for its columns.
  void ask(const std::string& stream, std::size_t row, const Context& context, log::Work work);
  // The same without a row: a refusal is counted by drain(), and the stream is not held.
  void ask_by_the_way(const std::string& stream, const Context& context, log::Work work);
  // Waits until nothing is in hand. How many refused since the last time.
  std::size_t drain();

  // Whether the stream is not to be asked yet.
  bool waits(const std::string& stream);
  // Whether some stream that waited may be asked again.
  bool is_to_retry() const;
  // How long nothing is to be asked; nought: ask.
  std::chrono::milliseconds pause() const;

  // A look at all that is due: what waits and was not come across in it, by waits(), is forgotten.
  void begin_look();
  void end_look();

  std::size_t in_hand() const;  // streams asked and not done, or waiting
  std::size_t refused() const;  // of those that wait
  std::optional<Error> last_refusal() const;

 private:
  using Steady = std::chrono::steady_clock;
  struct Waiting {
    Steady::time_point until;
    std::chrono::milliseconds delay;
    bool refused;
    bool had_nothing_to_say;
    std::size_t row;  // for which it was asked
    bool come_across = true;
  };
  struct Asked {
    std::string stream;
    std::optional<std::size_t> row;  // none: by the way
    bool waited;                     // it is among those that wait as well
  };

  void begin(Asked asked, const Context& context, log::Work work);
  void done(const Asked& asked, const Result<log::Appended>& appended);
  void hold(const Asked& asked, const std::optional<Error>& refusal);
  void pause_for(std::chrono::milliseconds time);

  log::EventLog& log_;
  const std::size_t in_flight_max_;
  const std::chrono::milliseconds retry_after_;
  const std::size_t waiting_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  std::size_t asked_again_ = 0;  // of these, how many are among those that wait
  std::size_t refusals_ = 0;     // since the last drain
  Steady::time_point paused_until_{};
  std::map<std::string, Waiting> waiting_;
  std::optional<Error> last_refusal_;
};

}  // namespace mash::clocks
