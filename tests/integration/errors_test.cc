#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

// docs/errors.md lists every reason the sources can give, and no other.
namespace mash {
namespace {

using ::testing::IsEmpty;
namespace fs = std::filesystem;

const fs::path kSource = MASH_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::set<std::string> matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), expression);
       it != std::sregex_iterator(); ++it)
    found.insert((*it)[1]);
  return found;
}

// Literals that look like a reason and are none: gRPC's names of its codes, our variables.
bool is_other(const std::string& name) {
  static const std::set<std::string> codes = {
      "ALREADY_EXISTS",   "DATA_LOSS",    "DEADLINE_EXCEEDED", "FAILED_PRECONDITION",
      "INVALID_ARGUMENT", "OUT_OF_RANGE", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED"};
  return codes.contains(name) || name.starts_with("MASH_");
}

// What the libraries and the hub's services can answer with. The command line's own outcomes are
// told in its help.
std::set<std::string> reasons_in_sources() {
  std::set<std::string> reasons;
  for (const char* folder : {"libs", "services/hub", "services/notification", "services/referral",
                             "services/sharing", "services/strategy", "services/vault"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      const std::string path = entry.path().string();
      const bool is_source = path.ends_with(".cc") || path.ends_with(".h");
      if (!is_source || path.ends_with("_test.cc") || path.find("/testing/") != path.npos) continue;
      for (const std::string& name :
           matches(read(path), R"re("([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")re"))
        if (!is_other(name)) reasons.insert(name);
    }
  }
  return reasons;
}

std::set<std::string> reasons_in_catalogue() {
  std::set<std::string> reasons;
  std::istringstream lines(read(kSource / "docs/errors.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string first_cell = line.substr(0, line.find(" |", 1));
    for (const std::string& name : matches(first_cell, "`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`"))
      if (!is_other(name)) reasons.insert(name);
  }
  return reasons;
}

std::set<std::string> without(const std::set<std::string>& all,
                              const std::set<std::string>& those) {
  std::set<std::string> rest;
  std::set_difference(all.begin(), all.end(), those.begin(), those.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

TEST(ErrorCatalogue, ListsEveryReasonOfTheSources) {
  const auto sources = reasons_in_sources();
  EXPECT_GT(sources.size(), 50u);
  EXPECT_THAT(without(sources, reasons_in_catalogue()), IsEmpty());
}

TEST(ErrorCatalogue, ListsNothingThatNoSourceGives) {
  EXPECT_THAT(without(reasons_in_catalogue(), reasons_in_sources()), IsEmpty());
}

}  // namespace
}  // namespace mash
