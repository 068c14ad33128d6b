#pragma once
#include <string>
#include <vector>

namespace mash::testing {

// A process of a test's own. Killed at the end, if it has not ended.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments);  // the first is the program
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill();
  // Waits for its end; the status as waitpid() has it.
  int wait();

 private:
  int process_ = -1;
};

}  // namespace mash::testing
