#include "node/signing.h"

#include <system_error>

namespace mash::node {

Result<merkle::SigningKey> signing_key(const std::filesystem::path& file, const std::string& area,
                                       bool logs_exist) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::exists(file, ignored)) return merkle::SigningKey::load(file);
  if (logs_exist)
    return refuse(Code::kFailedPrecondition, "SIGNING_KEY_MISSING",
                  "There are logs, but no key to sign them with in " + file.string() +
                      ": put the key back that signed them so far.");
  auto key = merkle::SigningKey::generate("mash/" + area);
  if (!key) return key;
  if (!file.parent_path().empty()) {
    fs::create_directories(file.parent_path(), ignored);
    fs::permissions(file.parent_path(), fs::perms::owner_all, ignored);
  }
  if (auto saved = key->save(file); !saved) return tl::unexpected(std::move(saved.error()));
  return key;
}

}  // namespace mash::node
