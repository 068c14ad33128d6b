#include "cli/addresses.h"

#include <gtest/gtest.h>

#include "mash/log/v1/log_service.pb.h"

namespace mash::cli {
namespace {

constexpr char kReadItem[] = "mash.sharing.v1.SharingService/ReadItem";
constexpr char kReadLog[] = "mash.log.v1.LogService/ReadLog";

TEST(Addresses, OfAHubIsOneForAll) {
  const auto addresses = Addresses::parse("127.0.0.1:7443");
  ASSERT_TRUE(addresses.has_value());
  EXPECT_EQ(addresses->of(kReadItem, ""), (Place{.address = "127.0.0.1:7443"}));
  EXPECT_EQ(addresses->of(kReadLog, "strategy").address, "127.0.0.1:7443");
}

TEST(Addresses, OfServicesApartAreFoundByTheServiceAndTheLog) {
  const auto addresses = Addresses::parse("referral=a:1,sharing=b:2,vault=c:3");
  ASSERT_TRUE(addresses.has_value());
  EXPECT_EQ(addresses->of(kReadItem, ""), (Place{.service = "sharing", .address = "b:2"}));
  EXPECT_EQ(addresses->of("mash.vault.v1.VaultService/DestroyKey", "").address, "c:3");
  EXPECT_EQ(addresses->of(kReadLog, "sharing").address, "b:2");
  EXPECT_EQ(addresses->of(kReadLog, "").address, "a:1") << "the first";
  EXPECT_EQ(
      addresses->of("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "").address,
      "a:1");
}

TEST(Addresses, ThatAreNoneAreRefused) {
  for (const char* text : {"", "referral=", "=a:1", "referral=a:1,b:2", "a:1,b:2,sharing=c:3"})
    EXPECT_FALSE(Addresses::parse(text).has_value()) << text;
}

TEST(Addresses, ALogIsNamedByEveryRequestOfLogServiceAlike) {
  log::v1::ReadLogRequest read;
  read.set_log("sharing");
  read.set_from(7);
  EXPECT_EQ(log_named_by(kReadLog, read.SerializeAsString()), "sharing");
  log::v1::VerifyLogRequest verify;
  verify.set_log("vault");
  EXPECT_EQ(log_named_by("mash.log.v1.LogService/VerifyLog", verify.SerializeAsString()), "vault");
  EXPECT_EQ(log_named_by(kReadItem, read.SerializeAsString()), "");
}

}  // namespace
}  // namespace mash::cli
