#include "host/pages.h"

#include "merkle/hash.h"

namespace mash::host::internal {

std::string query_of(std::string_view type, const std::string& request) {
  const merkle::Hash hash = merkle::sha256({type, request});
  return {hash.begin(), hash.end()};
}

}  // namespace mash::host::internal
