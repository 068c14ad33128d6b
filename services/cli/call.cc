#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <istream>
#include <ostream>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/descriptors.h"
#include "cli/files.h"
#include "cli/json_input.h"
#include "cli/print.h"

// mash call: any RPC of the hub, by what the hub says of itself.
namespace mash::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

struct CallOptions {
  std::string method;
  std::string request;
  bool describe = false;
};

Outcome<void> list_services(Descriptors& descriptors, Session& session) {
  const auto services = descriptors.services();
  if (!services) return tl::unexpected(services.error());
  Table table({"SERVICE", "METHODS"});
  for (const std::string& name : *services) {
    const auto service = descriptors.service(name);
    const int methods = service ? (*service)->method_count() : 0;
    table.add({name, std::to_string(methods)});
  }
  table.print(session.out);
  return {};
}

Outcome<void> list_methods(Descriptors& descriptors, const std::string& name, Session& session) {
  const auto service = descriptors.service(name);
  if (!service) return tl::unexpected(service.error());
  Table table({"METHOD", "TAKES", "GIVES"});
  for (int i = 0; i < (*service)->method_count(); ++i) {
    const MethodDescriptor* method = (*service)->method(i);
    const auto shape = [](bool stream, const google::protobuf::Descriptor* type) {
      return (stream ? "stream of " : "") + type->name();
    };
    table.add({(*service)->name() + "/" + method->name(),
               shape(method->client_streaming(), method->input_type()),
               shape(method->server_streaming(), method->output_type())});
  }
  table.print(session.out);
  return {};
}

std::string type_of(const FieldDescriptor& field) {
  std::string type = field.type_name();
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) type = field.message_type()->name();
  if (field.type() == FieldDescriptor::TYPE_ENUM) {
    type.clear();
    for (int i = 0; i < field.enum_type()->value_count(); ++i)
      type += (i > 0 ? " | " : "") + field.enum_type()->value(i)->name();
  }
  return field.is_repeated() ? "list of " + type : type;
}

// The fields a request may have, with those inside them.
void describe_fields(const google::protobuf::Descriptor& type, const std::string& indent,
                     std::vector<const google::protobuf::Descriptor*>& above, Table& table) {
  above.push_back(&type);
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    table.add({indent + field.name(), type_of(field)});
    const auto* inner = field.message_type();
    const bool opens = inner != nullptr && inner->file()->package() != "google.protobuf" &&
                       std::find(above.begin(), above.end(), inner) == above.end();
    if (opens) describe_fields(*inner, indent + "  ", above, table);
  }
  above.pop_back();
}

// All requests of a call as JSON texts: one argument, or standard input.
class RequestReader {
 public:
  RequestReader(const CallOptions& options, bool many, std::istream& in)
      : options_(options), many_(many), in_(in) {}

  // The next one and what to call it in messages; nothing at the end.
  Outcome<std::optional<std::pair<std::string, std::string>>> next() {
    if (options_.request != "-") return from_argument();
    return many_ ? from_lines() : from_whole_input();
  }

 private:
  using Next = std::optional<std::pair<std::string, std::string>>;

  Outcome<Next> from_argument() {
    if (count_ == 0) {
      const std::string json = options_.request.empty() ? "{}" : options_.request;
      elements_ = {json};
      if (many_) {
        auto elements = json_elements(json, "the request");
        if (!elements) return tl::unexpected(std::move(elements.error()));
        elements_ = std::move(*elements);
      }
    }
    if (count_ == elements_.size()) return std::nullopt;
    const std::string origin = many_ ? "request " + std::to_string(count_) : "the request";
    return std::pair{elements_[count_++], origin};
  }

  Outcome<Next> from_whole_input() {
    if (count_++ > 0) return std::nullopt;
    std::string all(std::istreambuf_iterator<char>(in_), {});
    return std::pair{std::move(all), std::string("standard input")};
  }

  Outcome<Next> from_lines() {
    std::string line;
    while (std::getline(in_, line)) {
      ++count_;
      if (line.find_first_not_of(" \t\r") != std::string::npos)
        return std::pair{std::move(line), "line " + std::to_string(count_)};
    }
    return std::nullopt;
  }

