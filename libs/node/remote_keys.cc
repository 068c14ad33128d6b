#include "node/remote_keys.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <utility>

#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "node/peer.h"
#include "vault/vault_errors.h"

namespace mash::node {
namespace {

using mash::vault::v1::VaultService;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{3'000};
constexpr std::size_t kKeysAskedMax = 1'000;
constexpr std::size_t kKeysMintedMax = 16'384;
constexpr std::size_t kKeysLeasedMax = 65'536;  // as many as a key ring holds
constexpr milliseconds kRenewEvery{5'000};
constexpr std::chrono::seconds kRenewWhenLeft{30};
constexpr char kAway[] = "VAULT_UNAVAILABLE";

// A secret of an answer, which is wiped there.
Result<vault::SecretKey> secret_of(std::string& bytes) {
  if (bytes.size() != vault::kKeyBytes)
    return vault::vault_unavailable("The vault's answer holds no key.");
  auto key = vault::SecretKey::from_bytes(bytes);
  std::ranges::fill(bytes, '\0');
  return key;
}

// One key of an answer, which is wiped: what it holds is the ring's to keep.
Result<vault::DataKey> key_of(mash::vault::v1::LeasedKey& leased, steady_clock::time_point until) {
  if (leased.reason() == "KEY_DESTROYED") return vault::key_destroyed();
  if (!leased.reason().empty()) return vault::key_unknown();
  return secret_of(*leased.mutable_key()).map([&](vault::SecretKey key) {
    return vault::DataKey{.id = leased.key_id(), .key = std::move(key), .until = until};
  });
}

}  // namespace

class RemoteKeys::Stub {
 public:
  explicit Stub(std::shared_ptr<grpc::Channel> vault)
      : stub_(VaultService::NewStub(std::move(vault))) {}

  template <class Request, class Answer>
  Result<Answer> ask(grpc::Status (VaultService::Stub::*method)(grpc::ClientContext*,
                                                                const Request&, Answer*),
                     const Request& request, milliseconds patience = kPatience,
                     bool wait_for_ready = false) {
    grpc::ClientContext context;
    context.set_wait_for_ready(wait_for_ready);
    dress(context, patience);
    Answer answer;
    const grpc::Status status = ((*stub_).*method)(&context, request, &answer);
    if (status.ok()) return answer;
    Error error = error_of(status, kAway);
    if (error.code == Code::kUnavailable) error.retry_after = vault::kVaultRetryAfter;
    return tl::unexpected(std::move(error));
  }

 private:
  const std::unique_ptr<VaultService::Stub> stub_;
};

// Whoever is to forget a key that was destroyed; shared with their handles, which may outlive this.
struct RemoteKeys::Forgetting {
  std::mutex mutex;
  uint64_t next = 0;
  std::map<uint64_t, std::function<void(std::string_view)>> all;
};

RemoteKeys::RemoteKeys(std::unique_ptr<Stub> stub, vault::SecretKey token_key, Now now)
    : stub_(std::move(stub)),
      token_key_(std::move(token_key)),
      forgetting_(std::make_shared<Forgetting>()),
      now_(std::move(now)),
      book_(kKeysLeasedMax),
      renewing_([this](const std::stop_token& stop) { run(stop); }) {}
RemoteKeys::~RemoteKeys() = default;

Result<std::unique_ptr<RemoteKeys>> RemoteKeys::over(std::shared_ptr<grpc::Channel> vault,
                                                     milliseconds patience, Now now) {
  auto stub = std::make_unique<Stub>(std::move(vault));
  mash::vault::v1::MintKeysRequest request;
  request.set_count(1);
  auto answer = stub->ask(&VaultService::Stub::MintKeys, request, patience, true);
  if (!answer) return tl::unexpected(std::move(answer.error()));
  auto token_key = secret_of(*answer->mutable_token_key());
  if (!token_key) return tl::unexpected(std::move(token_key.error()));
  return std::unique_ptr<RemoteKeys>(
      new RemoteKeys(std::move(stub), std::move(*token_key), std::move(now)));
}

Result<std::vector<vault::DataKey>> RemoteKeys::mint(std::size_t count) {
  mash::vault::v1::MintKeysRequest request;
  request.set_count(static_cast<uint32_t>(std::min(count, kKeysMintedMax)));
  const auto asked_at = now_();
  auto answer = stub_->ask(&VaultService::Stub::MintKeys, request);
  if (!answer) return tl::unexpected(std::move(answer.error()));
  std::ranges::fill(*answer->mutable_token_key(), '\0');
  const auto until = asked_at + std::chrono::seconds(answer->lease().seconds());
  std::vector<vault::DataKey> keys;
  for (auto& leased : *answer->mutable_keys()) {
    auto key = key_of(leased, until);
    if (!key) return tl::unexpected(std::move(key.error()));
    keys.push_back(std::move(*key));
  }
  return keys;
}

// In calls of as many as the vault takes. A key that there is not is taken as its refusal.
template <class Take>
Result<void> RemoteKeys::ask_for(const std::vector<std::string>& key_ids, bool ahead,
                                 const Take& take) {
  for (std::size_t from = 0; from < key_ids.size(); from += kKeysAskedMax) {
    const std::size_t below = std::min(from + kKeysAskedMax, key_ids.size());
    mash::vault::v1::LeaseKeysRequest request;
    request.set_ahead(ahead);
    for (std::size_t i = from; i < below; ++i) request.add_key_ids(key_ids[i]);
    const auto asked_at = now_();
    const auto generation = book_.generation();
    ++lease_calls_;
    auto answer = stub_->ask(&VaultService::Stub::LeaseKeys, request);
    if (!answer) return tl::unexpected(std::move(answer.error()));
    if (answer->keys_size() != request.key_ids_size())
      return vault::vault_unavailable("The vault's answer lacks keys.");
    const auto until = asked_at + std::chrono::seconds(answer->lease().seconds());
    for (auto& leased : *answer->mutable_keys()) take(key_of(leased, until), generation);
  }
  return {};
}

Result<vault::DataKey> RemoteKeys::lease(std::string_view key_id) {
  if (auto held = book_.find(key_id, now_())) return std::move(*held);
  Result<vault::DataKey> leased = vault::key_unknown();
  const auto asked = ask_for({std::string(key_id)}, /*ahead=*/false,
                             [&](Result<vault::DataKey> key, LeaseBook::Generation generation) {
                               if (key) book_.put(*key, generation);
                               leased = std::move(key);
                             });
  if (!asked) return tl::unexpected(asked.error());
  return leased;
}

std::vector<vault::DataKey> RemoteKeys::lease_all(const std::vector<std::string>& key_ids) {
  std::vector<vault::DataKey> keys;
  std::vector<std::string> missing;
  for (const std::string& key_id : key_ids) {
    if (auto held = book_.find(key_id, now_()))
      keys.push_back(std::move(*held));
    else
      missing.push_back(key_id);
  }
  // With the vault away, whoever uses one of the others hears of it.
  (void)ask_for(missing, /*ahead=*/false,
                [&](Result<vault::DataKey> key, LeaseBook::Generation generation) {
                  if (!key) return;
                  book_.put(*key, generation);
                  keys.push_back(std::move(*key));
                });
  return keys;
}

Result<bool> RemoteKeys::is_destroyed(const std::string& key_id) {
  mash::vault::v1::LeaseKeysRequest request;
  request.add_key_ids(key_id);
  auto answer = stub_->ask(&VaultService::Stub::LeaseKeys, request);
  if (!answer) return tl::unexpected(std::move(answer.error()));
  if (answer->keys_size() != 1) return vault::vault_unavailable("The vault's answer has no key.");
  std::ranges::fill(*answer->mutable_keys(0)->mutable_key(), '\0');
  return !answer->keys(0).reason().empty();
}

Result<std::size_t> RemoteKeys::renew() {
  std::size_t renewed = 0;
  return ask_for(book_.due(now_(), now_() + kRenewWhenLeft), /*ahead=*/false,
                 [&](const Result<vault::DataKey>& key, LeaseBook::Generation generation) {
                   if (!key) return;  // it is destroyed, and forgotten by itself
                   book_.renew(*key, generation);
                   ++renewed;
                 })
      .map([&] { return renewed; });
}

// What is refused is tried again the next time, while the leases last.
void RemoteKeys::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, stop, kRenewEvery, [&] { return stop.stop_requested(); })) {
    lock.unlock();
    (void)renew();
    lock.lock();
  }
}

