#pragma once
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "log/event_log.h"
#include "merkle/signing_key.h"
#include "node/erasing.h"
#include "node/remote_keys.h"
#include "vault/key_ring.h"

namespace mash::testing {

// A service with a log whose keys are another process's: what a program apart from the vault does
// with keys, without the service itself. It reads the vault's log from its owner.
class VaultHolder {
 public:
  VaultHolder(std::string name, std::filesystem::path folder, const Clock& clock,
              node::RemoteKeys::Now now);
  ~VaultHolder() { stop(); }

  void start(const std::shared_ptr<grpc::Channel>& vault);
  void stop();

  node::RemoteKeys& keys() { return *keys_; }
  vault::KeyRing& ring() { return *ring_; }
  log::EventLog& log() { return *log_; }

  // Waits until it has done what all records of the vault's log below that ask for, and said so.
  bool has_followed(uint64_t size) const;

  // Registers a person under a new key, or says more of one; returns the id or why not.
  Result<std::string> add(const std::string& family_name, std::string key_id = {});
  // The name last said of the person; "erased"; or why it cannot be read.
  std::string name_of(const std::string& key_id);

 private:
  const std::string name_;
  const std::filesystem::path folder_;
  const Clock& clock_;
  const node::RemoteKeys::Now now_;
  merkle::SigningKey signer_;
  std::unique_ptr<node::RemoteKeys> keys_;
  std::unique_ptr<vault::KeyRing> ring_;
  std::unique_ptr<log::EventLog> log_;
  std::unique_ptr<node::Erasing> erasing_;
};

}  // namespace mash::testing
