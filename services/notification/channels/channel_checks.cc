#include "notification/channels/channel_checks.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>

#include "core/checks.h"
#include "notification/channels/addresses.h"
#include "notification/channels/webhook.h"

namespace mash::notification {
namespace {

using Faults = std::vector<FieldFault>;

std::optional<std::string> read_password(const std::string& file) {
  std::ifstream in(file);
  std::string password;
  if (!std::getline(in, password)) return std::nullopt;
  if (password.ends_with('\r')) password.pop_back();
  return password;
}

void check_authority(const std::string& field, const std::string& file, Faults& faults) {
  if (file.empty()) return;
  std::FILE* const opened = std::fopen(file.c_str(), "rb");
  if (opened == nullptr) return faults.push_back({field, "cannot be read"});
  X509* const certificate = PEM_read_X509(opened, nullptr, nullptr, nullptr);
  std::fclose(opened);
  if (certificate == nullptr) faults.push_back({field, "holds no certificate in PEM"});
  X509_free(certificate);
}

void check_login(const EmailSettings& email, Faults& faults) {
  if (email.user.empty()) {
    if (!email.password_file.empty())
      faults.push_back({"smtp.user", "is missing, and there is a password"});
    return;
  }
  if (has_control_characters(email.user))
    faults.push_back({"smtp.user", "holds a line break or another control character"});
  if (email.password_file.empty())
    return faults.push_back({"smtp.password", "is missing, and there is a user"});
  const auto password = read_password(email.password_file);
  if (!password)
    faults.push_back({"smtp.password", "cannot be read"});
  else if (password->empty() || has_control_characters(*password))
    faults.push_back({"smtp.password", "must hold the password in its first line"});
}

// Every entry of agencies' lists that is none, by its number: a list is one setting.
template <class IsOne>
void check_lists(const std::string& setting, const ByAgency& lists, IsOne is_one,
                 const std::string& what, Faults& faults) {
  for (const auto& [agency, list] : lists)
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!is_one(list[i]))
        faults.push_back({"agencies." + agency + "." + setting,
                          "no. " + std::to_string(i + 1) + " must be " + what});
}

bool are_none(const ByAgency& lists) {
  return std::ranges::all_of(lists, [](const auto& each) { return each.second.empty(); });
}

const std::vector<std::string>& of_agency(const ByAgency& lists, const std::string& agency) {
  static const std::vector<std::string> kNone;
  const auto found = lists.find(agency);
  return found == lists.end() ? kNone : found->second;
}

// How narrowly these name a domain: the longest that it is in, or under. 0: none of them.
std::size_t names(const std::vector<std::string>& domains, std::string_view domain) {
  std::size_t longest = 0;
  for (const std::string& each : domains)
    if (is_under(domain, each)) longest = std::max(longest, each.size());
  return longest;
}

void check_email(const EmailSettings& email, Faults& faults) {
  if (are_none(email.domains)) {
    if (!email.server.empty())
      faults.push_back({"smtp.server", "is there, and no agency has `email_domains`"});
    return;
  }
  if (!is_smtp_server(email.server))
    faults.push_back(
        {"smtp.server", "must be \"smtps://HOST:PORT\" or, with STARTTLS, \"smtp://HOST:PORT\""});
  check_authority("smtp.authority", email.authority, faults);
  check_login(email, faults);
  if (!is_email(email.from)) faults.push_back({"smtp.from", "must be an e-mail address"});
  check_lists("email_domains", email.domains, is_domain, "a domain: \"police.example\"", faults);
}

void check_webhooks(const WebhookSettings& webhooks, Faults& faults) {
  if (are_none(webhooks.hosts)) return;
  check_authority("webhook.authority", webhooks.authority, faults);
  check_lists(
      "webhook_hosts", webhooks.hosts,
      [](const std::string& host) { return called_at(host).has_value(); },
      "a host, with a port where it is not 443: \"police.example:8443\"", faults);
}

// They are the program's own, and no settings: named as they are in SendingLimits.
void check_limits(const SendingLimits& limits, Faults& faults) {
  const auto positive = [&](const char* field, bool is_positive) {
    if (!is_positive) faults.push_back({field, "must be greater than 0"});
  };
  positive("at_once_max", limits.at_once_max > 0);
  positive("to_one_host_max", limits.to_one_host_max > 0);
  positive("connect_max", limits.connect_max.count() > 0);
  positive("whole_max", limits.whole_max.count() > 0);
}

std::string fault_of_email(const v1::Channel& channel, const std::string& agency,
                           const EmailSettings& settings) {
  if (!is_email(channel.address())) return "must be an e-mail address: \"duty@police.example\"";
  const auto domain = domain_of(channel.address());
  const std::size_t own = names(of_agency(settings.domains, agency), domain);
  const bool is_anothers = std::ranges::any_of(
      settings.domains, [&](const auto& each) { return names(each.second, domain) > own; });
  if (own == 0 || is_anothers)
    return "is in no domain that the hub's configuration names for this agency (email_domains)";
  return "";
}

std::string fault_of_webhook(const v1::Channel& channel, const std::string& agency,
                             const WebhookSettings& settings) {
  const auto called = called_by(channel.address());
  if (!called) return "must be a URL: \"https://notices.police.example/mash\"";
  if (std::ranges::none_of(of_agency(settings.hosts, agency),
                           [&](const std::string& each) { return called_at(each) == called; }))
    return "leads to no host that the hub's configuration names for this agency (webhook_hosts)";
  return "";
}

}  // namespace

