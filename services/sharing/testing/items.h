#pragma once
#include <string>
#include <vector>

#include "sharing/items/item.h"
#include "sharing/testing/cast.h"

namespace mash::sharing {

// Commands that are no messages, in one line.
inline std::string brief(const Item::Hold& hold) {
  return "Hold " + mash::testing::brief(hold.content);
}
inline std::string brief(const Item::Correct& correct) {
  return "Correct " + mash::testing::brief(correct.request);
}
inline std::string brief(const Item::Attach& attach) {
  return "Attach " + mash::testing::brief(attach.file);
}
inline std::string brief(const Item::Decide& decide) {
  return "Decide " + mash::testing::brief(decide.decided);
}
inline std::string brief(const Item::EndDecision& end) { return "EndDecision " + end.decision_id; }

}  // namespace mash::sharing

// Items of the sharing tests: health holds one about two persons of one case.
namespace mash::sharing::testing {

inline const std::string kCase = uuid(900);
inline const std::string kMother = uuid(901);
inline const std::string kChild = uuid(902);

inline const cases::Family& family() {
  static const cases::Family family = [] {
    cases::Family made;
    made.head = kCase;
    made.cases = {kCase};
    made.referrals[uuid(910)] = {
        .agency = "education", .children = {kChild}, .people = {kChild, kMother}};
    made.agencies = {"education", "health", "police", "social-care"};
    return made;
  }();
  return family;
}

// Content that is sound, with `more` merged into it.
inline v1::ItemContent content(const char* more = "") {
  auto content = proto<v1::ItemContent>(R"(
    category: "education" nature: ITEM_NATURE_FACT sensitivity: SENSITIVITY_ORDINARY
    text: "She came to school eleven days of twenty." )");
  content.MergeFrom(proto<v1::ItemContent>(more));
  if (content.person_ids().empty()) content.add_person_ids(kChild);
  return content;
}

inline Item::Hold hold(const v1::ItemContent& content) {
  return {.content = content, .family = family(), .case_id = kCase};
}

// The history of an item that health holds.
inline std::vector<v1::ItemEvent> held(const char* more = "") {
  return given<Item>({}).when(hold(content(more)), as(kHealth)).outcome().value();
}

// A decision on it for recipients in proto text: "recipients { agency: 'police' }".
inline Item::Decide decided(const std::string& decision_id, v1::ItemDisposition disposition,
                            const char* recipients) {
  Item::Decide decide{proto<v1::ItemDecided>(recipients)};
  decide.decided.set_decision_id(decision_id);
  decide.decided.set_decision_version(1);
  decide.decided.set_disposition(disposition);
  return decide;
}
inline Item::Decide release(const std::string& decision_id, const char* recipients) {
  return decided(decision_id, v1::ITEM_DISPOSITION_RELEASED, recipients);
}
inline Item::Decide withhold(const std::string& decision_id, const char* recipients) {
  return decided(decision_id, v1::ITEM_DISPOSITION_WITHHELD, recipients);
}

// What happened before, and what a command brings about after it.
template <class Command>
std::vector<v1::ItemEvent> and_then(std::vector<v1::ItemEvent> history, const Command& command,
                                    const Actor& actor) {
  auto outcome = Item::decide(fold<Item>(history), command, as(actor));
  EXPECT_TRUE(outcome.has_value()) << outcome.error().reason;
  if (outcome)
    for (auto& event : *outcome) history.push_back(std::move(event));
  return history;
}

}  // namespace mash::sharing::testing
