#include "vault/destructions_view.h"

#include <limits>

#include "core/timestamp.h"
#include "mash/vault/v1/vault_events.pb.h"
#include "mash/vault/v1/vault_service.pb.h"

namespace mash::vault {
namespace {

const v1::KeyEvent* key_event(const log::ViewEvent& event) {
  if (event.event.GetDescriptor() != v1::KeyEvent::descriptor()) return nullptr;
  return static_cast<const v1::KeyEvent*>(&event.event);
}

// Later positions first: eight bytes, big-endian, counting down.
std::string newest_first(uint64_t position) {
  const uint64_t down = std::numeric_limits<uint64_t>::max() - position;
  std::string order;
  for (int shift = 56; shift >= 0; shift -= 8) order.push_back(static_cast<char>(down >> shift));
  return order;
}

}  // namespace

std::string DestructionsView::row_id(const log::ViewEvent& event) const {
  const v1::KeyEvent* const key = key_event(event);
  if (key == nullptr) return {};
  switch (key->kind_case()) {
    case v1::KeyEvent::kDestructionOrdered:
      return key->destruction_ordered().key_id();
    case v1::KeyEvent::kDestroyed:
      return key->destroyed().key_id();
    case v1::KeyEvent::kDropped:
    case v1::KeyEvent::KIND_NOT_SET:
      return {};
  }
  return {};
}

std::optional<log::ViewRow> DestructionsView::evolve(std::optional<log::ViewRow> row,
                                                     const log::ViewEvent& event) const {
  const v1::KeyEvent& key = *key_event(event);
  v1::DestroyedKey columns;
  if (row) columns.ParseFromString(row->columns);
  log::ViewRow next = row.value_or(log::ViewRow{.order = newest_first(event.position)});
  switch (key.kind_case()) {
    case v1::KeyEvent::kDestructionOrdered:
      columns.set_key_id(key.destruction_ordered().key_id());
      columns.set_authority(key.destruction_ordered().authority());
      columns.set_reason(key.destruction_ordered().reason());
      columns.set_ordered_by(event.actor.practitioner);
      *columns.mutable_ordered_at() = to_proto(event.recorded_at);
      break;
    case v1::KeyEvent::kDestroyed:
      *columns.mutable_destroyed_at() = to_proto(event.recorded_at);
      break;
    case v1::KeyEvent::kDropped:
    case v1::KeyEvent::KIND_NOT_SET:
      break;
  }
  next.columns = columns.SerializeAsString();
  return next;
}

}  // namespace mash::vault
