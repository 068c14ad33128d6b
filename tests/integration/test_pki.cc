#include "integration/test_pki.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <fstream>

#include "core/check.h"

namespace mash::testing {
namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

Key new_key() {
  Key key(EVP_EC_gen("P-256"));
  MASH_CHECK(key != nullptr);
  return key;
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  MASH_CHECK(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// A certificate that holds from an hour ago until tomorrow.
Certificate new_certificate(const std::string& name, EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86'400);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

}  // namespace

struct TestPki::Secret {
  Key key = new_key();
  Certificate certificate;
};

TestPki::TestPki() : secret_(std::make_unique<Secret>()) {
  auto& authority = secret_->certificate;
  authority = new_certificate("test authority", secret_->key.get());
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  extend(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  extend(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(authority.get(), secret_->key.get(), EVP_sha256());
  authority_ = pem_of(authority.get());
}

TestPki::~TestPki() = default;

TestPki::Credentials TestPki::issue(const std::string& name,
                                    const std::string& alternative_names) const {
  const Key key = new_key();
  const Certificate certificate = new_certificate(name, key.get());
  X509* const issuer = secret_->certificate.get();
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer));
  extend(certificate.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  if (!alternative_names.empty())
    extend(certificate.get(), issuer, NID_subject_alt_name, alternative_names);
  X509_sign(certificate.get(), secret_->key.get(), EVP_sha256());
  return {pem_of(certificate.get()), pem_of(key.get())};
}

TestPki::Credentials TestPki::server() const {
  return issue("test hub", "DNS:localhost,IP:127.0.0.1");
}

TestPki::Credentials TestPki::service(const std::string& name) const {
  return issue("test " + name,
               "DNS:localhost,IP:127.0.0.1,URI:spiffe://e10000013.mash/agency/hub/system/" + name);
}

TestPki::Credentials TestPki::client(const std::string& uri) const {
  return issue("test client", uri.empty() ? "" : "URI:" + uri);
}

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::trunc) << text;
}

}  // namespace mash::testing
