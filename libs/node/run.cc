#include "node/run.h"

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "host/config.h"
#include "host/log_line.h"
#include "host/process.h"
#include "node/node.h"

namespace mash::node {
namespace {

using host::log_line;
using host::LogKey;
using host::LogLevel;

int serve(const ProgramName& program, const host::Config& config, std::vector<Part> parts) {
  auto node = Node::start(config, std::move(parts));
  if (!node) {
    const Error& error = node.error();
    log_line(LogLevel::kError, "the program cannot start",
             {{LogKey::kReason, error.reason}, {LogKey::kDiagnosis, error.message}});
    for (const auto& fault : error.faults)
      log_line(LogLevel::kError, "one of the reasons",
               {{LogKey::kDiagnosis, fault.field + ": " + fault.description}});
    return EXIT_FAILURE;
  }
  log_line(LogLevel::kInfo, "the program serves",
           {{LogKey::kAddress, config.listen},
            {LogKey::kArea, config.area},
            {LogKey::kVersion, program.version}});
  host::tell_ready();
  host::wait_for_stop();
  host::tell_stopping();
  log_line(LogLevel::kInfo, "the program stops");
  (*node)->drain();
  node->reset();
  log_line(LogLevel::kInfo, "the program has stopped");
  return EXIT_SUCCESS;
}

// What the program's services find wrong with their settings.
std::vector<host::ConfigFault> faults_of(const std::vector<Part>& parts,
                                         const host::Config& config) {
  std::vector<host::ConfigFault> faults;
  for (const Part& part : parts)
    if (part.check)
      for (FieldFault& fault : part.check(config))
        faults.push_back({std::move(fault.field), std::move(fault.description)});
  return faults;
}

}  // namespace

int run(const ProgramName& program, std::vector<Part> parts, int argc, char** argv) {
  host::prepare_process();
  host::Config defaults;
  defaults.listen = "127.0.0.1:" + std::to_string(program.port);
  defaults.metrics_listen = "127.0.0.1:" + std::to_string(program.metrics_port);
  const auto invocation = host::invoke(
      program.name, program.version, argc, argv,
      [](const std::string& name) { return std::getenv(name.c_str()); }, defaults,
      [&parts](const host::Config& config) { return faults_of(parts, config); });
  if (invocation.action == host::Invocation::Do::kServe)
    return serve(program, invocation.config, std::move(parts));
  (invocation.exit_code == 0 ? std::cout : std::cerr) << invocation.output;
  return invocation.exit_code;
}

}  // namespace mash::node
