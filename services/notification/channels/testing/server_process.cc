#include "notification/channels/testing/server_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <iterator>

extern char** environ;

namespace mash::notification::testing {
namespace {

const std::string kScripts = MASH_SOURCE_DIR "/services/notification/channels/testing/";
constexpr auto kWaitMax = std::chrono::seconds(120);

}  // namespace

ServerProcess::ServerProcess(const std::string& script, const std::vector<std::string>& arguments) {
  std::array<int, 2> input{};
  std::array<int, 2> output{};
  EXPECT_EQ(::pipe2(input.data(), O_CLOEXEC), 0);
  EXPECT_EQ(::pipe2(output.data(), O_CLOEXEC), 0);
  // Debian's, which knows Debian's modules. -B: nothing is written beside the scripts.
  std::vector<std::string> words = {"/usr/bin/python3", "-B", kScripts + script};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, output[1], STDOUT_FILENO);
  EXPECT_EQ(::posix_spawn(&process_, argv[0], &files, nullptr, argv.data(), environ), 0);
  posix_spawn_file_actions_destroy(&files);
  ::close(input[0]);
  ::close(output[1]);
  input_ = input[1];
  reader_ = std::thread([this, from = output[0]] { read(from); });
  const auto told = seen([](const auto& each) { return each.contains("port"); }, 1);
  if (!told.empty()) port_ = told.front()["port"];
}

ServerProcess::~ServerProcess() {
  ::close(input_);  // which ends it
  reader_.join();
  int status = 0;
  ::waitpid(process_, &status, 0);
}

void ServerProcess::read(int output) {
  std::FILE* const lines = ::fdopen(output, "r");
  char* line = nullptr;
  std::size_t capacity = 0;
  while (::getline(&line, &capacity, lines) > 0) {
    auto object = nlohmann::json::parse(line, nullptr, false);
    const std::scoped_lock lock(mutex_);
    seen_.push_back(std::move(object));
    changed_.notify_all();
  }
  ::free(line);
  std::fclose(lines);
}

std::vector<nlohmann::json> ServerProcess::seen(const Wanted& is_wanted,
                                                std::size_t at_least) const {
  std::vector<nlohmann::json> found;
  std::unique_lock lock(mutex_);
  const bool enough = changed_.wait_for(lock, kWaitMax, [&] {
    found.clear();
    std::copy_if(seen_.begin(), seen_.end(), std::back_inserter(found), is_wanted);
    return found.size() >= at_least;
  });
  EXPECT_TRUE(enough) << found.size() << " of " << at_least;
  return found;
}

}  // namespace mash::notification::testing
