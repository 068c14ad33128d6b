#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/given_when_then.h"
#include "log/event_log.h"
#include "merkle/signing_key.h"
#include "vault/key_ring.h"
#include "vault/testing/temp_vault.h"

namespace mash::log::testing {

// The log of a service in a temporary folder, with a vault, a signing key and a clock of its own,
// for fixtures to build on.
class LogOfService {
 protected:
  LogOfService(const std::string& service, Time now, std::vector<std::unique_ptr<View>> views)
      : signer_(merkle::SigningKey::generate("mash/E10000013/" + service).value()) {
    vault_.clock.set(now);
    LogOptions options;
    options.directory = vault_.folder() / service;
    options.area = "E10000013";
    options.service = service;
    options.clock = &vault_.clock;
    options.keys = &ring_;
    options.signer = &signer_;
    options.views = std::move(views);
    options.memtable_bytes = 4 << 20;
    options.block_cache_bytes = 8 << 20;
    auto opened = EventLog::open(std::move(options));
    EXPECT_TRUE(opened.has_value()) << mash::testing::brief(opened.error());
    log_ = std::move(*opened);
  }
  ~LogOfService() = default;

  vault::testing::TempVault vault_;
  vault::KeyRing ring_{*vault_};
  merkle::SigningKey signer_;
  std::unique_ptr<EventLog> log_;
};

}  // namespace mash::log::testing
