#include "host/looks.h"

#include <optional>
#include <utility>

#include "core/timestamp.h"
#include "log/handle.h"
#include "mash/log/v1/log_events.pb.h"

namespace mash::host {
namespace {

using mash::log::v1::LookEvent;

constexpr std::size_t kIdsMax = 200;  // named by one search, so that its record keeps small

// What a look says besides what was looked at.
struct Said {
  Context context;
  std::string method;
  std::string purpose;
};

LookEvent shown(const Look& look, const Said& said) {
  LookEvent event;
  auto& shown = *event.mutable_content_shown();
  shown.set_method(said.method);
  for (const std::string& id : look.ids) shown.add_ids(id);
  shown.set_purpose(said.purpose);
  shown.set_as_at_size(look.as_at_size);
  to_proto(said.context.now, shown.mutable_shown_at());
  shown.set_decision_id(look.decision_id);
  shown.set_decision_version(look.decision_version);
  return event;
}

LookEvent searched(const Look& look, const Said& said) {
  LookEvent event;
  auto& searched = *event.mutable_searched();
  searched.set_method(said.method);
  searched.set_found(look.ids.size());
  if (look.ids.size() <= kIdsMax) {
    for (const std::string& id : look.ids) searched.add_ids(id);
  } else {
    searched.add_ids(look.ids.front());
    searched.add_ids(look.ids.back());
  }
  searched.set_purpose(said.purpose);
  searched.set_as_at_size(look.as_at_size);
  to_proto(said.context.now, searched.mutable_searched_at());
  return event;
}

// Adds a look to what is to be appended. Of a case or person whose key is destroyed the purpose, a
// text that may name somebody, can be sealed no more and is left out; that they looked stays.
Result<void> add(log::UnitOfWork& unit, const Look& look, const Said& said) {
  const log::Target target{"look/" + look.stream_id, look.case_id};
  LookEvent event = look.searched ? searched(look, said) : shown(look, said);
  auto added = unit.add(target, event);
  if (added || added.error().reason != "KEY_DESTROYED") return added;
  if (event.has_searched())
    event.mutable_searched()->clear_purpose();
  else
    event.mutable_content_shown()->clear_purpose();
  return unit.add(target, event);
}

}  // namespace

void append_looks(log::EventLog& log, const Context& context, std::string_view method,
                  std::string_view purpose, Looks looks, LookAgain again, log::Completion done) {
  log::CommandCall call{.context = context, .received_at = context.now, .is_look = true};
  log::handle(
      log, std::move(call),
      [said = Said{context, std::string(method), std::string(purpose)},
       first = std::optional(std::move(looks)),
       again = std::move(again)](log::UnitOfWork& unit) mutable -> Result<void> {
        if (!first && !again)
          return refuse(Code::kAborted, "VERSION_CONFLICT",
                        "What is shown has changed; ask again.");
        const Result<Looks> showing = first ? std::move(*first) : again();
        first.reset();
        if (!showing) return tl::unexpected(showing.error());
        for (const Look& look : *showing) {
          for (const log::StreamExpectation& expected : look.expectations) unit.expect(expected);
          if (auto added = add(unit, look, said); !added) return added;
        }
        return {};
      },
      std::move(done));
}

}  // namespace mash::host
