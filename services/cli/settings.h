#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace mash::cli {

// What every command has in common: where the hub is, who is calling, how to print. Flags win over
// the environment (MASH_ADDRESS, MASH_PKI, MASH_AS, MASH_USER, MASH_ROLE), that over the defaults.
struct Settings {
  std::string address = "127.0.0.1:7443";  // or one for each service (addresses.h)
  std::filesystem::path pki = "var/pki";   // ca.pem and <agency>/{cert,key}.pem
  std::string agency{};                    // whose certificate; empty: the command's own default
  std::string user{};                      // the practitioner, within what the certificate allows
  std::string role{};                      // the same
  double timeout_s = 0;                    // 0: 30 s for one answer, none for a stream
  bool json = false;                       // for programs
};

}  // namespace mash::cli
