#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/deadline.h"
#include "policy/pack.h"

// docs/timescales.md names each timescale of the shipped pack, what it allows, and tests that
// exist.
namespace mash {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

const fs::path kSource = MASH_SOURCE_DIR;

std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// The cells of each row that begins with a timescale, by it.
std::map<std::string, std::vector<std::string>> rows_on_the_page() {
  std::map<std::string, std::vector<std::string>> rows;
  std::istringstream lines(read(kSource / "docs/timescales.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    const std::string name = cells.at(1).substr(2, cells.at(1).size() - 4);
    rows[name] = std::move(cells);
  }
  return rows;
}

// "1 working-day", "72 elapsed-hours".
std::string words(const Span& span) {
  std::string clock(name_of(span.clock));
  if (span.amount == 1) clock.pop_back();
  return " " + std::to_string(span.amount) + " " + clock + " ";
}

// "Suite.Name" of every test there is.
std::set<std::string> tests() {
  static const std::regex kTest(R"re((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\((\w+),\s*(\w+))re");
  std::set<std::string> names;
  for (const char* folder : {"libs", "services", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      if (!entry.path().string().ends_with("_test.cc")) continue;
      const std::string text = read(entry.path());
      for (auto it = std::sregex_iterator(text.begin(), text.end(), kTest);
           it != std::sregex_iterator(); ++it)
        names.insert((*it)[1].str() + "." + (*it)[2].str());
    }
  return names;
}

TEST(TimescalesPage, HasEveryTimescaleOfThePackAndWhatItAllows) {
  const auto pack = policy::Pack::load(kSource / "deploy/policy/working-together-2018.yaml");
  ASSERT_TRUE(pack.has_value());
  auto rows = rows_on_the_page();
  for (const policy::TimescaleRule& rule : pack->timescales()) {
    const auto found = rows.find(rule.timescale.name);
    ASSERT_NE(found, rows.end()) << rule.timescale.name;
    EXPECT_EQ(found->second.at(2), words(rule.timescale.allowed)) << rule.timescale.name;
    rows.erase(found);
  }
  EXPECT_THAT(rows, IsEmpty());
}

TEST(TimescalesPage, NamesTestsThatExist) {
  const std::set<std::string> known = tests();
  static const std::regex kNamed(R"re(`([A-Z]\w+\.[A-Z]\w+)`)re");
  const std::string page = read(kSource / "docs/timescales.md");
  size_t named = 0;
  for (auto it = std::sregex_iterator(page.begin(), page.end(), kNamed);
       it != std::sregex_iterator(); ++it, ++named)
    EXPECT_THAT(known, Contains((*it)[1].str()));
  EXPECT_GT(named, 20u);
}

}  // namespace
}  // namespace mash
