#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/decider.h"
#include "core/result.h"
#include "mash/notification/v1/contact_events.pb.h"

namespace mash::notification {

// So many contacts an agency has at most.
inline constexpr int kContactsMax = 20;

// Whom an agency wants told, in which order: the stream "contacts/<agency>".
struct Contacts {
  using Event = v1::ContactsEvent;
  using Events = std::vector<Event>;

  struct State {
    std::vector<v1::ContactPlace> places;

    bool has(const std::string& contact_id) const;
  };

  struct Set {
    std::vector<v1::ContactPlace> places;
    bool with_changes = false;  // one of them is described anew
  };

  // One that was erased is told no more, whoever's it is.
  struct LeaveOut {
    std::string agency;
    std::string contact_id;
  };

  // Nothing where all is so already. Where one is described anew the list is stated with it, so
  // that its version says that something changed.
  static Result<Events> decide(const State&, const Set&, const Context&);
  // Nothing where it is not in the list.
  static Result<Events> decide(const State&, const LeaveOut&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Contacts>);

// What is known of one contact: the stream "contact/<id>".
//
//   described, and again whenever the agency says so --left out--> removed
struct ContactCard {
  using Event = v1::ContactEvent;
  using Events = std::vector<Event>;

  struct State {
    bool removed = false;
  };

  struct Describe {
    v1::Contact contact;
  };
  struct Remove {};

  static Result<Events> decide(const State&, const Describe&, const Context&);
  static Result<Events> decide(const State&, const Remove&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<ContactCard>);

// What is known of a contact.
struct KnownContact {
  v1::Contact contact;       // every channel with its number; empty: there is none any more
  uint32_t last_number = 0;  // of its channels, those that it has no more included
  bool has_numbers = false;  // its channels were described with their numbers
  bool erased = false;       // what was personal in it is gone, and its key: it cannot be set anew
};

// Whether a contact described so is another than the one that is known.
bool is_news(const KnownContact& known, const v1::Contact& described);

// What is known once the agency describes it so: a webhook without its secret keeps the one that
// was known of its address, and a channel without a number is the one of its kind and address; or
// the only one of its kind, at another address now; or a new one.
KnownContact described_anew(const KnownContact& before, v1::Contact contact);

// What is known from its events with their personal fields put back.
KnownContact known_contact(const std::vector<v1::ContactEvent>& opened);

// The channel of that number; nullptr: it has none.
const v1::Channel* channel_of(const v1::Contact& contact, uint32_t number);

// Its place in its agency's order.
v1::ContactPlace place_of(const v1::Contact& contact);

// What is wrong with contacts as a caller sends them, but for where their channels may lead.
std::vector<FieldFault> faults_of(const google::protobuf::RepeatedPtrField<v1::Contact>& contacts);

}  // namespace mash::notification
