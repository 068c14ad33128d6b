#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/decider.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

inline constexpr int kItemsMax = 50;      // put into the hub by one command
inline constexpr int kPersonsMax = 50;    // that one item, request or consent is about
inline constexpr int kProtectedMax = 20;  // protected identities in one item
inline constexpr int kFilesMax = 20;      // of one item
inline constexpr size_t kFileBytesMax = 8 << 20;
inline constexpr int kGrantsMax = 400;  // agencies it was given to or withheld from, in all

// An item: one piece of what an agency holds. The stream "item/<id>".
//
//   held --decided--> released to some, withheld from others --decision ended--> ...
//   corrected: everyone it was disclosed to must acknowledge; recalled: nobody reads it any more
//
// Every decision that names the item appends to this stream, so two decisions on one item meet
// here, and a reader's look asserts the version it rests on.
struct Item {
  using Event = v1::ItemEvent;
  using Events = std::vector<Event>;

  // What a decision said of one recipient.
  struct Grant {
    v1::Recipient recipient;
    std::string decision_id;
    uint64_t decision_version = 0;
    bool disclosed = false;  // else withheld
    std::string ground;      // why withheld
    Time since{};
    std::optional<Time> until;  // the decision holds no more
  };
  struct File {
    std::string media_type;
    uint64_t bytes = 0;
  };
  struct Recall {
    Time told_at{};
    std::optional<Time> acknowledged_at;
    std::string acknowledged_by;
  };

  struct State {
    std::string case_id;  // empty: there is no such item
    std::string owner;
    std::string held_by;
    v1::DataKind data_kind = v1::DATA_KIND_UNSPECIFIED;
    v1::ItemNature nature = v1::ITEM_NATURE_UNSPECIFIED;
    v1::Sensitivity sensitivity = v1::SENSITIVITY_UNSPECIFIED;
    bool in_confidence = false;
    int protected_identities = 0;
    std::set<std::string> person_ids;
    std::string request_id;
    std::string source_item_id;
    Time held_at{};
    std::map<std::string, File> files;      // by id
    std::vector<Grant> grants;              // the oldest first, ended ones too
    std::map<std::string, Recall> recalls;  // by agency: who must acknowledge, and has
    bool corrected = false;
    bool recalled = false;

    bool exists() const { return !case_id.empty(); }
    // The grant in force that names this caller; null: none does. Where one releases and one
    // withholds, to a role and to a person of one agency, the narrower counts.
    const Grant* grant_for(const Actor& actor) const;
    // Whether a decision in force speaks of this very recipient.
    const Grant* live_grant(const v1::Recipient& recipient) const;
    bool was_disclosed_to(const std::string& agency) const;
  };

  // An item comes into being: what the request or offer said, and what follows from it.
  struct Hold {
    const v1::ItemContent& content;
    std::string case_id;
    std::string request_id;      // empty: offered
    std::string source_item_id;  // empty: no sanitised version
  };
  // A file whose sealed bytes lie beside the log already.
  struct Attach {
    v1::ItemFile file;
  };
  // What a decision in force says of the item, and that one holds no more.
  struct Decide {
    v1::ItemDecided decided;
  };
  struct EndDecision {
    std::string decision_id;
  };

  static Result<Events> decide(const State&, const Hold&, const Context&);
  static Result<Events> decide(const State&, const Attach&, const Context&);
  static Result<Events> decide(const State&, const Decide&, const Context&);
  static Result<Events> decide(const State&, const EndDecision&, const Context&);
  static Result<Events> decide(const State&, const v1::CorrectItemRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::RecallItemRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AcknowledgeRecallRequest&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Item>);

}  // namespace mash::sharing
