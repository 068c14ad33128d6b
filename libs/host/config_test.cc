#include "host/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

namespace mash::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string name = ::testing::TempDir() + "mash-config-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  Config load(const std::string& toml) {
    const auto file = folder_ / "mash.toml";
    std::ofstream(file) << toml;
    faults_.clear();
    return load_config({.file = file,
                        .environment = [this](const std::string& name) -> const char* {
                          const auto found = environment_.find(name);
                          return found == environment_.end() ? nullptr : found->second.c_str();
                        },
                        .flags = flags_},
                       faults_);
  }

  std::string at(int line) const {
    return (folder_ / "mash.toml").string() + ":" + std::to_string(line);
  }

  std::filesystem::path folder_;
  std::map<std::string, std::string> environment_;
  std::vector<std::pair<std::string, std::string>> flags_;
  std::vector<ConfigFault> faults_;
};

TEST_F(ConfigTest, FlagsWinOverTheEnvironmentAndThatOverTheFile) {
  const std::string file = "[server]\nlisten = '127.0.0.1:1'\ncall_ms_max = 1000\n";
  EXPECT_EQ(load("").listen, "127.0.0.1:7443");
  EXPECT_EQ(load(file).listen, "127.0.0.1:1");
  environment_["MASH_SERVER_LISTEN"] = "127.0.0.1:2";
  EXPECT_EQ(load(file).listen, "127.0.0.1:2");
  flags_ = {{"server.listen", "127.0.0.1:3"}};
  EXPECT_EQ(load(file).listen, "127.0.0.1:3");
  EXPECT_EQ(load(file).call_ms_max, 1000u);
  EXPECT_THAT(faults_, IsEmpty());
}

TEST_F(ConfigTest, NamesEveryFaultWithItsLine) {
  environment_["MASH_STORAGE_QUEUE_APPENDS_MAX"] = "many";
  flags_ = {{"log.calls", "some"}};
  load(R"(area = 7
[server]
lisen = "127.0.0.1:1"
call_ms_max = 3
message_bytes_max = "4 MiB"
[servers]
listen = "x"
[keys]
ahead_max = 255
)");
  EXPECT_THAT(
      faults_,
      UnorderedElementsAre(
          ConfigFault{at(1), "area must be a text in quotes"},
          ConfigFault{at(3), "there is no setting `server.lisen`; did you mean `server.listen`?"},
          ConfigFault{
              at(4),
              "server.call_ms_max must be a whole number from 100 to 3600000 (milliseconds)"},
          ConfigFault{at(5),
                      "server.message_bytes_max must be a whole number from 65536 to 67108864 "
                      "(bytes)"},
          ConfigFault{at(6), "there is no setting `servers`"},
          ConfigFault{at(9), "keys.ahead_max must be a whole number from 256 to 65536 (keys)"},
          ConfigFault{"MASH_STORAGE_QUEUE_APPENDS_MAX",
                      "storage.queue_appends_max must be a whole number from 1 to 1000000 "
                      "(appends)"},
          ConfigFault{"--log-calls", "log.calls must be one of failed|all|none"}));
}

TEST_F(ConfigTest, SaysWhereTheFileStopsBeingToml) {
  load("area = 'E10000013'\n[server\n");
  ASSERT_EQ(faults_.size(), 1u);
  EXPECT_EQ(faults_[0].where, at(2));
  EXPECT_THAT(faults_[0].what, HasSubstr("is not TOML"));
}

TEST_F(ConfigTest, ReadsWhatAgenciesMayDo) {
  const Config config = load(R"(
[agencies.police]
roles = ["practitioner"]
systems = ["pol-01", "pol-02"]
body = "police-force"
email_domains = ["police.example"]
webhook_hosts = ["notices.police.example:8443", "police.example"]
[agencies.social-care]
roles = ["triage-officer", "social-worker"]
)");
  EXPECT_THAT(faults_, IsEmpty());
  EXPECT_THAT(config.agencies.at("police").systems, ElementsAre("pol-01", "pol-02"));
  EXPECT_EQ(config.agencies.at("police").body, "police-force");
  EXPECT_THAT(config.agencies.at("police").email_domains, ElementsAre("police.example"));
  EXPECT_THAT(config.agencies.at("police").webhook_hosts,
              ElementsAre("notices.police.example:8443", "police.example"));
  EXPECT_THAT(config.agencies.at("social-care").email_domains, IsEmpty());
  EXPECT_THAT(config.agencies.at("social-care").roles,
              ElementsAre("triage-officer", "social-worker"));
}

TEST_F(ConfigTest, RefusesRolesThatDoNotExist) {
  load("[agencies.police]\nroles = ['chief']\n[agencies.health]\nrole = ['practitioner']\n");
  EXPECT_THAT(faults_,
              UnorderedElementsAre(
                  ConfigFault{at(1), "agencies.police: no role `chief`"},
                  ConfigFault{at(4),
                              "there is no setting `agencies.health.role`; an agency has `roles`, "
                              "`systems`, `body`, `email_domains` and `webhook_hosts`"},
                  ConfigFault{at(3), "agencies.health needs `roles`"}));
}

TEST_F(ConfigTest, SaysWhereTheDomainsAndHostsOfAllAgenciesBecameEachOnesOwn) {
  load(
      "[smtp]\ndomains = 'police.example'\n[webhook]\nhosts = 'police.example'\n"
      "[agencies.police]\nroles = ['practitioner']\nemail_domains = 'police.example'\n");
  EXPECT_THAT(
      faults_,
      UnorderedElementsAre(
          ConfigFault{at(2),
                      "there is no setting `smtp.domains`; each agency has its own: "
                      "`agencies.ID.email_domains`"},
          ConfigFault{at(4),
                      "there is no setting `webhook.hosts`; each agency has its own: "
                      "`agencies.ID.webhook_hosts`"},
          ConfigFault{at(7), "agencies.police.email_domains must be a list of texts in quotes"}));
}

