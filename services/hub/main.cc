#include <cstdlib>
#include <iostream>

#include "host/config.h"
#include "host/log_line.h"
#include "host/process.h"
#include "hub/hub.h"

namespace {

using mash::host::LogKey;
using mash::host::LogLevel;

int serve(const mash::host::Config& config) {
  using mash::host::log_line;
  auto hub = mash::hub::Hub::start(config);
  if (!hub) {
    const mash::Error& error = hub.error();
    log_line(LogLevel::kError, "the hub cannot start",
             {{LogKey::kReason, error.reason}, {LogKey::kDiagnosis, error.message}});
    for (const auto& fault : error.faults)
      log_line(LogLevel::kError, "one of the reasons",
               {{LogKey::kDiagnosis, fault.field + ": " + fault.description}});
    return EXIT_FAILURE;
  }
  log_line(LogLevel::kInfo, "the hub serves",
           {{LogKey::kAddress, config.listen},
            {LogKey::kArea, config.area},
            {LogKey::kVersion, MASH_VERSION}});
  mash::host::tell_ready();
  mash::host::wait_for_stop();
  mash::host::tell_stopping();
  log_line(LogLevel::kInfo, "the hub stops");
  (*hub)->drain();
  hub->reset();
  log_line(LogLevel::kInfo, "the hub has stopped");
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  mash::host::prepare_process();
  const auto invocation =
      mash::host::invoke("mash-hub", MASH_VERSION, argc, argv,
                         [](const std::string& name) { return std::getenv(name.c_str()); });
  if (invocation.action == mash::host::Invocation::Do::kServe) return serve(invocation.config);
  (invocation.exit_code == 0 ? std::cout : std::cerr) << invocation.output;
  return invocation.exit_code;
}
