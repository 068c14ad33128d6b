#include "cli/testing/test_pki.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

namespace mash::cli::testing {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

struct Issued {
  Key key{nullptr, EVP_PKEY_free};
  Certificate certificate{nullptr, X509_free};
};

void add_extension(X509* certificate, X509* issuer, int kind, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Issued make(const std::string& name, const Issued* issuer, const std::string& alternative,
            int from_days, int until_days) {
  Issued out;
  out.key = Key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  out.certificate = Certificate(X509_new(), X509_free);
  X509* certificate = out.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), std::rand());
  X509_gmtime_adj(X509_getm_notBefore(certificate), 86'400L * from_days);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400L * until_days);
  X509_set_pubkey(certificate, out.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* signer = issuer == nullptr ? certificate : issuer->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(signer));
  add_extension(certificate, signer, NID_basic_constraints,
                issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (!alternative.empty())
    add_extension(certificate, signer, NID_subject_alt_name, alternative.c_str());
  X509_sign(certificate, issuer == nullptr ? out.key.get() : issuer->key.get(), EVP_sha256());
  return out;
}

void write(const Issued& issued, const std::filesystem::path& certificate,
           const std::filesystem::path& key) {
  std::filesystem::create_directories(certificate.parent_path());
  const File certificate_file(std::fopen(certificate.c_str(), "w"), &std::fclose);
  PEM_write_X509(certificate_file.get(), issued.certificate.get());
  const File key_file(std::fopen(key.c_str(), "w"), &std::fclose);
  PEM_write_PrivateKey(key_file.get(), issued.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

Issued load(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  const File certificate_file(std::fopen(certificate.c_str(), "r"), &std::fclose);
  const File key_file(std::fopen(key.c_str(), "r"), &std::fclose);
  Issued out;
  out.certificate =
      Certificate(PEM_read_X509(certificate_file.get(), nullptr, nullptr, nullptr), X509_free);
  out.key = Key(PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  return out;
}

std::string spiffe(const std::string& agency) {
  return "URI:spiffe://e10000013.mash/agency/" + agency + "/system/test-01";
}

}  // namespace

TestPki::TestPki() {
  std::string pattern = (std::filesystem::temp_directory_path() / "mash-pki.XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  const Issued authority = make("test authority", nullptr, "", -30, 30);
  write(authority, folder_ / "ca.pem", folder_ / "ca-key.pem");
  write(make("hub", &authority, "DNS:localhost,IP:127.0.0.1", -1, 1), folder_ / "hub/cert.pem",
        folder_ / "hub/key.pem");
}

TestPki::~TestPki() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void TestPki::issue(const std::string& agency, int from_days, int until_days) const {
  const Issued authority = load(folder_ / "ca.pem", folder_ / "ca-key.pem");
  write(make(agency, &authority, spiffe(agency), from_days, until_days),
        folder_ / agency / "cert.pem", folder_ / agency / "key.pem");
}

void TestPki::issue_from_stranger(const std::string& agency) const {
  const Issued stranger = make("stranger", nullptr, "", -1, 1);
  write(make(agency, &stranger, spiffe(agency), -1, 1), folder_ / agency / "cert.pem",
        folder_ / agency / "key.pem");
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace mash::cli::testing
