#include "host/access.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "mash/log/v1/log_service.pb.h"
#include "mash/notification/v1/notification_service.pb.h"
#include "mash/referral/v1/person_service.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"
#include "mash/vault/v1/vault_service.pb.h"

namespace mash::host {
namespace {

using ::testing::ElementsAre;
using Services = std::vector<const google::protobuf::ServiceDescriptor*>;

// A service built at run time: nobody can have written a rule for it.
const google::protobuf::FileDescriptor* unruled(google::protobuf::DescriptorPool& pool) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("unruled.proto");
  file.set_package("mash.unruled.v1");
  file.add_message_type()->set_name("Ask");
  auto& service = *file.add_service();
  service.set_name("UnruledService");
  auto& method = *service.add_method();
  method.set_name("DoAnything");
  method.set_input_type(".mash.unruled.v1.Ask");
  method.set_output_type(".mash.unruled.v1.Ask");
  return pool.BuildFile(file);
}

// "mash.log.v1.LogService", as the sources of the protos have it.
std::set<std::string> services_in_protos() {
  std::set<std::string> services;
  const std::filesystem::path folder = std::filesystem::path(MASH_SOURCE_DIR) / "proto/mash";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".proto") continue;
    std::ifstream file(entry.path());
    std::string package;
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string keyword;
      std::string name;
      words >> keyword >> name;
      if (keyword == "package") package = name.substr(0, name.size() - 1);
      if (keyword == "service") services.insert(package + "." + name);
    }
  }
  return services;
}

TEST(Access, KnowsAMethodByItsRequest) {
  const auto access = Access::of(std::vector<std::string>{"mash.vault.v1.VaultService"});
  ASSERT_TRUE(access) << access.error().message;
  const Method& method = access->method_of(*vault::v1::DestroyKeyRequest::descriptor());
  EXPECT_EQ(method.name, "mash.vault.v1.VaultService/DestroyKey");
  EXPECT_TRUE(method.roles.contains(Role::kRecordsManager));
  EXPECT_FALSE(method.roles.contains(Role::kOperator));
}

TEST(Access, LetsOnlyTheListedRolesCall) {
  const auto access = Access::of(std::vector<std::string>{"mash.vault.v1.VaultService"});
  ASSERT_TRUE(access);
  const Method& destroy = access->method_of(*vault::v1::DestroyKeyRequest::descriptor());
  EXPECT_TRUE(Access::authorise(destroy, {"operator", "ops-01", "op-1", "records-manager"}));
  for (const std::string role : {"operator", "auditor", "practitioner", "", "root"}) {
    const auto refused = Access::authorise(destroy, {"operator", "ops-01", "op-1", role});
    ASSERT_FALSE(refused) << role;
    EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
    EXPECT_EQ(refused.error().reason, "ROLE_MAY_NOT_CALL");
  }
}

TEST(Access, RefusesToStartWithAMethodNobodyRuledOn) {
  google::protobuf::DescriptorPool pool;
  const auto* file = unruled(pool);
  ASSERT_NE(file, nullptr);
  const Services services = {file->service(0)};
  const auto access = Access::of(services);
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().reason, "ACCESS_TABLE_INCOMPLETE");
  EXPECT_THAT(access.error().faults,
              ElementsAre(FieldFault{"mash.unruled.v1.UnruledService/DoAnything",
                                     "has no rule in the table of libs/host/access.cc"}));
}

TEST(Access, RefusesToServeAServiceTwice) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "mash.vault.v1.VaultService");
  const auto access = Access::of(Services{service, service});
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().faults.size(), static_cast<std::size_t>(service->method_count()));
}

TEST(Access, HasARuleForEveryMethodOfEveryServiceOfTheProject) {
  // Naming a request of each links its file in; the programs check theirs again when they start.
  std::set<std::string> services;
  for (const google::protobuf::Descriptor* request :
       {log::v1::ReadLogRequest::descriptor(), notification::v1::SubscribeRequest::descriptor(),
        referral::v1::GetPersonRequest::descriptor(),
        referral::v1::GetReferralRequest::descriptor(),
        sharing::v1::GetRequestRequest::descriptor(),
        strategy::v1::GetDiscussionRequest::descriptor(),
        vault::v1::DestroyKeyRequest::descriptor()})
    for (int i = 0; i < request->file()->service_count(); ++i)
      services.insert(request->file()->service(i)->full_name());
  EXPECT_EQ(services, services_in_protos()) << "one is not looked at";
  for (const std::string& name : services) {
    const auto access = Access::of(std::vector<std::string>{name});
    EXPECT_TRUE(access) << name << ": " << access.error().message;
  }
}

}  // namespace
}  // namespace mash::host
