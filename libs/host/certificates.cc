#include "host/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>
#include <memory>
#include <string>

namespace mash::host {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

tl::unexpected<Error> unusable(const std::filesystem::path& file, const std::string& why) {
  return refuse(Code::kFailedPrecondition, "CERTIFICATE_UNUSABLE", file.string() + " " + why);
}

Result<File> open(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) return unusable(path, "cannot be read");
  return file;
}

Result<Certificate> read_certificate(const std::filesystem::path& path) {
  auto file = open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  Certificate certificate(PEM_read_X509(file->get(), nullptr, nullptr, nullptr));
  if (!certificate) return unusable(path, "holds no certificate in PEM");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0)
    return unusable(path, "has expired");
  return certificate;
}

Result<Key> read_key(const std::filesystem::path& path) {
  auto file = open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  // A key under a passphrase cannot be used unattended: an empty answer instead of a prompt.
  constexpr auto kNoPassphrase = [](char*, int, int, void*) { return 0; };
  Key key(PEM_read_PrivateKey(file->get(), nullptr, kNoPassphrase, nullptr));
  if (!key) return unusable(path, "holds no private key in PEM without a passphrase");
  return key;
}

}  // namespace

Result<void> check_certificates(const std::filesystem::path& certificate,
                                const std::filesystem::path& key,
                                const std::filesystem::path& authority) {
  const auto read = read_certificate(certificate);
  if (!read) return tl::unexpected(read.error());
  const auto private_key = read_key(key);
  if (!private_key) return tl::unexpected(private_key.error());
  if (X509_check_private_key(read->get(), private_key->get()) != 1)
    return unusable(key, "is not the key of " + certificate.string());
  if (const auto root = read_certificate(authority); !root) return tl::unexpected(root.error());
  return {};
}

}  // namespace mash::host
