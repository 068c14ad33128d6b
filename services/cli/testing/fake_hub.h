#pragma once
#include <memory>
#include <string>
#include <vector>

#include "cli/testing/command.h"
#include "cli/testing/sample_case.h"
#include "cli/testing/test_pki.h"

namespace mash::cli::testing {

// A hub over mutual TLS that keeps a sample log, takes contacts into memory, and can be told to
// lie.
class FakeHub {
 public:
  explicit FakeHub(uint64_t records = 20);
  ~FakeHub();

  struct Behaviour {
    uint64_t shown_size = 0;        // the size of the tree it admits to; 0: all of it
    bool changes_a_record = false;  // in a replay
    bool other_history = false;     // proves consistency of another log
    int busy_answers = 0;           // to a contact, before it takes one
  };
  Behaviour behaviour;

  const SampleLog& log() const { return log_; }
  const TestPki& pki() const { return pki_; }
  // The request ids of the contacts taken, each once, in order.
  std::vector<std::string> taken() const;
  // How many SubmitContacts came to their end.
  int streams() const;

  // Runs mash against this hub.
  Ran mash(std::vector<std::string> words, const std::string& input = {}, bool asks = false) const;

 private:
  class Services;

  TestPki pki_;
  SampleLog log_;
  std::unique_ptr<Services> services_;
  std::string address_;
};

}  // namespace mash::cli::testing