Result<std::optional<steady_clock::time_point>> RemoteKeys::hold_ahead(
    const std::vector<std::string>& key_ids) {
  std::optional<steady_clock::time_point> until;
  Result<void> had;
  const auto asked = ask_for(key_ids, /*ahead=*/true,
                             [&](const Result<vault::DataKey>& key, LeaseBook::Generation) {
                               if (!key && had) had = tl::unexpected(key.error());
                               if (key) until = until ? std::min(until, key->until) : key->until;
                             });
  if (!asked) return tl::unexpected(asked.error());
  if (!had) return tl::unexpected(had.error());
  return until ? until : now_();
}

std::shared_ptr<void> RemoteKeys::on_destroyed(std::function<void(std::string_view)> forget) {
  const std::lock_guard lock(forgetting_->mutex);
  const uint64_t number = forgetting_->next++;
  forgetting_->all[number] = std::move(forget);
  return {nullptr, [forgetting = forgetting_, number](void*) {
            const std::lock_guard unlock(forgetting->mutex);
            forgetting->all.erase(number);
          }};
}

void RemoteKeys::forget(const std::string& key_id) {
  book_.drop(key_id);
  const std::lock_guard lock(forgetting_->mutex);
  for (const auto& [number, forget] : forgetting_->all) forget(key_id);
}

Result<void> RemoteKeys::confirm_dropped(const std::string& key_id, uint64_t sealed_parts_removed) {
  mash::vault::v1::ConfirmDroppedRequest request;
  request.add_key_ids(key_id);
  request.add_sealed_parts_removed(sealed_parts_removed);
  return stub_->ask(&VaultService::Stub::ConfirmDropped, request).map([](const auto&) {});
}

}  // namespace mash::node
