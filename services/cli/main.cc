#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "cli/commands.h"

int main(int argc, char** argv) {
  // What gRPC and protobuf have to say is for developers; GRPC_VERBOSITY brings it back.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);
  std::signal(SIGPIPE, SIG_DFL);  // "mash log read | head" just ends
  mash::cli::Session session{
      .in = std::cin, .out = std::cout, .err = std::cerr, .asks = isatty(STDIN_FILENO) == 1};
  return mash::cli::run(argc, argv, session);
}
