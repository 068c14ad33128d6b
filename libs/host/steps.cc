#include "host/steps.h"

#include <grpcpp/alarm.h>

#include <chrono>
#include <memory>
#include <utility>

namespace mash::host {
namespace {

// Kept alive by the alarm that waits.
class Steps : public std::enable_shared_from_this<Steps> {
 public:
  explicit Steps(std::function<bool()> step) : step_(std::move(step)) {}

  void run() {
    if (!step_()) return next_.reset();  // it holds this
    next_ = std::make_unique<grpc::Alarm>();
    next_->Set(std::chrono::system_clock::now(),
               [self = shared_from_this()](bool) { self->run(); });
  }

 private:
  std::function<bool()> step_;
  std::unique_ptr<grpc::Alarm> next_;
};

}  // namespace

void run_in_steps(std::function<bool()> step) { std::make_shared<Steps>(std::move(step))->run(); }

}  // namespace mash::host
