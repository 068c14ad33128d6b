#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <random>
#include <string>

#include "core/timestamp.h"
#include "generator/contacts.h"

// mash-generate: contacts as JSON lines for `mash contact submit -`. Its people exist nowhere.
int main(int argc, char** argv) {
  CLI::App app{
      "Writes contacts as JSON lines, as `mash contact submit -` takes them.\n"
      "The same seed and day give the same contacts; their people exist nowhere."};
  std::uint64_t count = 1000;
  std::uint64_t seed = std::random_device{}();
  std::string today =
      mash::to_iso_date(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()));
  std::string agency;
  app.add_option("--count", count, "Contacts to make")->capture_default_str();
  app.add_option("--seed", seed,
                 "Where chance begins; without it another each time, printed on standard error");
  app.add_option("--today", today, "The day they are made on, 2026-03-29")->capture_default_str();
  app.add_option("--agency", agency, "Only those that this agency sends")
      ->check(CLI::IsMember({"police", "health", "education", "social-care"}));
  app.set_version_flag("--version", MASH_VERSION);
  CLI11_PARSE(app, argc, argv);

  const auto day = mash::from_iso_date(today);
  if (!day) {
    std::cerr << "mash-generate: --today: " << day.error().message << '\n';
    return 2;
  }
  std::cerr << "mash-generate: seed " << seed << ", " << count << " contacts as of " << today
            << '\n';
  mash::generator::Generator generator(seed, std::chrono::sys_days{*day});
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto contact = generator.next();
    if (!agency.empty() && contact.agency != agency) continue;
    std::string line;
    if (!google::protobuf::util::MessageToJsonString(contact.request, &line).ok()) return 1;
    std::cout << line << '\n';
  }
  return std::cout.flush() ? 0 : 1;
}
