#include "host/looks.h"

#include <utility>

#include "core/timestamp.h"
#include "log/handle.h"
#include "mash/log/v1/log_events.pb.h"

namespace mash::host {
namespace {

// Adds a look to what is to be appended. Of a case or person whose key is destroyed the purpose, a
// text that may name somebody, can be sealed no more and is left out; that they looked stays.
Result<void> add(log::UnitOfWork& unit, const log::Target& target,
                 const mash::log::v1::LookEvent& event) {
  auto added = unit.add(target, event);
  if (added || added.error().reason != "KEY_DESTROYED") return added;
  mash::log::v1::LookEvent without_purpose = event;
  without_purpose.mutable_content_shown()->clear_purpose();
  return unit.add(target, without_purpose);
}

}  // namespace

void append_looks(log::EventLog& log, const Context& context, std::string_view method,
                  std::string_view purpose, const Looks& looks, log::Completion done) {
  std::vector<std::pair<log::Target, mash::log::v1::LookEvent>> events;
  for (const Look& look : looks) {
    mash::log::v1::LookEvent event;
    auto& shown = *event.mutable_content_shown();
    shown.set_method(std::string(method));
    for (const std::string& id : look.ids) shown.add_ids(id);
    shown.set_purpose(std::string(purpose));
    shown.set_as_at_size(look.as_at_size);
    to_proto(context.now, shown.mutable_shown_at());
    events.emplace_back(log::Target{"look/" + look.stream_id, look.case_id}, std::move(event));
  }
  log::CommandCall call{.context = context, .received_at = context.now};
  log::handle(
      log, std::move(call),
      [events = std::move(events)](log::UnitOfWork& unit) -> Result<void> {
        for (const auto& [target, event] : events)
          if (auto added = add(unit, target, event); !added) return added;
        return {};
      },
      std::move(done));
}

}  // namespace mash::host
