#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mash::log {

// One thread that runs what it is given, in order: answers leave from here, so that the writer is
// already on its next batch. Thread-safe.
class Completions {
 public:
  using Task = std::function<void()>;

  Completions() : thread_([this] { run(); }) {}
  // Runs everything given before, then ends.
  ~Completions() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void post(std::vector<Task> tasks) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty()) {
        waiting_ = std::move(tasks);
      } else {
        for (auto& task : tasks) waiting_.push_back(std::move(task));
      }
    }
    wake_.notify_one();
  }

 private:
  void run() {
    std::vector<Task> running;
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      running.swap(waiting_);
      lock.unlock();
      for (auto& task : running) task();
      running.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Task> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace mash::log
