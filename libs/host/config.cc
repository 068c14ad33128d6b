#include "host/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include "host/roles.h"

namespace mash::host {
namespace {

using Faults = std::vector<ConfigFault>;

const Setting* find_setting(std::string_view name) {
  const auto all = settings();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Setting& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

// How many letters one must change, add or drop to make `a` into `b` (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0u);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

// What an unknown key was probably meant to be: ", did you mean `server.listen`?", or nothing.
std::string suggestion(std::string_view unknown) {
  if (unknown == "smtp.domains") return "; each agency has its own: `agencies.ID.email_domains`";
  if (unknown == "webhook.hosts") return "; each agency has its own: `agencies.ID.webhook_hosts`";
  const auto all = settings();
  const auto nearest =
      std::min_element(all.begin(), all.end(), [&](const Setting& a, const Setting& b) {
        return distance(unknown, a.name) < distance(unknown, b.name);
      });
  if (distance(unknown, nearest->name) > std::max<std::size_t>(2, unknown.size() / 3)) return "";
  return "; did you mean `" + std::string(nearest->name) + "`?";
}

bool is_one_of(std::string_view text, std::string_view choices) {
  while (true) {
    const std::size_t bar = choices.find('|');
    if (choices.substr(0, bar) == text) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
}

std::string bounds(const Setting& setting) {
  std::string text =
      "a whole number from " + std::to_string(setting.min) + " to " + std::to_string(setting.max);
  return setting.unit.empty() ? text : text + " (" + std::string(setting.unit) + ")";
}

void set_text(Config& config, const Setting& setting, const std::string& where,
              const std::string& value, Faults& faults) {
  const std::string name(setting.name);
  if (const auto* text = std::get_if<std::string Config::*>(&setting.field)) {
    if (!setting.choices.empty() && !is_one_of(value, setting.choices))
      return faults.push_back({where, name + " must be one of " + std::string(setting.choices)});
    config.*(*text) = value;
  } else if (const auto* path = std::get_if<std::filesystem::path Config::*>(&setting.field)) {
    if (value.empty()) return faults.push_back({where, name + " must not be empty"});
    config.*(*path) = value;
  }
}

void set_number(Config& config, const Setting& setting, const std::string& where,
                std::optional<uint64_t> value, Faults& faults) {
  if (!value || *value < setting.min || *value > setting.max)
    return faults.push_back({where, std::string(setting.name) + " must be " + bounds(setting)});
  config.*std::get<uint64_t Config::*>(setting.field) = *value;
}

// A value from the environment or a flag: text, whatever the setting is.
void set_from_text(Config& config, const Setting& setting, const std::string& where,
                   const std::string& value, Faults& faults) {
  if (!std::holds_alternative<uint64_t Config::*>(setting.field))
    return set_text(config, setting, where, value, faults);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc() && end == value.data() + value.size();
  set_number(config, setting, where, whole ? std::optional(number) : std::nullopt, faults);
}

// Reads one file over the configuration.
class FileReader {
 public:
  FileReader(std::string path, Config& config, Faults& faults)
      : path_(std::move(path)), config_(config), faults_(faults) {}

  void read() {
    std::ifstream stream(path_);
    if (!stream) return faults_.push_back({path_, "cannot be read"});
    try {
      table(toml::parse(stream, path_), "");
    } catch (const toml::parse_error& error) {
      faults_.push_back({path_ + ":" + std::to_string(error.source().begin.line),
                         "is not TOML: " + std::string(error.description())});
    }
  }

 private:
  std::string where(const toml::node& node) const {
    return path_ + ":" + std::to_string(node.source().begin.line);
  }

  void table(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (name == "agencies" && node.is_table())
        agencies(*node.as_table());
      else if (const Setting* setting = find_setting(name))
        value(*setting, node);
      else if (node.is_table() && is_section(name))
        this->table(*node.as_table(), name + ".");
      else
        faults_.push_back({path_ + ":" + std::to_string(key.source().begin.line),
                           "there is no setting `" + name + "`" + suggestion(name)});
    }
  }

  static bool is_section(const std::string& name) {
    const auto all = settings();
    return std::any_of(all.begin(), all.end(),
                       [&](const Setting& each) { return each.name.starts_with(name + "."); });
  }

  void value(const Setting& setting, const toml::node& node) {
    if (std::holds_alternative<uint64_t Config::*>(setting.field)) {
      const auto number = node.value_exact<int64_t>();
      set_number(
          config_, setting, where(node),
          number && *number >= 0 ? std::optional(static_cast<uint64_t>(*number)) : std::nullopt,
          faults_);
    } else if (const auto text = node.value_exact<std::string>()) {
      set_text(config_, setting, where(node), *text, faults_);
    } else {
      faults_.push_back({where(node), std::string(setting.name) + " must be a text in quotes"});
    }
  }

  void agencies(const toml::table& table) {
    config_.agencies.clear();
    for (const auto& [key, node] : table) {
      const std::string agency(key.str());
      const std::string name = "agencies." + agency;
      if (!node.is_table()) {
        faults_.push_back({where(node), name + " must be a table with `roles`"});
        continue;
      }
      AgencyRule rule = agency_rule(name, *node.as_table());
      for (const std::string& role : rule.roles)
        if (!role_named(role)) faults_.push_back({where(node), name + ": no role `" + role + "`"});
      if (rule.roles.empty()) faults_.push_back({where(node), name + " needs `roles`"});
      config_.agencies[agency] = std::move(rule);
    }
  }

  AgencyRule agency_rule(const std::string& name, const toml::table& table) {
    AgencyRule rule;
    const std::map<std::string_view, std::vector<std::string>*> lists = {
        {"roles", &rule.roles},
        {"systems", &rule.systems},
        {"email_domains", &rule.email_domains},
        {"webhook_hosts", &rule.webhook_hosts}};
    for (const auto& [key, value] : table) {
      const std::string field(key.str());
      if (const auto list = lists.find(field); list != lists.end())
        texts(name + "." + field, value, *list->second);
      else if (field == "body")
        rule.body = text(name + ".body", value);
      else
        faults_.push_back({where(value), "there is no setting `" + name + "." + field +
                                             "`; an agency has `roles`, `systems`, `body`, "
                                             "`email_domains` and `webhook_hosts`"});
    }
    return rule;
  }

  std::string text(const std::string& name, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    if (!text) faults_.push_back({where(node), name + " must be a text in quotes"});
    return text.value_or("");
  }

  void texts(const std::string& name, const toml::node& node, std::vector<std::string>& out) {
    const toml::array* array = node.as_array();
    const bool all_text =
        array != nullptr &&
        std::all_of(array->begin(), array->end(), [](auto& each) { return each.is_string(); });
    if (!all_text)
      return faults_.push_back({where(node), name + " must be a list of texts in quotes"});
    for (const auto& each : *array) out.push_back(*each.value<std::string>());
  }

  const std::string path_;
  Config& config_;
  Faults& faults_;
};

// Host and port of "127.0.0.1:7443", "[::1]:7443"; a name will do as a host.
std::optional<std::pair<std::string, int>> split_address(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return std::nullopt;
  std::string host = address.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  int port = -1;
  const char* const last = address.data() + address.size();
  const auto [end, error] = std::from_chars(address.data() + colon + 1, last, port);
  if (error != std::errc() || end != last || port < 0 || port > 65'535 || host.empty())
    return std::nullopt;
  return std::pair(host, port);
}

// What can only be told of the whole; `where` says which source had the last word on a setting.
void check_whole(const Config& config, const std::map<std::string, std::string>& where,
                 Faults& faults) {
  const auto at = [&](const std::string& name) {
    const auto found = where.find(name);
    return found == where.end() ? "default" : found->second;
  };
  const bool area_is_code = config.area.size() == 9 && config.area[0] == 'E' &&
                            std::all_of(config.area.begin() + 1, config.area.end(),
                                        [](char c) { return c >= '0' && c <= '9'; });
  if (!area_is_code) faults.push_back({at("area"), "area must be an ONS code such as E10000013"});
  if (!split_address(config.listen))
    faults.push_back({at("server.listen"), "server.listen must be host:port"});
  if (!config.metrics_listen.empty()) {
    const auto address = split_address(config.metrics_listen);
    const bool loopback = address && (address->first == "127.0.0.1" || address->first == "::1" ||
                                      address->first == "localhost");
    if (!loopback)
      faults.push_back({at("metrics.listen"),
                        "metrics.listen must be a loopback address with a port: metrics are "
                        "served without TLS"});
  }
  for (const auto& [service, address] : config.peers())
    if (!address.empty() && !split_address(address))
      faults.push_back({at("peers." + service), "peers." + service + " must be host:port"});
  if (config.request_bytes_max > config.message_bytes_max)
    faults.push_back({at("server.request_bytes_max"),
                      "server.request_bytes_max must not exceed server.message_bytes_max"});
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::toml_formatter(toml::value<std::string>(text), toml::format_flags::none);
  return out.str();
}

std::string list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? ", " : "") + quoted(text);
  return out + "]";
}

}  // namespace

Config load_config(const ConfigSources& sources, std::vector<ConfigFault>& faults) {
  Config config = sources.defaults;
  std::map<std::string, std::string> where;
  if (sources.file) {
    FileReader(sources.file->string(), config, faults).read();
    for (const Setting& setting : settings())
      where[std::string(setting.name)] = sources.file->string();
  }
  if (sources.environment) {
    for (const Setting& setting : settings()) {
      const std::string variable = setting.environment();
      if (const char* value = sources.environment(variable)) {
        set_from_text(config, setting, variable, value, faults);
        where[std::string(setting.name)] = variable;
      }
    }
  }
  for (const auto& [name, value] : sources.flags) {
    const Setting* setting = find_setting(name);
    if (setting == nullptr) {
      faults.push_back({name, "there is no such setting" + suggestion(name)});
      continue;
    }
    set_from_text(config, *setting, setting->flag(), value, faults);
    where[name] = setting->flag();
  }
  check_whole(config, where, faults);
  return config;
}

std::string to_toml(const Config& config) {
  std::ostringstream out;
  std::string section;
  for (const Setting& setting : settings()) {
    const std::size_t dot = setting.name.find('.');
    const std::string its(dot == std::string_view::npos ? "" : setting.name.substr(0, dot));
    if (its != section) {
      section = its;
      out << "\n[" << section << "]\n";
    }
    out << "# " << setting.help;
    if (!setting.unit.empty()) out << " (" << setting.unit << ")";
    if (!setting.choices.empty()) out << " (" << setting.choices << ")";
    out << "\n" << setting.name.substr(dot == std::string_view::npos ? 0 : dot + 1) << " = ";
    if (const auto* text = std::get_if<std::string Config::*>(&setting.field))
      out << quoted(config.*(*text));
    else if (const auto* path = std::get_if<std::filesystem::path Config::*>(&setting.field))
      out << quoted((config.*(*path)).string());
    else
      out << config.*std::get<uint64_t Config::*>(setting.field);
    out << "\n";
  }
  for (const auto& [agency, rule] : config.agencies) {
    out << "\n[agencies." << agency << "]\nroles = " << list(rule.roles) << "\n";
    if (!rule.systems.empty()) out << "systems = " << list(rule.systems) << "\n";
    if (!rule.body.empty()) out << "body = " << quoted(rule.body) << "\n";
    if (!rule.email_domains.empty()) out << "email_domains = " << list(rule.email_domains) << "\n";
    if (!rule.webhook_hosts.empty()) out << "webhook_hosts = " << list(rule.webhook_hosts) << "\n";
  }
  return out.str();
}

}  // namespace mash::host
