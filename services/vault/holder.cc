#include "vault/holder.h"

namespace mash::vault {

Result<uint64_t> LocalHolder::erase(const std::string& key_id) {
  const auto removed = log_.erase_sealed(key_id);
  if (!removed) return removed;
  for (log::Lookup* lookup : lookups_)
    if (const auto erased = lookup->erase(key_id); !erased) return tl::unexpected(erased.error());
  return removed;
}

}  // namespace mash::vault
