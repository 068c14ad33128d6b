#include <CLI/CLI.hpp>
#include <map>
#include <sstream>

#include "host/config.h"

namespace mash::host {
namespace {

Invocation exit_with(int code, std::string output) {
  return {.action = Invocation::Do::kExit,
          .exit_code = code,
          .output = std::move(output),
          .config = {}};
}

std::string told(const std::vector<ConfigFault>& faults) {
  std::string text;
  for (const ConfigFault& fault : faults) text += fault.where + ": " + fault.what + "\n";
  return text;
}

}  // namespace

Invocation invoke(std::string_view program, std::string_view version, int argc,
                  const char* const* argv,
                  const std::function<const char*(const std::string& name)>& environment,
                  const Config& defaults, const ConfigCheck& own_check) {
  CLI::App app(
      "A service of the multi-agency safeguarding hub (docs/operate.md).\n"
      "A flag wins over its MASH_ variable, and that over the file.",
      std::string(program));
  app.set_version_flag("--version", std::string(program) + " " + std::string(version));
  std::string file;
  app.add_option("--config", file,
                 "TOML file; else MASH_CONFIG, else deploy/mash.toml where that is");
  bool check = false;
  bool print = false;
  app.add_flag("--check-config", check, "say everything that is wrong with the configuration");
  app.add_flag("--print-config", print, "print the configuration in force, as TOML");
  std::map<std::string, std::string> values;
  for (const Setting& setting : settings()) {
    const std::string unit = setting.unit.empty() ? "" : " (" + std::string(setting.unit) + ")";
    app.add_option(setting.flag(), values[std::string(setting.name)],
                   std::string(setting.help) + unit)
        ->group("Settings");
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    return exit_with(code == 0 ? 0 : 2, code == 0 ? out.str() : err.str());
  }

  ConfigSources sources;
  constexpr char kUsualFile[] = "deploy/mash.toml";
  const char* const file_variable = environment("MASH_CONFIG");
  if (!file.empty())
    sources.file = file;
  else if (file_variable != nullptr)
    sources.file = file_variable;
  else if (std::filesystem::exists(kUsualFile))
    sources.file = kUsualFile;
  sources.environment = environment;
  sources.defaults = defaults;
  for (const Setting& setting : settings())
    if (app.count(setting.flag()) > 0)
      sources.flags.emplace_back(setting.name, values[std::string(setting.name)]);

  std::vector<ConfigFault> faults;
  Config config = load_config(sources, faults);
  if (!faults.empty()) return exit_with(2, told(faults));
  if (print) return exit_with(0, to_toml(config));
  if (check) {
    if (own_check) faults = own_check(config);
    return faults.empty() ? exit_with(0, "The configuration is good.\n")
                          : exit_with(2, told(faults));
  }
  return {
      .action = Invocation::Do::kServe, .exit_code = 0, .output = {}, .config = std::move(config)};
}

}  // namespace mash::host
