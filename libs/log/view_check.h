#pragma once
#include "log/view_set.h"

namespace mash::log {

// ViewSet::check() for one stored view: works on a snapshot, so the writer may go on meanwhile.
Result<ViewCheck> check_view(const View& view, const ViewStore& store, size_t samples,
                             const ViewEventReader& reader);

}  // namespace mash::log
