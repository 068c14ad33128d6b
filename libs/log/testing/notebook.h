#pragma once
#include <vector>

#include "core/decider.h"
#include "log/view.h"
#include "testing/note_events.pb.h"

namespace mash::log::testing {

// A decider of a few lines: notes are written, up to a limit the command states.
struct Notebook {
  using Event = v1::NoteEvent;
  using Events = std::vector<Event>;
  struct State {
    uint32_t notes = 0;
  };

  static Result<Events> decide(const State& state, const v1::WriteNoteRequest& command,
                               const Context&) {
    if (command.notes_max() != 0 && state.notes >= command.notes_max())
      return refuse(Code::kFailedPrecondition, "NOTEBOOK_FULL", "The notebook is full.");
    Event event;
    event.mutable_written()->set_priority(command.priority());
    event.mutable_written()->set_text(command.text());
    event.mutable_written()->set_ballast(command.ballast());
    return Events{event};
  }

  static State evolve(State state, const Event& event) {
    switch (event.kind_case()) {
      case Event::kWritten:
        ++state.notes;
        return state;
      case Event::KIND_NOT_SET:
        break;
    }
    return state;
  }
};
static_assert(Decider<Notebook>);

// Notebooks by the priority of their last note.
class NotebookList final : public View {
 public:
  explicit NotebookList(std::string name = "notebooks") : name_(std::move(name)) {}
  std::string_view name() const override { return name_; }
  uint32_t version() const override { return 1; }
  std::string row_id(const ViewEvent& event) const override {
    return event.stream.starts_with("notebook/") ? std::string(event.stream.substr(9))
                                                 : std::string();
  }
  std::optional<ViewRow> evolve(std::optional<ViewRow>, const ViewEvent& event) const override {
    const auto& written = static_cast<const v1::NoteEvent&>(event.event).written();
    return ViewRow{.order = std::string(1, static_cast<char>(written.priority())),
                   .columns = std::to_string(event.stream_version)};
  }

 private:
  std::string name_;
};

}  // namespace mash::log::testing
