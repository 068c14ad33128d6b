#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clocks/clock_row.h"
#include "log/view.h"

namespace mash::clocks {

// A row for each stream of a log that owes something by a time, under the stream's name, ordered by
// when something is next to be said of it; then those of which nothing is.
inline constexpr std::string_view kAlarmsView = "alarms";

// One kind of streams that owe something by a time, for the view: how their events are folded.
class AlarmedStreams {
 public:
  explicit AlarmedStreams(std::string prefix) : prefix_(std::move(prefix)) {}
  virtual ~AlarmedStreams() = default;

  // How the names of these streams begin: "referral/".
  const std::string& prefix() const { return prefix_; }
  // Whether an event of this kind may change a clock at all. Most do not, and then cost nothing.
  virtual bool concerns(const google::protobuf::Message& event) const = 0;
  // The row after the event.
  virtual void evolve(common::v1::ClockRow& row, const google::protobuf::Message& event) const = 0;

 private:
  std::string prefix_;
};

// Those whose clocks are a class over Clocks with evolve(const Event&). What it has of these, it
// may have besides:
//   static bool concerns(const Event&)            without it every event may change a clock
//   static bool keeps(const Clock&)               of which nothing is left to be said (Keeps);
//                                                 without it none is kept
//   void save_more(common::v1::ClockRow*) const   what else it remembers, in `kept`
//   void load_more(const common::v1::ClockRow&)
template <class Event, class StreamClocks>
class Alarmed final : public AlarmedStreams {
 public:
  using AlarmedStreams::AlarmedStreams;

  bool concerns(const google::protobuf::Message& event) const override {
    if constexpr (requires(const Event& e) { StreamClocks::concerns(e); })
      return StreamClocks::concerns(static_cast<const Event&>(event));
    else
      return true;
  }

  void evolve(common::v1::ClockRow& row, const google::protobuf::Message& event) const override {
    Folded clocks(row);
    clocks.evolve(static_cast<const Event&>(event));
    row.Clear();
    clocks.save_to(row);
  }

 private:
  struct Folded : StreamClocks {
    explicit Folded(const common::v1::ClockRow& row) {
      this->clocks_ = load(row);
      if constexpr (requires(StreamClocks& clocks) { clocks.load_more(row); }) this->load_more(row);
    }
    void save_to(common::v1::ClockRow& row) const {
      if constexpr (requires(const StreamClocks& clocks) { clocks.save_more(&row); })
        this->save_more(&row);
      save(this->clocks_, kept, &row);
    }
    static bool kept(const Clock& clock) {
      if constexpr (requires { StreamClocks::keeps(clock); })
        return StreamClocks::keeps(clock);
      else
        return false;
    }
  };
};

// The view over these kinds of streams; no two have prefixes of which one begins with the other.
// `version` is of how they are folded: it counts up when that changes, or what a row holds.
std::unique_ptr<log::View> alarms_view(std::vector<std::unique_ptr<AlarmedStreams>> streams,
                                       uint32_t version);

// Where rows with an alarm at `time` lie in the list. 8 bytes.
std::string order_of_alarm(std::optional<Time> time);

}  // namespace mash::clocks
