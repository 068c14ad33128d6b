#pragma once
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mash::vault::testing {

// Crashes for real: a test program runs itself again as a child that dies at a named point.

// Runs one test of this program, a disabled one, as a child with these variables set. Returns the
// signal that killed it, or 0.
inline int run_as_child(const std::string& test,
                        const std::vector<std::pair<std::string, std::string>>& variables) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<std::string> texts;
  for (const auto& [name, value] : variables) texts.push_back(name + "=" + value);
  std::vector<char*> environment;
  for (std::string& text : texts) environment.push_back(text.data());
  environment.push_back(nullptr);
  std::vector<std::string> words = {self, "--gtest_filter=" + test,
                                    "--gtest_also_run_disabled_tests", "--gtest_brief=1"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(
      ::posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments.data(), environment.data()),
      0);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// The variable, in the child; empty when it was not set.
inline std::string child_variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

[[noreturn]] inline void die_now() {
  ::raise(SIGKILL);
  std::abort();
}

}  // namespace mash::vault::testing
