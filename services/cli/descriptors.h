#pragma once
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>

#include <memory>
#include <string>
#include <vector>

#include "cli/client.h"

namespace mash::cli {

// What a server serves, as it says itself (server reflection), and otherwise as this program was
// built. So `mash call` reaches RPCs that are newer than it. One thread at a time; `client`
// outlives it.
class Descriptors {
 public:
  explicit Descriptors(const Client& client);
  ~Descriptors();

  // Full names of all services but those of gRPC itself, in order.
  Outcome<std::vector<std::string>> services();

  // A service by its full name, or by as much of its end as makes it plain: "LogService".
  Outcome<const google::protobuf::ServiceDescriptor*> service(const std::string& name);

  // "LogService/ReadLog"; a dot will do for the slash.
  Outcome<const google::protobuf::MethodDescriptor*> method(const std::string& name);

  // An empty message of a type of these descriptors.
  std::unique_ptr<google::protobuf::Message> make(const google::protobuf::Descriptor* type);

 private:
  class Reflected;
  const bool apart_;  // the services have an address each

  std::unique_ptr<Reflected> reflected_;
  google::protobuf::DescriptorPoolDatabase built_in_;
  google::protobuf::MergedDescriptorDatabase merged_;
  google::protobuf::DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

}  // namespace mash::cli