std::vector<FieldFault> faults_of(const v1::Channel& channel, const std::string& agency,
                                  const EmailSettings& email, const WebhookSettings& webhooks) {
  Faults faults;
  const auto address = [&](std::string fault) {
    if (!fault.empty()) faults.push_back({"address", std::move(fault)});
  };
  switch (channel.kind()) {
    case v1::CHANNEL_KIND_EMAIL:
      address(fault_of_email(channel, agency, email));
      if (!channel.secret().empty()) faults.push_back({"secret", "is for webhooks alone"});
      break;
    case v1::CHANNEL_KIND_WEBHOOK:
      address(fault_of_webhook(channel, agency, webhooks));
      if (!channel.secret().empty() && !webhook_key(channel.secret()))
        faults.push_back({"secret", "must be \"whsec_\" and base64 of 24 to 64 bytes"});
      break;
    default:
      faults.push_back({"kind", "is not known here"});
  }
  return faults;
}

bool may_send(const v1::Channel& channel, const std::string& agency, const EmailSettings& email,
              const WebhookSettings& webhooks) {
  return faults_of(channel, agency, email, webhooks).empty() &&
         (channel.kind() == v1::CHANNEL_KIND_EMAIL || !channel.secret().empty());
}

std::vector<FieldFault> faults_of(const EmailSettings& email, const WebhookSettings& webhooks) {
  Faults faults;
  check_email(email, faults);
  check_webhooks(webhooks, faults);
  return faults;
}

Result<void> check_settings(const EmailSettings& email, const WebhookSettings& webhooks,
                            const SendingLimits& limits) {
  Faults faults = faults_of(email, webhooks);
  check_limits(limits, faults);
  if (faults.empty()) return {};
  std::string message = "Notices cannot be sent with these settings:";
  for (const FieldFault& fault : faults)
    message += (&fault == &faults.front() ? " " : "; ") + fault.field + " " + fault.description;
  return tl::unexpected(Error{.code = Code::kFailedPrecondition,
                              .reason = "CHANNELS_UNUSABLE",
                              .message = message + ".",
                              .faults = std::move(faults)});
}

std::string password_of(const EmailSettings& email) {
  if (are_none(email.domains) || email.password_file.empty()) return "";
  return read_password(email.password_file).value_or("");
}

}  // namespace mash::notification