TEST_F(ConfigTest, KeepsMetricsOnLoopback) {
  for (const std::string address : {"0.0.0.0:9464", "10.0.0.1:9464", "127.0.0.1", "[::]:9464"}) {
    flags_ = {{"metrics.listen", address}};
    load("");
    ASSERT_EQ(faults_.size(), 1u) << address;
    EXPECT_EQ(faults_[0].where, "--metrics-listen");
  }
  for (const std::string address : {"", "127.0.0.1:0", "[::1]:9464", "localhost:9464"}) {
    flags_ = {{"metrics.listen", address}};
    load("");
    EXPECT_THAT(faults_, IsEmpty()) << address;
  }
}

TEST_F(ConfigTest, IsPrintedAsAFileThatReadsBackTheSame) {
  flags_ = {{"area", "E08000025"}, {"server.call_ms_max", "1234"}};
  const Config config = load(
      "[agencies.police]\nroles = ['practitioner']\nsystems = ['p-\"1']\n"
      "body = 'police-force'\nemail_domains = ['police.example']\nwebhook_hosts = ['[::1]:1']\n");
  ASSERT_THAT(faults_, IsEmpty());
  flags_.clear();
  const std::string printed = to_toml(config);
  EXPECT_EQ(to_toml(load(printed)), printed);
  EXPECT_THAT(faults_, IsEmpty());
  EXPECT_THAT(printed, HasSubstr("call_ms_max = 1234"));
  EXPECT_THAT(printed, HasSubstr("email_domains = [\"police.example\"]"));
  EXPECT_THAT(printed, HasSubstr("webhook_hosts = [\"[::1]:1\"]"));
}

TEST_F(ConfigTest, EverySettingHasItsOwnNameAndItsDefaultWithinItsBounds) {
  std::map<std::string, int> flags;
  const Config defaults;
  for (const Setting& setting : settings()) {
    EXPECT_EQ(++flags[setting.flag()], 1) << setting.name;
    EXPECT_FALSE(setting.help.empty());
    if (const auto* number = std::get_if<uint64_t Config::*>(&setting.field)) {
      EXPECT_GE(defaults.*(*number), setting.min) << setting.name;
      EXPECT_LE(defaults.*(*number), setting.max) << setting.name;
    }
  }
}

TEST_F(ConfigTest, IsShippedAsAFileThatHasTheDefaults) {
  const std::filesystem::path source = MASH_SOURCE_DIR;
  Config shipped =
      load_config({.file = source / "deploy/mash.toml", .environment = {}, .flags = {}}, faults_);
  EXPECT_THAT(faults_, IsEmpty());
  EXPECT_EQ(shipped.agencies.size(), 6u);
  shipped.agencies.clear();
  // The one thing that is better had than not, and cannot be had by default: a second disk.
  EXPECT_EQ(shipped.keys_backup, "var/backup/keys");
  shipped.keys_backup.clear();
  EXPECT_EQ(to_toml(shipped), to_toml(Config()));
}

TEST_F(ConfigTest, IsExplainedSettingBySettingWhereOperatorsLook) {
  std::ostringstream page;
  page << std::ifstream(std::filesystem::path(MASH_SOURCE_DIR) / "docs/operate.md").rdbuf();
  for (const Setting& setting : settings())
    EXPECT_THAT(page.str(), HasSubstr("| `" + std::string(setting.name) + "` | "));
}

TEST_F(ConfigTest, IsCheckedAndPrintedFromTheCommandLine) {
  const auto run = [&](std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "mash-test");
    return invoke(
        "mash-test", "0.1.0", static_cast<int>(arguments.size()), arguments.data(),
        [](const std::string&) -> const char* { return nullptr; }, {},
        [](const Config& config) -> std::vector<ConfigFault> {
          if (config.smtp_from != "nobody") return {};
          return {{"smtp.from", "must be an e-mail address"}};
        });
  };
  const std::string file = (folder_ / "mash.toml").string();
  std::ofstream(file) << "[server]\nlisten = '127.0.0.1:5'\n";

  const Invocation printed = run({"--config", file.c_str(), "--print-config"});
  EXPECT_EQ(printed.action, Invocation::Do::kExit);
  EXPECT_EQ(printed.exit_code, 0);
  EXPECT_THAT(printed.output, HasSubstr("listen = \"127.0.0.1:5\""));

  const Invocation bad =
      run({"--config", file.c_str(), "--check-config", "--server-call-ms-max", "1"});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.output, HasSubstr("--server-call-ms-max: server.call_ms_max must be"));

  EXPECT_EQ(run({"--config", file.c_str(), "--check-config"}).exit_code, 0);
  const Invocation unusable =
      run({"--config", file.c_str(), "--check-config", "--smtp-from", "nobody"});
  EXPECT_EQ(unusable.exit_code, 2);
  EXPECT_EQ(unusable.output, "smtp.from: must be an e-mail address\n");

  const Invocation serve = run({"--config", file.c_str(), "--area", "E08000025"});
  EXPECT_EQ(serve.action, Invocation::Do::kServe);
  EXPECT_EQ(serve.config.area, "E08000025");

  EXPECT_THAT(run({"--version"}).output, HasSubstr("mash-test 0.1.0"));
  EXPECT_THAT(run({"--help"}).output, HasSubstr("--storage-queue-bytes-max"));
  EXPECT_EQ(run({"--no-such-flag"}).exit_code, 2);
  EXPECT_EQ(run({"--config", "/nowhere/mash.toml"}).exit_code, 2);
}

}  // namespace
}  // namespace mash::host
