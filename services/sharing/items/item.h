#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cases/family.h"
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
//   corrected: everyone it was disclosed to must acknowledge; recalled: nobody it was disclosed to
//   reads it any more, and everyone of them must acknowledge
//
// Its owner alone attaches, decides, corrects and recalls: others are refused NOT_THE_OWNER, and
// whoever may not know of the case never comes so far (case_guard.h). What a decision released
// never changes in silence: files are attached before it, and a correction that falls under
// stricter rules than the decision was judged on is refused while one releases the item.
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
    std::string held_by;  // whom to ask for it
    v1::DataKind data_kind = v1::DATA_KIND_UNSPECIFIED;
    bool in_confidence = false;
    int protected_identities = 0;
    std::set<std::string> person_ids;
    std::string request_id;
    std::string source_item_id;
    std::set<std::string> versions;  // sanitised versions made from it
    Time held_at{};
    std::map<std::string, File> files;      // by id
    std::vector<Grant> grants;              // the oldest first, ended ones too
    std::map<std::string, Recall> recalls;  // by agency: who must acknowledge, or has
    bool corrected = false;
    bool recalled = false;
    uint64_t version = 0;          // of its stream
    uint64_t content_version = 0;  // at which it was held, corrected or given a file last

    bool exists() const { return !case_id.empty(); }
    // The grant in force that names this caller; null: none does. Where one releases and one
    // withholds, to a role and to a person of one agency, the narrower counts.
    const Grant* grant_for(const Actor& actor) const;
    // The grant in force that speaks of this very recipient; null: none does.
    const Grant* live_grant(const v1::Recipient& recipient) const;
    // Whether the caller may read what it says: its owner, and while it is not recalled whom a
    // decision in force releases it to.
    bool may_be_read_by(const Actor& actor) const;
    // Whether some decision released it to the agency, in force or not.
    bool was_disclosed_to(const std::string& agency) const;
    bool is_released() const;  // a decision in force releases it to somebody
    bool was_ever_released() const;
    // Of a correction or recall: the agency has yet to acknowledge; nobody has any more.
    bool awaits(const std::string& agency) const;
    bool all_acknowledged() const;
  };

  // An item comes into being: what the request, the offer or the sanitised version said, and what
  // follows from it.
  struct Hold {
    const v1::ItemContent& content;
    const cases::Family& family;  // the case's: it knows the persons the item is about
    std::string case_id;
    std::string request_id{};       // empty: offered
    std::string source_item_id{};   // empty: no sanitised version
    const State* source = nullptr;  // with source_item_id
    std::string field = "content";  // where the request says it: "items[3]"
  };
  struct Correct {
    const v1::CorrectItemRequest& request;
    const cases::Family& family;
  };
  // A file whose sealed bytes lie beside the log already. When it is attached is said here.
  struct Attach {
    v1::ItemFile file;
  };
  // A sanitised version of it came into being.
  struct Sanitise {
    std::string item_id;
  };
  // What a decision that comes into force says of the item, for all its recipients. Refused where
  // another one in force speaks of one of them: DECISION_IN_FORCE; so end first what it supersedes.
  struct Decide {
    v1::ItemDecided decided;
  };
  // A decision holds no more. Already so where it never spoke of the item.
  struct EndDecision {
    std::string decision_id;
  };

  static Result<Events> decide(const State&, const Hold&, const Context&);
  static Result<Events> decide(const State&, const Attach&, const Context&);
  static Result<Events> decide(const State&, const Sanitise&, const Context&);
  static Result<Events> decide(const State&, const Decide&, const Context&);
  static Result<Events> decide(const State&, const EndDecision&, const Context&);
  static Result<Events> decide(const State&, const Correct&, const Context&);
  static Result<Events> decide(const State&, const v1::RecallItemRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::AcknowledgeRecallRequest&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Item>);

// Whether a file may be attached: asked before a byte of it is taken, and again when it is
// attached.
Result<void> may_attach(const Item::State& state, const Context& context);

// NOT_THE_OWNER, NOT_FOUND, ITEM_RECALLED: what several commands ask first.
Result<void> for_the_owner(const Item::State& state, const Context& context);
Result<void> not_recalled(const Item::State& state);
tl::unexpected<Error> not_the_owner();

}  // namespace mash::sharing
