#pragma once
#include <filesystem>
#include <memory>
#include <string>

namespace mash::testing {

// A certificate authority made for one test, and what it issues, as PEM. Keys are P-256.
class TestPki {
 public:
  struct Credentials {
    std::string certificate;
    std::string key;
  };

  TestPki();
  ~TestPki();

  const std::string& authority() const { return authority_; }

  // A server's, for 127.0.0.1 and localhost.
  Credentials server() const;
  // That of one of the hub's services, which names it to the others too.
  Credentials service(const std::string& name) const;
  // A client's with this URI as its only subject alternative name; with none when it is empty.
  Credentials client(const std::string& uri) const;
  // An agency's system of area E10000013.
  Credentials agency(const std::string& agency, const std::string& system = "test-01") const {
    return client("spiffe://e10000013.mash/agency/" + agency + "/system/" + system);
  }

 private:
  Credentials issue(const std::string& name, const std::string& alternative_names) const;

  struct Secret;
  std::unique_ptr<Secret> secret_;
  std::string authority_;
};

// Writes a file with its parent folders.
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace mash::testing
