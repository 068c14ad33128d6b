#include "cli/contact_stream.h"

#include <grpcpp/support/status.h>

#include <optional>
#include <string>
#include <utility>

#include "google/rpc/status.pb.h"

namespace mash::cli {
namespace {

constexpr const char* kMethod = "mash.referral.v1.ReferralService/SubmitContacts";

Submitted outcome_of(const referral::v1::SubmittedContact& contact) {
  if (contact.has_taken()) return contact.taken();
  const google::rpc::Status& refused = contact.refused();
  return tl::unexpected(from_status({static_cast<grpc::StatusCode>(refused.code()),
                                     refused.message(), refused.SerializeAsString()},
                                    kMethod, {}));
}

}  // namespace

Outcome<std::vector<Submitted>> send_contacts(
    const Client& client, const std::vector<referral::v1::SubmitContactRequest>& contacts) {
  auto next = contacts.begin();
  referral::v1::SubmitContactsResponse answer;
  const auto sent = client.call(
      kMethod,
      [&]() -> Outcome<std::optional<std::string>> {
        if (next == contacts.end()) return std::nullopt;
        referral::v1::SubmitContactsRequest message;
        *message.mutable_contact() = *next++;
        return message.SerializeAsString();
      },
      [&](const std::string& bytes) -> Outcome<bool> {
        if (answer.ParseFromString(bytes)) return true;
        return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                    std::string("The reply of ") + kMethod + " cannot be read.");
      },
      true);
  if (!sent) return tl::unexpected(sent.error());
  if (static_cast<size_t>(answer.contacts_size()) != contacts.size())
    return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                "The hub did not answer each contact of the stream.");
  std::vector<Submitted> outcomes;
  for (const auto& contact : answer.contacts()) outcomes.push_back(outcome_of(contact));
  return outcomes;
}

}  // namespace mash::cli
