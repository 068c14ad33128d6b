#pragma once
#include <filesystem>
#include <string>

namespace mash::cli::testing {

// A certification authority for one test, with certificates for the hub (127.0.0.1, localhost) and
// for agencies, laid out as `./dev pki` lays them out. Everything in a folder of its own, removed
// at the end.
class TestPki {
 public:
  TestPki();
  ~TestPki();
  TestPki(const TestPki&) = delete;
  TestPki& operator=(const TestPki&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  // Writes <agency>/{cert,key}.pem, valid from and until so many days from now.
  void issue(const std::string& agency, int from_days = -1, int until_days = 1) const;

  // The same from an authority nobody knows.
  void issue_from_stranger(const std::string& agency) const;

 private:
  std::filesystem::path folder_;
};

// A file's text; empty when there is none.
std::string text_of(const std::filesystem::path& file);

}  // namespace mash::cli::testing
