#include "host/access.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "mash/log/v1/log_service.pb.h"
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
  // Every service whose stubs are linked in; the programs check theirs again when they start.
  log::v1::ReadLogRequest::descriptor();
  for (const std::string name : {"mash.log.v1.LogService", "mash.vault.v1.VaultService"})
    EXPECT_TRUE(Access::of(std::vector<std::string>{name})) << name;
}

}  // namespace
}  // namespace mash::host
