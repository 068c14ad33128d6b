#include "cli/form.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <ostream>

#include "cli/form_field.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/referral_shown.h"
#include "cli/story.h"
#include "core/check.h"
#include "mash/common/v1/receipt.pb.h"

namespace mash::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr std::array kPackages = {"mash.notification.v1.", "mash.referral.v1.", "mash.sharing.v1.",
                                  "mash.strategy.v1."};

// A form while its command line is read.
struct Filling {
  Form form;
  const MethodDescriptor* method = nullptr;
  std::map<size_t, std::vector<std::string>> given;  // by the option's place in the form
  std::string request_id;
  std::optional<uint64_t> expected_version;
  bool want_proof = false;
};

const MethodDescriptor& method_of(const Form& form) {
  const MethodDescriptor* method = nullptr;
  for (const char* package : kPackages) {
    std::string name = package + form.method;
    name.replace(name.find('/'), 1, ".");
    if (method == nullptr)
      method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
  }
  MASH_CHECK(method != nullptr);
  return *method;
}

// As calls name it: "mash.referral.v1.ReferralService/AssignReferral".
std::string call_name(const MethodDescriptor& method) {
  return method.service()->full_name() + "/" + method.name();
}

std::unique_ptr<Message> new_message(const google::protobuf::Descriptor& type) {
  const auto* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
  return std::unique_ptr<Message>(prototype->New());
}

const FieldDescriptor* field_named(const Message& message, const std::string& name) {
  return message.GetDescriptor()->FindFieldByName(name);
}

bool takes(const MethodDescriptor& method, const char* field) {
  return method.input_type()->FindFieldByName(field) != nullptr;
}

// What every command that changes something says besides.
void fill_usual(const Filling& filling, const std::string& request_id, Message& request) {
  const auto& reflection = *request.GetReflection();
  if (const auto* field = field_named(request, "request_id"))
    reflection.SetString(&request, field, request_id);
  if (const auto* field = field_named(request, "want_proof"))
    reflection.SetBool(&request, field, filling.want_proof);
  if (filling.expected_version)
    reflection.SetUInt64(&request, field_named(request, "expected_version"),
                         *filling.expected_version);
}

Outcome<std::unique_ptr<Message>> request_of(const Filling& filling, const std::string& request_id,
                                             Session& session) {
  auto request = new_message(*filling.method->input_type());
  for (const auto& [place, given] : filling.given) {
    if (given.empty()) continue;  // not to make a message that says nothing
    const FormOption& option = filling.form.options[place];
    const auto filled = option.fill
                            ? option.fill(*request, given)
                            : fill_field(*request, option.field, given, option.name, session.in);
    if (!filled) return tl::unexpected(filled.error());
  }
  fill_usual(filling, request_id, *request);
  if (filling.form.finish)
    if (auto finished = filling.form.finish(*request); !finished)
      return tl::unexpected(finished.error());
  return request;
}

void show_reply(const Form& form, Message& reply, Session& session) {
  if (session.settings.json) {
    session.out << to_json(reply, false) << '\n';
    return;
  }
  if (form.show) return form.show(reply, session.out);
  const FieldDescriptor* field = field_named(reply, "receipt");
  if (field == nullptr) {
    print_fields(reply, "", session.out);
    return;
  }
  const std::unique_ptr<Message> taken(reply.GetReflection()->ReleaseMessage(&reply, field));
  const auto& receipt = static_cast<const common::v1::Receipt&>(*taken);
  print_receipt(receipt, session.out);
  print_fields(reply, "  ", session.out);
  if (!receipt.tlog_proof().empty()) session.out << '\n' << receipt.tlog_proof();
}

Outcome<void> send(const Filling& filling, Session& session) {
  const auto request_id = request_id_or_new(filling.request_id);
  if (!request_id) return tl::unexpected(request_id.error());
  const auto request = request_of(filling, *request_id, session);
  if (!request) return tl::unexpected(request.error());
  const auto client = connect(session, filling.form.usual);
  if (!client) return tl::unexpected(client.error());
  const auto reply = new_message(*filling.method->output_type());
  auto sent = client->unary(call_name(*filling.method), **request, *reply);
  if (!sent) {
    if (sent.error().error.code == Code::kDeadlineExceeded && takes(*filling.method, "request_id"))
      sent.error().advice += " The request id was " + *request_id + ".";
    return sent;
  }
  show_reply(filling.form, *reply, session);
  return {};
}

void add_option(CLI::App* command, Filling& filling, size_t place) {
  const FormOption& option = filling.form.options[place];
  const FieldDescriptor* field =
      option.fill ? nullptr : &field_at(*filling.method->input_type(), option.field);
  if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    command->add_flag_callback(
        option.name, [&filling, place] { filling.given[place] = {"true"}; }, option.about);
    return;
  }
  std::vector<std::string>& given = filling.given[place];
  CLI::Option* added =
      field == nullptr || field->is_repeated()
          ? command->add_option_function<std::vector<std::string>>(
                option.name, [&given](const std::vector<std::string>& all) { given = all; },
                option.about)
          : command->add_option_function<std::string>(
                option.name, [&given](const std::string& one) { given = {one}; }, option.about);
  if (option.required) added->required();
}

void add_usual_options(CLI::App* command, Filling& filling) {
  if (takes(*filling.method, "request_id"))
    command->add_option("--request-id", filling.request_id,
                        "of a request that was sent before: a UUID");
  if (takes(*filling.method, "expected_version"))
    command->add_option("--expected-version", filling.expected_version,
                        "refuse if it is at another version by now");
  if (takes(*filling.method, "want_proof"))
    command->add_flag("--proof", filling.want_proof, "ask for a proof with the receipt");
}

}  // namespace

void add_form(CLI::App& parent, Session& session, Form form) {
  auto filling = std::make_shared<Filling>();
  filling->form = std::move(form);
  filling->method = &method_of(filling->form);
  CLI::App* command =
      add_command(parent, filling->form.name, filling->form.about, filling->form.examples);
  for (size_t place = 0; place < filling->form.options.size(); ++place)
    add_option(command, *filling, place);
  add_usual_options(command, *filling);
  command->callback([filling, &session] {
    session.run = [filling, &session] { return send(*filling, session); };
  });
}

}  // namespace mash::cli
