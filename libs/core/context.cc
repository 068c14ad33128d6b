#include "core/context.h"

#include "core/check.h"

namespace mash {

const std::string& fresh_id(const Context& context, std::size_t index) {
  MASH_CHECK(index < context.fresh_ids.size());
  return context.fresh_ids[index];
}

}  // namespace mash
