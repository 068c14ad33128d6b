#include "kafka/child.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/check.h"

extern char** environ;

namespace mash::testing {

Child::Child(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  MASH_CHECK(::posix_spawn(&process_, argv[0], nullptr, nullptr, argv.data(), environ) == 0);
}

Child::~Child() {
  if (process_ == -1) return;
  kill();
  wait();
}

void Child::kill() { ::kill(process_, SIGKILL); }

int Child::wait() {
  int status = 0;
  MASH_CHECK(::waitpid(process_, &status, 0) == process_);
  process_ = -1;
  return status;
}

}  // namespace mash::testing
