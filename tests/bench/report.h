#pragma once
#include <cstdio>
#include <string>

namespace mash::bench {

// One measured figure, as a line of JSON on standard output: `./dev bench` gathers them into its
// table and build/bench.json. `bar` says what the figure must reach ("at least 45000"); empty when
// it only informs.
inline void report(const std::string& name, double value, const std::string& unit,
                   const std::string& bar = {}) {
  std::printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"bar\":\"%s\"}\n", name.c_str(),
              value, unit.c_str(), bar.c_str());
  std::fflush(stdout);
}

}  // namespace mash::bench
