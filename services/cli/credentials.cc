#include "cli/credentials.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <memory>

#include "cli/files.h"
#include "cli/near_miss.h"

namespace mash::cli {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;

constexpr const char* kMakePki =
    "'./dev pki' makes and renews the demonstration's certificates; a real area's come from its "
    "own authority.";

tl::unexpected<Failure> bad_credentials(std::string reason, std::string message) {
  return fail(Exit::kUnreachable, Code::kUnauthenticated, std::move(reason), std::move(message),
              kMakePki);
}

Bio memory(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate parse_certificate(const std::string& pem) {
  return Certificate(PEM_read_bio_X509(memory(pem).get(), nullptr, nullptr, nullptr));
}

std::string text_of(const ASN1_TIME* time) {
  const Bio out(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(out.get(), time);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

Outcome<std::string> read_pem(const std::filesystem::path& file) {
  Outcome<std::string> text = read_file(file);
  if (!text) return bad_credentials("CERTIFICATE_MISSING", "Cannot read " + file.string() + ".");
  return text;
}

Outcome<void> check_dates(const X509& certificate, const std::filesystem::path& file) {
  if (X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0)
    return bad_credentials("CERTIFICATE_EXPIRED",
                           "The certificate " + file.string() + " ended on " +
                               text_of(X509_get0_notAfter(&certificate)) + ".");
  if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) > 0)
    return bad_credentials("CERTIFICATE_NOT_YET_VALID",
                           "The certificate " + file.string() + " does not begin before " +
                               text_of(X509_get0_notBefore(&certificate)) + ".");
  return {};
}

bool issued_by(X509* authority, X509* certificate) {
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authority);
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr);
  return X509_verify_cert(context.get()) == 1;
}

Outcome<void> check_pair(const Credentials& credentials, const std::filesystem::path& folder,
                         const std::filesystem::path& authority_file) {
  const std::filesystem::path file = folder / "cert.pem";
  const Certificate authority = parse_certificate(credentials.authority);
  const Certificate certificate = parse_certificate(credentials.certificate);
  const PrivateKey key(
      PEM_read_bio_PrivateKey(memory(credentials.key).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();  // gRPC would report what is left here as its own
  if (!authority)
    return bad_credentials("CERTIFICATE_MALFORMED",
                           authority_file.string() + " is not a PEM certificate.");
  if (!certificate)
    return bad_credentials("CERTIFICATE_MALFORMED", file.string() + " is not a PEM certificate.");
  if (!key)
    return bad_credentials("KEY_MALFORMED",
                           (folder / "key.pem").string() + " is not a PEM private key.");
  if (auto dates = check_dates(*authority, authority_file); !dates) return dates;
  if (auto dates = check_dates(*certificate, file); !dates) return dates;
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return bad_credentials("KEY_MISMATCH", "The key in " + folder.string() +
                                               " is not the key of the certificate beside it.");
  if (!issued_by(authority.get(), certificate.get()))
    return bad_credentials(
        "CERTIFICATE_NOT_TRUSTED",
        "The certificate " + file.string() + " was not issued by " + authority_file.string() + ".");
  ERR_clear_error();
  return {};
}

}  // namespace

std::vector<std::string> agencies_in(const std::filesystem::path& pki) {
  std::vector<std::string> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(pki, ignored)) {
    const std::string name = entry.path().filename().string();
    if (name != "hub" && std::filesystem::exists(entry.path() / "cert.pem", ignored))
      out.push_back(name);
  }
  std::sort(out.begin(), out.end());
  return out;
}

Outcome<Credentials> load_credentials(const std::filesystem::path& pki, const std::string& agency) {
  const std::filesystem::path folder = pki / agency;
  std::error_code ignored;
  const bool plain = !agency.empty() && agency.find('/') == std::string::npos && agency != "..";
  if (!plain || !std::filesystem::exists(folder, ignored)) {
    const std::vector<std::string> known = agencies_in(pki);
    std::string message =
        "There is no certificate for agency '" + agency + "' in " + pki.string() + ".";
    if (known.empty()) return bad_credentials("CERTIFICATE_MISSING", std::move(message));
    message += " There are: ";
    for (size_t i = 0; i < known.size(); ++i) message += (i > 0 ? ", " : "") + known[i];
    return fail(Exit::kUnreachable, Code::kUnauthenticated, "CERTIFICATE_MISSING", message + ".",
                did_you_mean(agency, known));
  }
  Credentials out;
  const std::filesystem::path authority_file = pki / "ca.pem";
  for (const auto& [file, text] :
       {std::pair{authority_file, &out.authority}, std::pair{folder / "cert.pem", &out.certificate},
        std::pair{folder / "key.pem", &out.key}}) {
    Outcome<std::string> read = read_pem(file);
    if (!read) return tl::unexpected(std::move(read.error()));
    *text = std::move(*read);
  }
  if (auto good = check_pair(out, folder, authority_file); !good)
    return tl::unexpected(std::move(good.error()));
  return out;
}

}  // namespace mash::cli
