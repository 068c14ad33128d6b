#pragma once
#include "host/desk.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "vault/eraser.h"

namespace mash::vault {

// The keys, for a records manager. `desk` is over the vault's own log, the one whose orders the
// eraser follows; both outlive the service. Thread-safe.
class VaultService final : public v1::VaultService::CallbackService {
 public:
  VaultService(host::Desk& desk, Eraser& eraser) : desk_(desk), eraser_(eraser) {}

  grpc::ServerUnaryReactor* DestroyKey(grpc::CallbackServerContext* call,
                                       const v1::DestroyKeyRequest* request,
                                       v1::DestroyKeyResponse* response) override;
  grpc::ServerUnaryReactor* ListDestroyed(grpc::CallbackServerContext* call,
                                          const v1::ListDestroyedRequest* request,
                                          v1::ListDestroyedResponse* response) override;

 private:
  host::Desk& desk_;
  Eraser& eraser_;
};

}  // namespace mash::vault
