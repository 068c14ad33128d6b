#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/timestamp.h"
#include "generator/area.h"
#include "generator/contacts.h"

namespace {

// One person a line, {"person": 7, "identity": {...}}: so many of an area, then so many of them
// again as another agency tells of them, under the number they had.
bool write_people(uint64_t seed, std::chrono::sys_days today, std::size_t people,
                  std::size_t told_twice) {
  mash::generator::Area area(seed, today);
  mash::generator::Random random(seed + 1);
  std::vector<mash::generator::Identity> known;
  while (known.size() < people)
    for (auto& person : area.next_household()) known.push_back(std::move(person));
  known.resize(people);
  const auto write = [](std::size_t number, const mash::generator::Identity& identity) {
    std::string json;
    const bool written = google::protobuf::util::MessageToJsonString(identity, &json).ok();
    std::cout << "{\"person\":" << number << ",\"identity\":" << json << "}\n";
    return written;
  };
  for (std::size_t i = 0; i < people; ++i)
    if (!write(i, known[i])) return false;
  for (std::size_t i = 0; i < std::min(told_twice, people); ++i) {
    const std::size_t number = i * (people / told_twice);
    if (!write(number, told_otherwise(random, known[number]))) return false;
  }
  return static_cast<bool>(std::cout.flush());
}

}  // namespace

// mash-generate: contacts as JSON lines for `mash contact submit -`. Its people exist nowhere.
int main(int argc, char** argv) {
  CLI::App app{
      "Writes contacts as JSON lines, as `mash contact submit -` takes them.\n"
      "The same seed and day give the same contacts; their people exist nowhere."};
  uint64_t count = 1000;
  uint64_t seed = std::random_device{}();
  std::string today =
      mash::to_iso_date(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  std::string agency;
  app.add_option("--count", count, "Contacts to make")->capture_default_str();
  app.add_option("--seed", seed,
                 "Where chance begins; without it another each time, printed on standard error");
  app.add_option("--today", today, "The day they are made on, 2026-03-29")->capture_default_str();
  app.add_option("--agency", agency, "Only those that this agency sends")
      ->check(CLI::IsMember({"police", "health", "education", "social-care"}));
  std::size_t people = 0;
  std::size_t told_twice = 0;
  app.add_option("--people", people,
                 "So many people of one area instead of contacts, with the number of each");
  app.add_option("--told-twice", told_twice,
                 "So many of them again, as another agency tells of them")
      ->needs("--people");
  app.set_version_flag("--version", MASH_VERSION);
  CLI11_PARSE(app, argc, argv);

  const auto day = mash::from_iso_date(today);
  if (!day) {
    std::cerr << "mash-generate: --today: " << day.error().message << '\n';
    return 2;
  }
  if (people > 0) {
    std::cerr << "mash-generate: seed " << seed << ", " << people << " people\n";
    return write_people(seed, std::chrono::sys_days{*day}, people, told_twice) ? 0 : 1;
  }
  std::cerr << "mash-generate: seed " << seed << ", " << count << " contacts as of " << today
            << '\n';
  mash::generator::Generator generator(seed, std::chrono::sys_days{*day});
  for (uint64_t i = 0; i < count; ++i) {
    const auto contact = generator.next();
    if (!agency.empty() && contact.agency != agency) continue;
    std::string line;
    if (!google::protobuf::util::MessageToJsonString(contact.request, &line).ok()) return 1;
    std::cout << line << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}
