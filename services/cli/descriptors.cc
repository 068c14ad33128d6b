#include "cli/descriptors.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "cli/near_miss.h"
#include "mash/cli/v1/reflection.pb.h"
#include "mash/log/v1/log_service.pb.h"
#include "mash/notification/v1/notification_service.pb.h"
#include "mash/referral/v1/person_service.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"
#include "mash/vault/v1/vault_service.pb.h"

namespace mash::cli {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr const char* kReflection = "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

// The services this program was built with; naming one keeps its file in the program.
std::vector<std::string> built_in_services() {
  std::vector<std::string> out;
  for (const auto* file : {log::v1::ReadLogRequest::descriptor()->file(),
                           referral::v1::SubmitContactRequest::descriptor()->file(),
                           referral::v1::GetPersonRequest::descriptor()->file(),
                           sharing::v1::ReadItemRequest::descriptor()->file(),
                           strategy::v1::ConveneDiscussionRequest::descriptor()->file(),
                           notification::v1::SubscribeRequest::descriptor()->file(),
                           vault::v1::DestroyKeyRequest::descriptor()->file()})
    for (int i = 0; i < file->service_count(); ++i) out.push_back(file->service(i)->full_name());
  return out;
}

bool ends_with_name(const std::string& full, const std::string& name) {
  return full == name || full.ends_with("." + name);
}

std::string last_name(const std::string& full) {
  const size_t dot = full.rfind('.');
  return dot == std::string::npos ? full : full.substr(dot + 1);
}

}  // namespace

// Asks the server for each file it does not know yet. A server that does not answer is asked once.
class Descriptors::Reflected final : public google::protobuf::DescriptorDatabase {
 public:
  explicit Reflected(const Client& client) : client_(client) {}

  bool FindFileByName(const std::string& name, FileDescriptorProto* output) override {
    if (files_.FindFileByName(name, output)) return true;
    v1::ReflectionRequest request;
    request.set_file_by_filename(name);
    return fetch(request) && files_.FindFileByName(name, output);
  }

  bool FindFileContainingSymbol(const std::string& name, FileDescriptorProto* output) override {
    if (files_.FindFileContainingSymbol(name, output)) return true;
    v1::ReflectionRequest request;
    request.set_file_containing_symbol(name);
    return fetch(request) && files_.FindFileContainingSymbol(name, output);
  }

  bool FindFileContainingExtension(const std::string& type, int number,
                                   FileDescriptorProto* output) override {
    return files_.FindFileContainingExtension(type, number, output);
  }

  Outcome<v1::ReflectionResponse> ask(const v1::ReflectionRequest& request) {
    if (dead_) return tl::unexpected(*dead_);
    v1::ReflectionResponse response;
    const auto answered = client_.unary(kReflection, request, response);
    if (answered) return response;
    dead_ = answered.error();
    return tl::unexpected(*dead_);
  }

 private:
  bool fetch(const v1::ReflectionRequest& request) {
    const auto response = ask(request);
    if (!response) return false;
    for (const std::string& bytes : response->file_descriptor_response().file_descriptor_proto()) {
      FileDescriptorProto file;
      if (!file.ParseFromString(bytes)) return false;
      if (known_.insert(file.name()).second && !files_.Add(file)) return false;
    }
    return true;
  }

  const Client& client_;
  google::protobuf::SimpleDescriptorDatabase files_;
  std::set<std::string> known_;
  std::optional<Failure> dead_;
};

Descriptors::Descriptors(const Client& client)
    : apart_(client.settings().address.find('=') != std::string::npos),
      reflected_(std::make_unique<Reflected>(client)),
      built_in_(*google::protobuf::DescriptorPool::generated_pool()),
      merged_(reflected_.get(), &built_in_),
      pool_(&merged_),
      factory_(&pool_) {}

Descriptors::~Descriptors() = default;

Outcome<std::vector<std::string>> Descriptors::services() {
  v1::ReflectionRequest request;
  request.set_list_services("*");
  const auto response = reflected_->ask(request);
  std::vector<std::string> out;
  if (response) {
    for (const auto& service : response->list_services_response().service())
      if (!service.name().starts_with("grpc.")) out.push_back(service.name());
  } else if (response.error().error.code != Code::kUnimplemented && !apart_) {
    return tl::unexpected(response.error());
  }
  // Of services apart one is asked, which knows only its own, and may be the one that is away.
  if (!response || apart_) {
    const auto built_in = built_in_services();
    out.insert(out.end(), built_in.begin(), built_in.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Outcome<const ServiceDescriptor*> Descriptors::service(const std::string& name) {
  const auto known = services();
  if (!known) return tl::unexpected(known.error());
  std::vector<std::string> fits;
  for (const std::string& full : *known)
    if (ends_with_name(full, name)) fits.push_back(full);
  if (fits.empty()) {
    std::vector<std::string> names = *known;
    if (name.find('.') == std::string::npos)
      for (std::string& full : names) full = last_name(full);
    const std::string meant = did_you_mean(name, names);
    return wrong_usage("The hub has no service '" + name + "'.",
                       meant.empty() ? "'mash call' alone lists its services." : meant);
  }
  if (fits.size() > 1)
    return wrong_usage("'" + name + "' may be " + fits[0] + " or " + fits[1] + ".",
                       "Write the service's full name.");
  const ServiceDescriptor* service = pool_.FindServiceByName(fits[0]);
  if (service == nullptr)
    return fail(Exit::kRefused, Code::kUnimplemented, "SERVICE_UNDESCRIBED",
                "The hub serves " + fits[0] + " but does not describe it.");
  return service;
}

Outcome<const MethodDescriptor*> Descriptors::method(const std::string& name) {
  size_t cut = name.find('/');
  if (cut == std::string::npos) cut = name.rfind('.');
  if (cut == std::string::npos || cut == 0 || cut + 1 == name.size())
    return wrong_usage("'" + name + "' does not name an RPC.",
                       "Write it as SERVICE/METHOD: 'ReferralService/GetReferral'.");
  const auto found = service(name.substr(0, cut));
  if (!found) return tl::unexpected(found.error());
  const std::string wanted = name.substr(cut + 1);
  if (const MethodDescriptor* method = (*found)->FindMethodByName(wanted)) return method;
  std::vector<std::string> names;
  names.reserve(static_cast<size_t>((*found)->method_count()));
  for (int i = 0; i < (*found)->method_count(); ++i) names.push_back((*found)->method(i)->name());
  const std::string meant = did_you_mean(wanted, names);
  return wrong_usage(
      (*found)->full_name() + " has no method '" + wanted + "'.",
      meant.empty() ? "'mash call " + (*found)->name() + "' lists its methods." : meant);
}

std::unique_ptr<google::protobuf::Message> Descriptors::make(
    const google::protobuf::Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(factory_.GetPrototype(type)->New());
}

}  // namespace mash::cli
