#pragma once
#include <filesystem>

#include "core/result.h"

namespace mash::host {

// Whether a server can serve with these PEM files: a certificate, its private key, and the
// authority that agencies' certificates must come from. gRPC itself only says so when the first
// caller is turned away. kFailedPrecondition, reason CERTIFICATE_UNUSABLE, names the file and what
// is wrong.
Result<void> check_certificates(const std::filesystem::path& certificate,
                                const std::filesystem::path& key,
                                const std::filesystem::path& authority);

}  // namespace mash::host
