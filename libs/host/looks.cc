#include "host/looks.h"

#include <utility>

#include "core/timestamp.h"
#include "log/handle.h"
#include "mash/log/v1/log_events.pb.h"

namespace mash::host {

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
          if (auto added = unit.add(target, event); !added) return added;
        return {};
      },
      std::move(done));
}

}  // namespace mash::host
