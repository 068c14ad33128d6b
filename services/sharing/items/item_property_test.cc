// What holds of an item however decisions on it, their ends, corrections and recalls interleave.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>

#include "sharing/testing/items.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

const std::vector<Actor>& readers() {
  static const std::vector<Actor> all = {kPolice,  kSchool,       kTriage,
                                         kManager, kSocialWorker, kAuditor};
  return all;
}

const std::vector<v1::Recipient>& recipients() {
  static const std::vector<v1::Recipient> all = {
      proto<v1::Recipient>("agency: 'police'"),
      proto<v1::Recipient>("agency: 'education' practitioner: 't-3'"),
      proto<v1::Recipient>("agency: 'education' role: 'practitioner'"),
      proto<v1::Recipient>("agency: 'social-care'"),
      proto<v1::Recipient>("agency: 'social-care' role: 'mash-manager'"),
      proto<v1::Recipient>("agency: 'social-care' practitioner: 'o-1'"),
      proto<v1::Recipient>("agency: 'social-care' practitioner: 'm-1' role: 'mash-manager'")};
  return all;
}

// The item as plain lists tell it, computed by other means than the decider's.
struct Told {
  struct Line {
    v1::Recipient recipient;
    bool released = false;
    bool live = true;
  };
  std::vector<std::pair<std::string, Line>> lines;  // by decision
  bool recalled = false;
  std::set<std::string> waiting;  // agencies that have yet to acknowledge

  bool speaks_of(const v1::Recipient& recipient) const {
    return std::ranges::any_of(lines, [&](const auto& line) {
      return line.second.live &&
             line.second.recipient.SerializeAsString() == recipient.SerializeAsString();
    });
  }
  std::set<std::string> reached() const {
    std::set<std::string> agencies;
    for (const auto& [decision, line] : lines)
      if (line.released) agencies.insert(line.recipient.agency());
    return agencies;
  }

  // The last of: agency, role, practitioner, both, that speaks of the reader.
  bool may_read(const Actor& actor) const {
    bool may = false;
    for (const auto& [practitioner, role] :
         std::vector<std::pair<std::string, std::string>>{{"", ""},
                                                          {"", actor.role},
                                                          {actor.practitioner, ""},
                                                          {actor.practitioner, actor.role}})
      for (const auto& [decision, line] : lines)
        if (line.live && line.recipient.agency() == actor.agency &&
            line.recipient.practitioner() == practitioner && line.recipient.role() == role)
          may = line.released;
    return may && !recalled;
  }
};

struct World {
  Item::State item = fold<Item>(held());
  Told told;
  int decisions = 0;

  template <class Command>
  bool act(const Command& command, const Actor& actor = kHealth) {
    const auto outcome = Item::decide(item, command, as(actor));
    if (!outcome) return false;
    item = fold<Item>(*outcome, std::move(item));
    return true;
  }
};

void decide(World& world) {
  const auto chosen = *rc::gen::unique<std::vector<int>>(
      *rc::gen::inRange(1, 4), rc::gen::inRange<int>(0, static_cast<int>(recipients().size())));
  const bool released = *rc::gen::arbitrary<bool>();
  const std::string id = "d-" + std::to_string(world.decisions++);
  Item::Decide command = released ? release(id, "") : withhold(id, "");
  bool allowed = !(released && world.told.recalled);
  for (const int index : chosen) {
    const v1::Recipient& recipient = recipients()[static_cast<size_t>(index)];
    *command.decided.add_recipients() = recipient;
    allowed = allowed && !world.told.speaks_of(recipient);
  }
  RC_ASSERT(world.act(command) == allowed);
  if (!allowed) return;
  for (const v1::Recipient& recipient : command.decided.recipients())
    world.told.lines.push_back({id, {.recipient = recipient, .released = released}});
}

void end(World& world) {
  if (world.decisions == 0) return;
  const std::string id = "d-" + std::to_string(*rc::gen::inRange(0, world.decisions));
  RC_ASSERT(world.act(Item::EndDecision{id}));
  for (auto& [decision, line] : world.told.lines)
    if (decision == id) line.live = false;
}

void correct(World& world) {
  v1::CorrectItemRequest request;
  *request.mutable_content() = content();
  request.set_reason("It was another day.");
  const bool done = world.act(Item::Correct{.request = request, .family = family()});
  RC_ASSERT(done == !world.told.recalled);
  if (done) world.told.waiting.merge(world.told.reached());
}

void recall(World& world) {
  const bool first = !world.told.recalled;
  RC_ASSERT(world.act(proto<v1::RecallItemRequest>("reason: 'Another child.'")));
  world.told.recalled = true;
  if (first) world.told.waiting.merge(world.told.reached());
}

void acknowledge(World& world) {
  const Actor& actor = *rc::gen::elementOf(readers());
  if (world.act(proto<v1::AcknowledgeRecallRequest>("action: 'Told the team.'"), actor))
    world.told.waiting.erase(actor.agency);
  else
    RC_ASSERT(!world.told.waiting.contains(actor.agency));
}

// Nobody but the owner changes what an item is or who gets it.
void meddle(World& world) {
  const Actor& actor = *rc::gen::elementOf(readers());
  v1::CorrectItemRequest request;
  *request.mutable_content() = content();
  request.set_reason("We know better.");
  RC_ASSERT(!world.act(release("theirs", "recipients { agency: 'police' }"), actor));
  RC_ASSERT(!world.act(Item::EndDecision{"d-0"}, actor));
  RC_ASSERT(!world.act(Item::Correct{.request = request, .family = family()}, actor));
  RC_ASSERT(!world.act(proto<v1::RecallItemRequest>("reason: 'Ours.'"), actor));
}

RC_GTEST_PROP(ItemProperty, IsReadByExactlyWhomTheDecisionsInForceReleaseItTo, ()) {
  using Act = std::function<void(World&)>;
  const std::vector<Act> acts = {decide, decide, decide, end, end, correct, acknowledge, meddle};
  World world;
  const int steps = *rc::gen::inRange(1, 40);
  const int recalled_at = *rc::gen::inRange(0, 80);  // in half of them it never is
  for (int step = 0; step < steps; ++step) {
    if (step == recalled_at)
      recall(world);
    else
      (*rc::gen::elementOf(acts))(world);
    for (const Actor& reader : readers())
      RC_ASSERT(world.item.may_be_read_by(reader) == world.told.may_read(reader));
    RC_ASSERT(world.item.may_be_read_by(kHealth));
    for (const char* agency : {"police", "education", "social-care"}) {
      RC_ASSERT(world.item.awaits(agency) == world.told.waiting.contains(agency));
      RC_ASSERT(world.item.was_disclosed_to(agency) == world.told.reached().contains(agency));
    }
    RC_ASSERT(world.item.all_acknowledged() == world.told.waiting.empty());
  }
}

}  // namespace
}  // namespace mash::sharing
