#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace mash::host {

struct TypeRules;

// What is asked of one field.
struct FieldRule {
  enum class Holds { kText, kBytes, kEnum, kTime, kMessage, kOther };

  const google::protobuf::FieldDescriptor* field = nullptr;
  Holds holds = Holds::kOther;
  bool repeated = false;
  bool required = false;  // marked REQUIRED, and not a bool of which false says as much as nothing
  bool request_id = false;           // must be a UUID
  const TypeRules* inner = nullptr;  // of a message
};

// What is asked of one message type; a field of which nothing is asked is not among them.
struct TypeRules {
  std::vector<FieldRule> fields;
};

// What validate() asks of requests of one type, worked out once: options are slow to read. It
// refers to the schema, which outlives it. Immutable; threads share one.
class RequestRules {
 public:
  explicit RequestRules(const google::protobuf::Descriptor& request);

  const TypeRules& request() const { return *request_; }

 private:
  const TypeRules& made(const google::protobuf::Descriptor& type);
  FieldRule rule_of(const google::protobuf::FieldDescriptor& field);

  std::unordered_map<const google::protobuf::Descriptor*, std::unique_ptr<TypeRules>> types_;
  const TypeRules* request_;
};

}  // namespace mash::host
