#include "vault/vault_service.h"

#include <memory>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "log/handle.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "vault/destruction.h"
#include "vault/destructions_view.h"
#include "vault/vault.h"

namespace mash::vault {
namespace {

constexpr uint32_t kPageSizeUsual = 50;
constexpr uint32_t kPageSizeMax = 1'000;
constexpr int kKeysLeasedMax = 1'000;
constexpr uint32_t kKeysMintedMax = 65'536;

std::vector<FieldFault> faults_of_page(const v1::ListDestroyedRequest& request) {
  if (request.page_size() <= kPageSizeMax) return {};
  return {{"page_size", "must be at most 1,000"}};
}

std::vector<FieldFault> faults_of_ids(
    const google::protobuf::RepeatedPtrField<std::string>& key_ids) {
  if (key_ids.size() > kKeysLeasedMax) return {{"key_ids", "must be at most 1,000"}};
  std::vector<FieldFault> faults;
  for (int i = 0; i < key_ids.size(); ++i)
    if (!Uuid::parse(key_ids[i]))
      faults.push_back({"key_ids[" + std::to_string(i) + "]", "must be a UUID"});
  return faults;
}

std::vector<FieldFault> faults_of_lease(const v1::LeaseKeysRequest& request) {
  return faults_of_ids(request.key_ids());
}

std::vector<FieldFault> faults_of_minting(const v1::MintKeysRequest& request) {
  if (request.count() >= 1 && request.count() <= kKeysMintedMax) return {};
  return {{"count", "must be from 1 to 65,536"}};
}

uint64_t removed_of(const v1::ConfirmDroppedRequest& request, int index) {
  return index < request.sealed_parts_removed_size() ? request.sealed_parts_removed(index) : 0;
}

Result<void> note(log::UnitOfWork& unit, const std::string& holder,
                  const v1::ConfirmDroppedRequest& request) {
  Result<void> noted;
  for (int i = 0; i < request.key_ids_size() && noted; ++i) {
    v1::KeyDropped dropped;
    dropped.set_key_id(request.key_ids(i));
    dropped.set_holder(holder);
    dropped.set_sealed_parts_removed(removed_of(request, i));
    noted = unit.decide<Destruction>({destruction_stream(dropped.key_id())}, dropped);
  }
  return noted;
}

Result<host::Looks> list(const log::EventLog& orders, const v1::ListDestroyedRequest& request,
                         v1::ListDestroyedResponse& response) {
  const auto page =
      orders.list({.view = std::string(DestructionsView::kName),
                   .after = request.page_token(),
                   .limit = request.page_size() == 0 ? kPageSizeUsual : request.page_size()});
  if (!page) return tl::unexpected(page.error());
  for (const log::ListedRow& row : page->rows)
    if (!response.add_keys()->ParseFromString(row.columns))
      return refuse(Code::kDataLoss, "VIEW_DAMAGED", "The list of destructions cannot be read.");
  response.set_next_page_token(page->next);
  return host::Looks{};  // it names keys, reasons and authorities: nothing of it is personal
}

}  // namespace

VaultService::~VaultService() {
  const std::lock_guard lock(open_->mutex);
  open_->open = false;
}

// It answers when all is erased, which takes files being rewritten: long for a call. A caller that
// goes away and asks again with the same request id waits for the same destruction.
grpc::ServerUnaryReactor* VaultService::DestroyKey(grpc::CallbackServerContext* call,
                                                   const v1::DestroyKeyRequest* request,
                                                   v1::DestroyKeyResponse* response) {
  return desk_.later(
      call, request, host::Kind::kCommand,
      [this, request, response](const Context& context, host::Desk::Answer answer) {
        const auto& method = desk_.parts().access.method_of(*request->GetDescriptor());
        log::CommandCall command{.context = context,
                                 .request = desk_.request_key(context.actor, method.name,
                                                              request->request_id(), *request),
                                 .received_at = context.now};
        eraser_.destroy(*request, std::move(command),
                        [this, response, answer = std::move(answer)](Result<Erased> erased) {
                          if (!erased) return answer(tl::unexpected(std::move(erased.error())));
                          response->set_sealed_parts_removed(erased->sealed_parts_removed);
                          answer(desk_.fill_receipt(erased->order, /*want_proof=*/false,
                                                    *response->mutable_receipt()));
                        });
      },
      [request] { return faults_of(*request); });
}

grpc::ServerUnaryReactor* VaultService::ListDestroyed(grpc::CallbackServerContext* call,
                                                      const v1::ListDestroyedRequest* request,
                                                      v1::ListDestroyedResponse* response) {
  return desk_.query(
      call, request,
      [this, request, response](const Context&) { return list(desk_.log(), *request, *response); },
      [request] { return faults_of_page(*request); });
}

grpc::ServerUnaryReactor* VaultService::LeaseKeys(grpc::CallbackServerContext* call,
                                                  const v1::LeaseKeysRequest* request,
                                                  v1::LeaseKeysResponse* response) {
  return desk_.query(
      call, request,
      [this, request, response](const Context& context) {
        return check_holder(context).and_then([&] { return lease(*request, *response); });
      },
      [request] { return faults_of_lease(*request); });
}

grpc::ServerUnaryReactor* VaultService::MintKeys(grpc::CallbackServerContext* call,
                                                 const v1::MintKeysRequest* request,
                                                 v1::MintKeysResponse* response) {
  return desk_.query(
      call, request,
      [this, request, response](const Context& context) {
        return check_holder(context).and_then([&] { return mint(*request, *response); });
      },
      [request] { return faults_of_minting(*request); });
}

// Noted in the log before it is answered: after a start the vault knows who holds what no more.
grpc::ServerUnaryReactor* VaultService::ConfirmDropped(grpc::CallbackServerContext* call,
                                                       const v1::ConfirmDroppedRequest* request,
                                                       v1::ConfirmDroppedResponse*) {
  return desk_.later(
      call, request, host::Kind::kQuery,
      [this, request](const Context& context, host::Desk::Answer answer) {
        if (auto may = check_holder(context).and_then([&] { return check_destroyed(*request); });
            !may)
          return answer(std::move(may));
        const std::string holder = context.actor.system;
        // A copy: the call may be answered, and its request be gone, before the log has done.
        auto confirmed = std::make_shared<const v1::ConfirmDroppedRequest>(*request);
        log::handle(
            desk_.log(), {.context = context, .received_at = context.now},
            [holder, confirmed](log::UnitOfWork& unit) { return note(unit, holder, *confirmed); },
            [this, open = open_, holder, confirmed,
             answer = std::move(answer)](const Result<log::Appended>& noted) {
              if (!noted) return answer(tl::unexpected(noted.error()));
              {
                const std::lock_guard lock(open->mutex);
                if (open->open) confirm(holder, *confirmed);
              }
              answer({});
            });
      },
      [request] { return faults_of_ids(request->key_ids()); });
}

// A destruction waits for the holders it knows: nobody else may be given a key.
Result<void> VaultService::check_holder(const Context& context) const {
  if (context.actor.agency == "hub" && holders_.contains(context.actor.system)) return {};
  return refuse(Code::kPermissionDenied, "NO_HOLDER_OF_KEYS",
                "Keys are given to the services that this vault's configuration names, and to "
                "nobody else.");
}

// Before a key is destroyed it can be leased again, whatever was dropped.
Result<void> VaultService::check_destroyed(const v1::ConfirmDroppedRequest& request) const {
  for (const std::string& key_id : request.key_ids()) {
    const auto key = vault_.unwrap(key_id);
    if (key)
      return refuse(Code::kFailedPrecondition, "KEY_NOT_DESTROYED",
                    "The key is not destroyed: it cannot have been dropped for good.");
    if (key.error().code != Code::kNotFound && key.error().code != Code::kFailedPrecondition)
      return tl::unexpected(key.error());
  }
  return {};
}

void VaultService::confirm(const std::string& holder, const v1::ConfirmDroppedRequest& request) {
  for (int i = 0; i < request.key_ids_size(); ++i)
    leases_.confirm(holder, request.key_ids(i), removed_of(request, i));
  eraser_.look_again();
}

Result<host::Looks> VaultService::lease(const v1::LeaseKeysRequest& request,
                                        v1::LeaseKeysResponse& response) {
  for (const std::string& key_id : request.key_ids()) {
    v1::LeasedKey& leased = *response.add_keys();
    leased.set_key_id(key_id);
    // Noted first: a key that is destroyed meanwhile may leave all the same.
    if (request.ahead()) leases_.given_ahead(key_id, key_id);
    const auto key = vault_.unwrap(key_id);
    if (key) {
      leased.set_key(key->bytes().data(), key->bytes().size());
    } else if (key.error().code == Code::kNotFound ||
               key.error().code == Code::kFailedPrecondition) {
      leased.set_reason(key.error().reason);
    } else {
      return tl::unexpected(key.error());
    }
  }
  const LeaseTimes& times = leases_.times();
  response.mutable_lease()->set_seconds((request.ahead() ? times.ahead : times.key).count());
  return host::Looks{};
}

Result<host::Looks> VaultService::mint(const v1::MintKeysRequest& request,
                                       v1::MintKeysResponse& response) {
  const auto minted = vault_.mint(request.count());
  if (!minted) return tl::unexpected(minted.error());
  if (!minted->empty()) leases_.given_ahead(minted->front().id, minted->back().id);
  for (const DataKey& key : *minted) {
    v1::LeasedKey& leased = *response.add_keys();
    leased.set_key_id(key.id);
    leased.set_key(key.key.bytes().data(), key.key.bytes().size());
  }
  response.mutable_lease()->set_seconds(leases_.times().ahead.count());
  const SecretKey token = vault_.token_key();
  response.set_token_key(token.bytes().data(), token.bytes().size());
  return host::Looks{};
}

}  // namespace mash::vault
