#pragma once
#include <string>
#include <vector>

#include "cases/family.h"
#include "core/result.h"
#include "log/handle.h"
#include "strategy/discussions/discussion.h"

namespace mash::strategy {

// What calls for a strategy discussion, and which discussions answer that already. Those count that
// are still to be held (Discussion::State::is_to_be_held), about any of the children, in any case
// of the family; one that has begun cannot take up what came after. Unborn children have no ids:
// one about any in the family is held to be about this one.
struct CalledFor {
  Discussion::Open open;         // about those whom no discussion to be held is about yet
  bool opens = false;            // there are such
  std::vector<std::string> due;  // to be held, by id, about the others
};

// Reads that, in the unit that decides. Of the discussions it names those of the cases' streams
// "strategy/<case>", so what is read does not grow with what a case has been through, and what
// another unit opens meanwhile conflicts with this one.
Result<CalledFor> called_for(log::UnitOfWork& unit, const cases::Family& family,
                             Discussion::Open open);

// Opens one under this id where that is needed, and has those that are due meanwhile held as soon
// as what calls for it demands.
Result<void> open_called_for(log::UnitOfWork& unit, const CalledFor& called,
                             const std::string& discussion_id);

// Has the case know of a discussion that this unit opened.
Result<void> note_opened(log::UnitOfWork& unit, const std::string& case_id,
                         const std::string& discussion_id);

}  // namespace mash::strategy