  const CallOptions& options_;
  const bool many_;
  std::istream& in_;
  size_t count_ = 0;
  std::vector<std::string> elements_;
};

Outcome<void> make_call(const Client& client, Descriptors& descriptors,
                        const MethodDescriptor& method, const CallOptions& options,
                        Session& session) {
  RequestReader reader(options, method.client_streaming(), session.in);
  const auto read = [&]() -> Outcome<std::optional<std::string>> {
    auto json = reader.next();
    if (!json) return tl::unexpected(std::move(json.error()));
    if (!*json) return std::nullopt;
    const std::unique_ptr<Message> request = descriptors.make(method.input_type());
    if (auto good = from_json((*json)->first, (*json)->second, *request); !good)
      return tl::unexpected(std::move(good.error()));
    return request->SerializeAsString();
  };
  // The first request is read before the call: a typing error is found even with the hub down.
  auto first = read();
  if (!first) return tl::unexpected(std::move(first.error()));
  bool first_sent = false;
  const Client::Requests requests = [&]() -> Outcome<std::optional<std::string>> {
    if (!std::exchange(first_sent, true)) return std::move(*first);
    return read();
  };
  const Client::Replies replies = [&](const std::string& bytes) -> Outcome<bool> {
    const std::unique_ptr<Message> reply = descriptors.make(method.output_type());
    if (!reply->ParseFromString(bytes))
      return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                  "A reply is not a " + method.output_type()->full_name() + ".");
    session.out << to_json(*reply, !session.settings.json);
    if (session.settings.json) session.out << '\n';
    session.out.flush();
    return true;
  };
  const std::string name = method.service()->full_name() + "/" + method.name();
  return client.call(name, requests, replies, !method.server_streaming());
}

Outcome<void> call(const CallOptions& options, Session& session) {
  const auto client = connect(session, {});
  if (!client) return tl::unexpected(client.error());
  Descriptors descriptors(*client);
  if (options.method.empty()) return list_services(descriptors, session);
  const bool only_service =
      options.method.find('/') == std::string::npos && options.request.empty() && !options.describe;
  if (only_service) {
    const auto method = options.method.find('.') == std::string::npos
                            ? Outcome<const MethodDescriptor*>(tl::unexpected(Failure{}))
                            : descriptors.method(options.method);
    if (!method) return list_methods(descriptors, options.method, session);
  }
  const auto method = descriptors.method(options.method);
  if (!method) return tl::unexpected(method.error());
  if (options.describe) {
    Table table({"FIELD", "TYPE"});
    std::vector<const google::protobuf::Descriptor*> above;
    describe_fields(*(*method)->input_type(), "", above, table);
    table.print(session.out);
    return {};
  }
  return make_call(*client, descriptors, **method, options, session);
}

}  // namespace

void add_call(CLI::App& app, Session& session) {
  auto options = std::make_shared<CallOptions>();
  CLI::App* command = add_command(
      app, "call", "Calls any RPC of the hub, or lists what there is.",
      "  mash call --as police                                    which services there are\n"
      "  mash call LogService --as auditor                        its methods\n"
      "  mash call ReferralService/RateReferral --describe        the fields of its request\n"
      "  mash call ReferralService/GetReferral '{\"referral_id\": \"0192...\"}' --as social-care\n"
      "  mash call PersonService/RegisterPerson - --as police < person.json\n"
      "  mash call LogService/ReadLog '{\"from\": 10}' --as auditor --json | jq .\n");
  command->add_option("method", options->method, "SERVICE/METHOD, or SERVICE to list its methods");
  command->add_option("json", options->request,
                      "the request as JSON; '-' reads it from standard input, one a line for a "
                      "client stream; a list makes several of a client stream");
  command->add_flag("--describe", options->describe, "show the request's fields instead");
  command->callback([options, &session] {
    session.run = [options, &session] { return call(*options, session); };
  });
}

}  // namespace mash::cli
