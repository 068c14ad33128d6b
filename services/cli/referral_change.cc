#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/referral_commands.h"
#include "cli/referral_shown.h"
#include "cli/story.h"

namespace mash::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const FieldDescriptor* field_of(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

// What a reply says besides its receipt: the id of a decision, what is due.
void print_rest(const Message& reply, std::ostream& out) {
  const std::unique_ptr<Message> rest(reply.New());
  rest->CopyFrom(reply);
  rest->GetReflection()->ClearField(rest.get(), field_of(*rest, "receipt"));
  print_fields(*rest, "  ", out);
}

}  // namespace

void add_change_options(CLI::App* command, ChangeOptions& options) {
  command->add_option("id", options.referral_id, "the contact's or referral's id")->required();
  command->add_option("--request-id", options.request_id,
                      "of a request that was sent before: a UUID");
  command->add_option("--expected-version", options.expected_version,
                      "refuse if the referral is at another version by now");
  command->add_flag("--proof", options.want_proof, "ask for a proof with the receipt");
}

Outcome<void> send_change(const ChangeOptions& options, const UsualCaller& usual,
                          const std::string& method, Message& request, Message& reply,
                          Session& session) {
  const auto request_id = request_id_or_new(options.request_id);
  if (!request_id) return tl::unexpected(request_id.error());
  const auto& reflection = *request.GetReflection();
  reflection.SetString(&request, field_of(request, "referral_id"), options.referral_id);
  reflection.SetString(&request, field_of(request, "request_id"), *request_id);
  reflection.SetBool(&request, field_of(request, "want_proof"), options.want_proof);
  if (options.expected_version)
    reflection.SetUInt64(&request, field_of(request, "expected_version"),
                         *options.expected_version);
  const auto client = connect(session, usual);
  if (!client) return tl::unexpected(client.error());
  auto sent = client->unary("mash.referral.v1.ReferralService/" + method, request, reply);
  if (!sent) {
    if (sent.error().error.code == Code::kDeadlineExceeded)
      sent.error().advice += " The request id was " + *request_id + ".";
    return sent;
  }
  if (session.settings.json) {
    session.out << to_json(reply, false) << '\n';
    return {};
  }
  const auto& receipt = static_cast<const common::v1::Receipt&>(
      reply.GetReflection()->GetMessage(reply, field_of(reply, "receipt")));
  print_receipt(receipt, session.out);
  print_rest(reply, session.out);
  if (!receipt.tlog_proof().empty()) session.out << '\n' << receipt.tlog_proof();
  return {};
}

}  // namespace mash::cli
