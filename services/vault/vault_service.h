#pragma once
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "host/desk.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "vault/eraser.h"
#include "vault/leases.h"

namespace mash::vault {

// The keys, for a records manager, and for the hub's other services where each is a process of its
// own: those named as holders, and nobody else, whatever its role. `desk` is over the vault's own
// log, the one whose orders the eraser follows; all outlive the service. Thread-safe.
class VaultService final : public v1::VaultService::CallbackService {
 public:
  // `holders`: the systems of the hub's own agency, by their certificates, that may hold keys.
  VaultService(host::Desk& desk, Vault& vault, Eraser& eraser, Leases& leases,
               std::set<std::string> holders)
      : desk_(desk),
        vault_(vault),
        eraser_(eraser),
        leases_(leases),
        holders_(std::move(holders)) {}
  ~VaultService() override;
  VaultService(const VaultService&) = delete;
  VaultService& operator=(const VaultService&) = delete;

  grpc::ServerUnaryReactor* DestroyKey(grpc::CallbackServerContext* call,
                                       const v1::DestroyKeyRequest* request,
                                       v1::DestroyKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListDestroyed(grpc::CallbackServerContext* call,
                                          const v1::ListDestroyedRequest* request,
                                          v1::ListDestroyedResponse* response) override;
  grpc::ServerUnaryReactor* LeaseKeys(grpc::CallbackServerContext* call,
                                      const v1::LeaseKeysRequest* request,
                                      v1::LeaseKeysResponse* response) override;
  grpc::ServerUnaryReactor* MintKeys(grpc::CallbackServerContext* call,
                                     const v1::MintKeysRequest* request,
                                     v1::MintKeysResponse* response) override;
  grpc::ServerUnaryReactor* ConfirmDropped(grpc::CallbackServerContext* call,
                                           const v1::ConfirmDroppedRequest* request,
                                           v1::ConfirmDroppedResponse* response) override;

 private:
  Result<void> check_holder(const Context& context) const;
  Result<void> check_destroyed(const v1::ConfirmDroppedRequest& request) const;
  void confirm(const std::string& holder, const v1::ConfirmDroppedRequest& request);
  Result<host::Looks> lease(const v1::LeaseKeysRequest& request, v1::LeaseKeysResponse& response);
  Result<host::Looks> mint(const v1::MintKeysRequest& request, v1::MintKeysResponse& response);

  host::Desk& desk_;
  Vault& vault_;
  Eraser& eraser_;
  Leases& leases_;
  const std::set<std::string> holders_;

  // What the log says of a confirmation may come when the service is gone.
  struct Open {
    std::mutex mutex;
    bool open = true;
  };
  const std::shared_ptr<Open> open_ = std::make_shared<Open>();
};

}  // namespace mash::vault
