#pragma once
#include <atomic>
#include <chrono>
#include <utility>
#include <vector>

#include "host/desk.h"
#include "host/steps.h"

namespace mash::host {

// Reports over very many rows: so many at once and no more, each read in steps so that other calls
// have their turn, and ended when a call may last no longer. Thread-safe; outlives its calls.
class Reports {
 public:
  explicit Reports(int at_once_max = 4) : at_once_max_(at_once_max) {}

  // Answers a call with a report of the period `from` to `to` of its request. make(context) is
  // Result<Report>; report.step(*response) is Result<bool>, false when that was the last one.
  // Refuses a period that ends before it begins, INVALID_REQUEST; REPORTS_RUNNING; CALL_TOO_LONG.
  template <class Request, class Response, class Make>
  grpc::ServerUnaryReactor* run(Desk& desk, grpc::CallbackServerContext* call,
                                const Request* request, Response* response, Make make) {
    const auto start = [this, &desk, response, make](const Context& context,
                                                     const Desk::Answer& answer) {
      if (++running_ > at_once_max_) {
        --running_;
        return answer(tl::unexpected(too_many()));
      }
      const auto end = [this, answer](const Result<void>& result) {
        --running_;
        answer(result);
        return false;
      };
      const auto report = make(context);
      if (!report) return static_cast<void>(end(tl::unexpected(report.error())));
      const auto latest = std::chrono::steady_clock::now() + desk.parts().call_max;
      run_in_steps([report = *report, response, end, latest]() mutable {
        if (std::chrono::steady_clock::now() > latest) return end(too_long());
        const auto more = report.step(*response);
        if (!more) return end(tl::unexpected(more.error()));
        return *more || end({});
      });
    };
    return desk.later(call, request, Kind::kQuery, start,
                      [request] { return faults_of(request->from(), request->to()); });
  }

 private:
  static Error too_many() {
    return {.code = Code::kResourceExhausted,
            .reason = "REPORTS_RUNNING",
            .message = "As many reports as may be are under way.",
            .retry_after = std::chrono::seconds(2)};
  }
  static tl::unexpected<Error> too_long() {
    return refuse(Code::kDeadlineExceeded, "CALL_TOO_LONG",
                  "The hub did not finish in time: ask about a shorter period.");
  }
  template <class Timestamp>
  static std::vector<FieldFault> faults_of(const Timestamp& from, const Timestamp& to) {
    if (std::pair(from.seconds(), from.nanos()) < std::pair(to.seconds(), to.nanos())) return {};
    return {{"to", "is not after `from`"}};
  }

  int at_once_max_;
  std::atomic<int> running_{0};
};

}  // namespace mash::host
