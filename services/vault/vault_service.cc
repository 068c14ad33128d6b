#include "vault/vault_service.h"

#include <utility>
#include <vector>

#include "vault/destruction.h"
#include "vault/destructions_view.h"

namespace mash::vault {
namespace {

constexpr std::uint32_t kPageSizeUsual = 50;
constexpr std::uint32_t kPageSizeMax = 1'000;

std::vector<FieldFault> faults_of_page(const v1::ListDestroyedRequest& request) {
  if (request.page_size() <= kPageSizeMax) return {};
  return {{"page_size", "must be at most 1,000"}};
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

}  // namespace mash::vault
