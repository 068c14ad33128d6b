#include "strategy/discussions/open_discussion.h"

#include <algorithm>
#include <utility>

#include "strategy/discussions/case_discussions.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

bool holds(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool is_about_unborn(const Discussion::State& state) {
  return state.unborn || (!state.sittings.empty() && state.sittings.back().composition.unborn);
}

// Whether a discussion takes up something of what calls for one.
bool is_about(const Discussion::State& state, const Discussion::Open& open) {
  if (open.unborn && is_about_unborn(state)) return true;
  if (open.child_ids.empty())
    return !open.referral_id.empty() && state.referral_id == open.referral_id;
  return std::ranges::any_of(open.child_ids,
                             [&](const std::string& id) { return holds(state.child_ids, id); });
}

}  // namespace

Result<CalledFor> called_for(log::UnitOfWork& unit, const cases::Family& family,
                             Discussion::Open open) {
  CalledFor called{.open = open};
  std::vector<std::string>& left = called.open.child_ids;
  bool unborn_left = open.unborn;
  for (const std::string& case_id : family.cases) {
    const auto known = unit.observe<CaseDiscussions>(case_discussions_stream(case_id));
    if (!known) return tl::unexpected(known.error());
    for (const std::string& id : known->to_be_held) {
      const auto state = unit.observe<Discussion>(discussion_stream(id));
      if (!state) return tl::unexpected(state.error());
      if (!state->is_to_be_held() || !is_about(*state, open)) continue;
      called.due.push_back(id);
      unborn_left = unborn_left && !is_about_unborn(*state);
      std::erase_if(left, [&](const std::string& child) { return holds(state->child_ids, child); });
    }
  }
  called.opens = called.due.empty() || !left.empty() || unborn_left;
  called.open.unborn = unborn_left;
  return called;
}

Result<void> open_called_for(log::UnitOfWork& unit, const CalledFor& called,
                             const std::string& discussion_id) {
  for (const std::string& id : called.due)
    if (auto forward = unit.decide<Discussion>({discussion_stream(id)},
                                               Discussion::BringForward{.called = called.open});
        !forward)
      return forward;
  if (!called.opens) return {};
  return unit
      .decide<Discussion>({discussion_stream(discussion_id), called.open.case_id}, called.open)
      .and_then([&] { return note_opened(unit, called.open.case_id, discussion_id); });
}

Result<void> note_opened(log::UnitOfWork& unit, const std::string& case_id,
                         const std::string& discussion_id) {
  const std::string stream = case_discussions_stream(case_id);
  const auto known = unit.observe<CaseDiscussions>(stream);
  if (!known) return tl::unexpected(known.error());
  CaseDiscussions::Add added{.discussion_id = discussion_id, .over = {}};
  for (const std::string& id : known->to_be_held) {
    const auto state = unit.observe<Discussion>(discussion_stream(id));
    if (!state) return tl::unexpected(state.error());
    if (!state->is_to_be_held()) added.over.push_back(id);
  }
  return unit.decide<CaseDiscussions>({stream, case_id}, added);
}

}  // namespace mash::strategy
