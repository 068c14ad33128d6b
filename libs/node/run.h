#pragma once
#include <string_view>
#include <vector>

#include "node/part.h"

namespace mash::node {

// What a program is called, and where it listens unless it is told otherwise.
struct ProgramName {
  std::string_view name;     // "mash-sharing"
  std::string_view version;  // "1.0.0"
  int port = 0;
  int metrics_port = 0;
};

// main() of a program that runs these services: reads its command line, serves until it is told to
// stop, drains. Returns its exit code.
int run(const ProgramName& program, std::vector<Part> parts, int argc, char** argv);

}  // namespace mash::node
