#include "host/process.h"

#include <absl/synchronization/mutex.h>
#include <grpc/support/log.h>
#include <systemd/sd-daemon.h>

#include <csignal>

#include "host/log_line.h"

namespace mash::host {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

void log_of_grpc(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  log_line(LogLevel::kWarning, "gRPC", {{LogKey::kDiagnosis, args->message}});
}

}  // namespace

void prepare_process() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  gpr_set_log_function(log_of_grpc);
}

void wait_for_stop() {
  const sigset_t signals = stop_signals();
  int taken = 0;
  sigwait(&signals, &taken);
}

void tell_ready() { sd_notify(0, "READY=1"); }
void tell_stopping() { sd_notify(0, "STOPPING=1"); }

}  // namespace mash::host
