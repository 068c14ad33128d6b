#include "host/log_line.h"

#include <gtest/gtest.h>

namespace mash::host {
namespace {

constexpr Time kTime{std::chrono::milliseconds(1'768'471'200'123)};

TEST(LogLine, IsOneJsonObject) {
  EXPECT_EQ(format_line(kTime, LogLevel::kWarning, "call failed",
                        {{LogKey::kMethod, "mash.vault.v1.VaultService/DestroyKey"},
                         {LogKey::kCode, "PERMISSION_DENIED"},
                         {LogKey::kDurationUs, 1234}}),
            R"({"time":"2026-01-15T10:00:00.123Z","level":"warning","message":"call failed",)"
            R"("method":"mash.vault.v1.VaultService/DestroyKey","code":"PERMISSION_DENIED",)"
            R"("duration_us":1234})");
}

TEST(LogLine, LetsNoTextInThatIsNoName) {
  const std::string line = format_line(kTime, LogLevel::kInfo, "call",
                                       {{LogKey::kReason, "Anna Smith, \"born\" 2015\n{}"}});
  EXPECT_EQ(line.find("Anna Smith"), std::string::npos);
  EXPECT_NE(line.find("\"reason\":\"Anna?Smith???born??2015???\""), std::string::npos) << line;
}

TEST(LogLine, StaysOneLineOfBoundedLengthWhateverADiagnosisHolds) {
  const std::string line =
      format_line(kTime, LogLevel::kError, "cannot start",
                  {{LogKey::kDiagnosis, "a \"b\" \\ c\n\x01" + std::string(10'000, 'x')}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_NE(line.find(R"("diagnosis":"a \"b\" \\ c ?xxx)"), std::string::npos);
  EXPECT_LT(line.size(), 2'200u);
}

}  // namespace
}  // namespace mash::host
