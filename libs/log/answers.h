#pragma once
#include <optional>

#include "core/result.h"
#include "log/append.h"
#include "log/store.h"

namespace mash::log {

// The answer that a request was given when it was first taken, rebuilt from what was kept of it;
// nothing when it is not known among the first `size` records: what a commit has written and not
// yet made durable answers nobody. ALREADY_EXISTS, reason REQUEST_ID_REUSED, when the id was used
// for another request.
Result<std::optional<Appended>> find_answer(const Store& store, const RequestKey& key,
                                            uint64_t size);

// The refusal of a request id that was used for something else.
Error request_id_reused();

}  // namespace mash::log
