#include "log/cursors.h"

namespace mash::log {

Result<void> Cursors::check(const CursorMove& move) const {
  const auto found = next_.find(move.feed);
  const uint64_t stands = found == next_.end() ? 0 : found->second.position;
  if (stands == move.from) return {};
  return tl::unexpected(Error{
      .code = Code::kAborted,
      .reason = "CURSOR_MOVED",
      .message = "The feed has been followed further; go on from there.",
      .metadata = {{"expected", std::to_string(move.from)}, {"position", std::to_string(stands)}}});
}

void Cursors::move(const CursorMove& move) {
  next_[move.feed] = move.to;
  moved_ = true;
}

void Cursors::commit() {
  if (!moved_) return;
  moved_ = false;
  const std::lock_guard lock(mutex_);
  committed_ = next_;
}

}  // namespace mash::log
