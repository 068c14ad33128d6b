#pragma once
#include <thread>
#include <utility>

namespace mash::host {

// The thread of a job that tells somebody, in its last call, that it is over. Whoever is told may
// let go of the job in that very call, and of this with it: a thread cannot wait for itself, so it
// is left to end alone then, and must touch nothing of the job after that call. Let go of by anyone
// else, it is asked to stop and waited for.
class JobThread {
 public:
  // `work` takes a std::stop_token, or nothing.
  template <class Work>
  explicit JobThread(Work work) : thread_(std::move(work)) {}
  ~JobThread() {
    if (thread_.get_id() == std::this_thread::get_id()) thread_.detach();
  }
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

 private:
  std::jthread thread_;
};

}  // namespace mash::host
