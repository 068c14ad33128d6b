#pragma once
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/commands.h"

namespace google::protobuf {
class Message;
}

namespace mash::cli {

// One option of a command, and the field of its request that it fills.
struct FormOption {
  std::string name;   // "--level"; a name without dashes is given by its place: "id"
  std::string field;  // its path in the request: "decision.level_of_need"
  std::string about;
  bool required = false;
  // For what is no field by itself, such as an item of a list that has parts: `field` is empty, and
  // this puts what was given into the request. Called in the order of the options.
  std::function<Outcome<void>(google::protobuf::Message& request,
                              const std::vector<std::string>& given)>
      fill{};
};

// A command that is one call to the hub: its options fill the request, what it shows is the reply.
// The schema says how an option reads: a word of an enum ("section-17"), a time as London's clocks
// show it, a date of which parts may be missing ("2019-05"), a practitioner ("police/pc-4821"), a
// flag, a number, a text, where '-' is standard input; any other message is read as JSON from a
// file, and what later options say of it is said besides. A list takes the option several times.
//
// A command that changes something also takes --request-id, --expected-version and --proof, and
// shows its receipt first.
struct Form {
  std::string name;
  std::string about;
  std::string examples;
  std::string method;  // "ReferralService/AssignReferral"
  UsualCaller usual;
  std::vector<FormOption> options;
  // What the options leave unsaid; may refuse. Called with the request filled, before it is sent.
  std::function<Outcome<void>(google::protobuf::Message& request)> finish{};
  // How people read the reply, where its fields one by one are not enough.
  std::function<void(const google::protobuf::Message& reply, std::ostream& out)> show{};
};

// Adds the command. Stops the process when a method or field is not in the schema.
void add_form(CLI::App& parent, Session& session, Form form);

}  // namespace mash::cli
