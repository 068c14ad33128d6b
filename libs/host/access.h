#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/roles.h"

namespace google::protobuf {
class Descriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace mash::host {

class RequestRules;

// An RPC this server answers.
struct Method {
  std::string name;                           // "mash.referral.v1.ReferralService/SubmitContact"
  Roles roles;                                // who may call it
  std::size_t index = 0;                      // dense, from 0: for tables of counters
  std::shared_ptr<const RequestRules> rules;  // what is asked of its requests
};

// Who may call what: the part of the one table in access.cc that a server's services need. A caller
// whose role is not listed there is refused before anything else of its call is looked at.
// Immutable; threads share one. What depends on the case is the domain's to decide, not this one's.
class Access {
 public:
  // Refuses, with kInternal and reason ACCESS_TABLE_INCOMPLETE and one fault for each, a method
  // that is not in the table, and two methods with one request type (a method is known by its
  // request).
  static Result<Access> of(std::span<const google::protobuf::ServiceDescriptor* const> services);

  // The same for services by their full names, as generated code knows them.
  static Result<Access> of(std::span<const std::string> services);

  // The method that takes this request. Stops the process when no registered service has one: only
  // a service that was left out of of() can ask.
  const Method& method_of(const google::protobuf::Descriptor& request) const;

  // Null when this server has no such method: "mash.log.v1.LogService/ReadLog".
  const Method* method_named(std::string_view name) const;

  const std::vector<Method>& methods() const { return methods_; }

  // PERMISSION_DENIED, reason ROLE_MAY_NOT_CALL, when the actor's role is not among the method's.
  static Result<void> authorise(const Method& method, const Actor& actor);

 private:
  std::vector<Method> methods_;
  std::unordered_map<const google::protobuf::Descriptor*, std::size_t> by_request_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

}  // namespace mash::host
