#include "policy/file.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>

#include "core/check.h"
#include "core/hex.h"
#include "policy/yaml_tree.h"

namespace mash::policy {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxYamlBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof())) return std::nullopt;
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> hash{};
  MASH_CHECK(EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr) ==
             1);
  return to_hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
}

}  // namespace mash::policy
