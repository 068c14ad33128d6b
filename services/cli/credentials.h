#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "cli/outcome.h"

namespace mash::cli {

// The three PEM texts of mutual TLS, checked before a call is made: the far end of a TLS 1.3
// handshake just hangs up on a bad certificate, which tells nobody what to do.
struct Credentials {
  std::string authority;
  std::string certificate;
  std::string key;
};

// Reads an agency's certificate and key from `pki`. Refused with Exit::kUnreachable: a file that
// is missing or malformed, a certificate that has ended, has not begun, is not from the authority,
// or is not the key's.
Outcome<Credentials> load_credentials(const std::filesystem::path& pki, const std::string& agency);

// The agencies whose certificates stand in `pki`, in order.
std::vector<std::string> agencies_in(const std::filesystem::path& pki);

}  // namespace mash::cli
