#pragma once
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace mash::cli::testing {

// What a run of the program did.
struct Ran {
  int exit = 0;
  std::string out;
  std::string err;
};

// Runs `mash` with these words in this process, `input` being its standard input.
inline Ran run_mash(std::vector<std::string> words, const std::string& input = {},
                    bool asks = false) {
  words.insert(words.begin(), "mash");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  Session session{.in = in, .out = out, .err = err, .asks = asks};
  const int exit = run(static_cast<int>(argv.size()), argv.data(), session);
  return {exit, out.str(), err.str()};
}

}  // namespace mash::cli::testing
