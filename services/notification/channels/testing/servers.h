#pragma once
#include <string>
#include <vector>

#include "integration/test_pki.h"
#include "notification/channels/testing/notices.h"
#include "notification/channels/testing/server_process.h"
#include "vault/testing/temp_vault.h"

namespace mash::notification::testing {

// A certificate for 127.0.0.1 and localhost, and who vouches for it, as files.
struct Files {
  Files() {
    const mash::testing::TestPki pki;
    const auto server = pki.server();
    mash::testing::write_file(authority(), pki.authority());
    mash::testing::write_file(certificate(), server.certificate);
    mash::testing::write_file(key(), server.key);
  }
  std::string authority() const { return folder.path() / "authority.pem"; }
  std::string certificate() const { return folder.path() / "certificate.pem"; }
  std::string key() const { return folder.path() / "key.pem"; }

  vault::testing::TempFolder folder;
};

struct HttpsServer : ServerProcess {
  explicit HttpsServer(const Files& files, const std::string& address = "127.0.0.1")
      : ServerProcess("https_server.py", {address, files.certificate(), files.key(), kSecret}) {}
  std::string url(const std::string& path, const std::string& name = "127.0.0.1") const {
    return "https://" + host(name) + path;
  }
  std::vector<nlohmann::json> calls(std::size_t at_least) const {
    return seen(
        [](const nlohmann::json& each) { return each.contains("path") && each.contains("id"); },
        at_least);
  }
};

struct SmtpServer : ServerProcess {
  SmtpServer(const Files& files, std::string how, const std::vector<std::string>& login = {})
      : ServerProcess("smtp_server.py", arguments(files, how, login)),
        url((how == "smtps" ? "smtps://" : "smtp://") + host()) {}
  static std::vector<std::string> arguments(const Files& files, const std::string& how,
                                            const std::vector<std::string>& login) {
    std::vector<std::string> all = {how, files.certificate(), files.key()};
    all.insert(all.end(), login.begin(), login.end());
    return all;
  }
  std::vector<nlohmann::json> events(const std::string& name, std::size_t at_least) const {
    return seen([&](const nlohmann::json& each) { return each.value("event", "") == name; },
                at_least);
  }
  const std::string url;
};

}  // namespace mash::notification::testing
