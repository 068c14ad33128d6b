// Items: what becomes of each, originator control, what is withheld and why.
#include <set>

#include "core/timestamp.h"
#include "sharing/law/draft.h"

namespace mash::sharing::rules {
namespace {

bool is_released(const v1::DecidedItem& item) {
  return item.disposition() == v1::ITEM_DISPOSITION_RELEASED;
}
bool is_withheld(const v1::DecidedItem& item) {
  return item.disposition() == v1::ITEM_DISPOSITION_WITHHELD;
}
bool is_sanitised(const v1::DecidedItem& item) {
  return item.disposition() == v1::ITEM_DISPOSITION_SANITISED;
}
bool stays(const v1::DecidedItem& item) { return is_withheld(item) || is_sanitised(item); }

// Every item the terms name: which, at what place, and what is known of it and of its version.
struct Named {
  const v1::DecidedItem& terms;
  std::size_t index;
  const Item::State* item;
  const Item::State* version;
};
template <class Look>
void each_item(const Draft& draft, Look look) {
  for (std::size_t i = 0; i < draft.items.size(); ++i)
    look(Named{draft.terms.items(static_cast<int>(i)), i, draft.items[i], draft.versions[i]});
}

// Whether another decision in force speaks of the item and one of the recipients.
bool is_decided(const Item::State& item, const Draft& draft) {
  for (const v1::Recipient& recipient : draft.terms.recipients()) {
    const Item::Grant* grant = item.live_grant(recipient);
    if (grant != nullptr && grant->decision_id != draft.facts.supersedes) return true;
  }
  return false;
}

bool is_version_of(const Named& named, const Draft& draft) {
  return named.version != nullptr && named.version->source_item_id == named.terms.item_id() &&
         named.version->owner == draft.facts.maker.agency;
}

}  // namespace

void outcome_agrees(const Draft& draft, Found& found) {
  int released = 0, withheld = 0, sanitised = 0;
  for (const v1::DecidedItem& item : draft.terms.items()) {
    released += is_released(item) ? 1 : 0;
    withheld += is_withheld(item) ? 1 : 0;
    sanitised += is_sanitised(item) ? 1 : 0;
  }
  const bool all_said = released + withheld + sanitised == draft.terms.items_size();
  bool agrees = false;
  switch (draft.terms.outcome()) {
    case v1::SHARING_OUTCOME_SHARE:
      agrees = withheld + sanitised == 0;
      break;
    case v1::SHARING_OUTCOME_SHARE_IN_PART:
      agrees = !all_said || (released + sanitised > 0 && withheld + sanitised > 0);
      break;
    case v1::SHARING_OUTCOME_WITHHOLD:
      agrees = released + sanitised == 0;
      break;
    default:
      break;
  }
  if (!agrees) found.at("terms.outcome");
}

void item_disposition(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (!is_released(named.terms) && !stays(named.terms))
      found.at("items", named.index, "disposition");
  });
}

void item_named_once(const Draft& draft, Found& found) {
  std::set<std::string> seen;
  each_item(draft, [&](const Named& named) {
    if (!seen.insert(named.terms.item_id()).second) found.at("items", named.index, "item_id");
    const std::string& version = named.terms.sanitised_item_id();
    if (!version.empty() && !seen.insert(version).second)
      found.at("items", named.index, "sanitised_item_id");
  });
}

void item_in_case(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (named.item == nullptr) found.at("items", named.index, "item_id");
  });
}

void item_is_own(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (named.item != nullptr && named.item->owner != draft.facts.maker.agency)
      found.at("items", named.index, "item_id");
  });
}

void item_fields_agree(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    const v1::DecidedItem& item = named.terms;
    const bool said = is_released(item) || stays(item);
    const auto only_where = [&](bool fits, bool given, std::string_view field) {
      if (said && given && !fits) found.at("items", named.index, field);
    };
    only_where(is_sanitised(item), !item.sanitised_item_id().empty(), "sanitised_item_id");
    only_where(stays(item), !item.ground().empty(), "ground");
    only_where(stays(item), !item.reasons().empty(), "reasons");
    only_where(is_withheld(item), item.has_look_again_at(), "look_again_at");
    only_where(is_released(item), !item.release_protected_reason().empty(),
               "release_protected_reason");
  });
}

void item_recalled(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    const bool goes_out = is_released(named.terms) || is_sanitised(named.terms);
    if (goes_out && named.item != nullptr && named.item->recalled)
      found.at("items", named.index, "item_id");
    if (is_sanitised(named.terms) && named.version != nullptr && named.version->recalled)
      found.at("items", named.index, "sanitised_item_id");
  });
}

void item_decided_once(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (named.item != nullptr && is_decided(*named.item, draft))
      found.at("items", named.index, "item_id");
    if (is_sanitised(named.terms) && named.version != nullptr && is_decided(*named.version, draft))
      found.at("items", named.index, "sanitised_item_id");
  });
}

void sanitised_version(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (is_sanitised(named.terms) && !is_version_of(named, draft))
      found.at("items", named.index, "sanitised_item_id");
  });
}

void sanitised_is_clean(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (is_sanitised(named.terms) && named.version != nullptr &&
        named.version->protected_identities > 0)
      found.at("items", named.index, "sanitised_item_id");
  });
}

void protected_identity_stays(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (is_released(named.terms) && named.item != nullptr && named.item->protected_identities > 0 &&
        is_blank(named.terms.release_protected_reason()))
      found.at("items", named.index, "release_protected_reason");
  });
}

void withheld_needs_ground(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (stays(named.terms) && named.terms.ground().empty())
      found.at("items", named.index, "ground");
  });
}

void ground_in_force(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (named.terms.ground().empty()) return;
    const policy::Ground* ground = draft.law.ground(named.terms.ground(), draft.day);
    if (ground == nullptr || !ground->withholds) found.at("items", named.index, "ground");
  });
}

void withheld_needs_reasons(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (stays(named.terms) && is_blank(named.terms.reasons()))
      found.at("items", named.index, "reasons");
  });
}

void withheld_look_again(const Draft& draft, Found& found) {
  each_item(draft, [&](const Named& named) {
    if (!is_withheld(named.terms)) return;
    const auto at = from_proto(named.terms.look_again_at());
    if (!named.terms.has_look_again_at() || !at || *at <= draft.facts.now)
      found.at("items", named.index, "look_again_at");
  });
}

}  // namespace mash::sharing::rules
