#include "notification/contacts/contacts.h"

#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/identifiers.h"
#include "core/timestamp.h"

namespace mash::notification {
namespace {

constexpr int kChannelsMax = 4;
constexpr std::size_t kNameBytesMax = 200;

using Place = v1::ContactPlace;

template <class Message>
bool is_same(const Message& a, const Message& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

// So that an agency that changes a contact's name need not know its secret.
void keep_secrets(const v1::Contact& before, v1::Contact& contact) {
  for (v1::Channel& channel : *contact.mutable_channels()) {
    if (channel.kind() != v1::CHANNEL_KIND_WEBHOOK || !channel.secret().empty()) continue;
    const auto same = std::ranges::find_if(before.channels(), [&](const v1::Channel& each) {
      return each.kind() == channel.kind() && each.address() == channel.address();
    });
    if (same != before.channels().end()) channel.set_secret(same->secret());
  }
}

void check_numbers(const v1::Contact& contact, const std::string& field,
                   std::vector<FieldFault>& faults) {
  std::set<uint32_t> numbers;
  for (int c = 0; c < contact.channels_size(); ++c) {
    const uint32_t number = contact.channels(c).number();
    if (number == 0) continue;
    const std::string its = field + ".channels[" + std::to_string(c) + "].number";
    if (contact.contact_id().empty())
      faults.push_back({its,
                        "is not the number of one of this contact's channels; leave `number` out "
                        "for a new one"});
    else if (!numbers.insert(number).second)
      faults.push_back({its, "appears twice"});
  }
}

// Gives each channel without a number the number of the known one that it is, or a new one.
void keep_numbers(const KnownContact& before, v1::Contact& contact, uint32_t& last) {
  std::vector<const v1::Channel*> left;  // known, and not named yet
  for (const v1::Channel& known : before.contact.channels())
    if (channel_of(contact, known.number()) == nullptr) left.push_back(&known);
  std::vector<v1::Channel*> unnamed;
  for (v1::Channel& channel : *contact.mutable_channels())
    if (channel.number() == 0) unnamed.push_back(&channel);
  const auto name = [&](v1::Channel& channel, const v1::Channel& known) {
    channel.set_number(known.number());
    std::erase(left, &known);
    std::erase(unnamed, &channel);
  };
  for (v1::Channel* channel : std::vector(unnamed)) {
    const auto same = std::ranges::find_if(left, [&](const v1::Channel* known) {
      return known->kind() == channel->kind() && known->address() == channel->address();
    });
    if (same != left.end()) name(*channel, **same);
  }
  for (const v1::ChannelKind kind : {v1::CHANNEL_KIND_EMAIL, v1::CHANNEL_KIND_WEBHOOK}) {
    const auto is_so = [&](const v1::Channel* channel) { return channel->kind() == kind; };
    if (std::ranges::count_if(left, is_so) == 1 && std::ranges::count_if(unnamed, is_so) == 1)
      name(**std::ranges::find_if(unnamed, is_so), **std::ranges::find_if(left, is_so));
  }
  for (v1::Channel* channel : unnamed) channel->set_number(++last);
}

}  // namespace

bool Contacts::State::has(const std::string& contact_id) const {
  return std::ranges::any_of(
      places, [&](const v1::ContactPlace& place) { return place.contact_id() == contact_id; });
}

Result<Contacts::Events> Contacts::decide(const State& state, const Set& command,
                                          const Context& context) {
  if (!command.with_changes && std::ranges::equal(state.places, command.places, is_same<Place>))
    return Events{};
  Event event;
  v1::ContactsSet& set = *event.mutable_set();
  set.set_agency(context.actor.agency);
  for (const v1::ContactPlace& place : command.places) *set.add_places() = place;
  to_proto(context.now, set.mutable_set_at());
  return Events{std::move(event)};
}

Result<Contacts::Events> Contacts::decide(const State& state, const LeaveOut& command,
                                          const Context& context) {
  if (!state.has(command.contact_id)) return Events{};
  Event event;
  v1::ContactsSet& set = *event.mutable_set();
  set.set_agency(command.agency);
  for (const v1::ContactPlace& place : state.places)
    if (place.contact_id() != command.contact_id) *set.add_places() = place;
  to_proto(context.now, set.mutable_set_at());
  return Events{std::move(event)};
}

Contacts::State Contacts::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kSet:
      state.places.assign(event.set().places().begin(), event.set().places().end());
      return state;
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

Result<ContactCard::Events> ContactCard::decide(const State&, const Describe& command,
                                                const Context& context) {
  Event event;
  v1::ContactDescribed& described = *event.mutable_described();
  described.set_agency(context.actor.agency);
  *described.mutable_contact() = command.contact;
  to_proto(context.now, described.mutable_described_at());
  return Events{std::move(event)};
}

Result<ContactCard::Events> ContactCard::decide(const State& state, const Remove&,
                                                const Context& context) {
  if (state.removed) return Events{};
  Event event;
  to_proto(context.now, event.mutable_removed()->mutable_removed_at());
  return Events{std::move(event)};
}

ContactCard::State ContactCard::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kDescribed:
      state.removed = false;
      return state;
    case Event::kRemoved:
      state.removed = true;
      return state;
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

KnownContact described_anew(const KnownContact& before, v1::Contact contact) {
  uint32_t last = before.last_number;
  for (const v1::Channel& channel : contact.channels()) last = std::max(last, channel.number());
  const bool has_numbers =
      std::ranges::find(contact.channels(), 0U, &v1::Channel::number) == contact.channels().end();
  keep_secrets(before.contact, contact);
  keep_numbers(before, contact, last);
  return {.contact = std::move(contact), .last_number = last, .has_numbers = has_numbers};
}

bool is_news(const KnownContact& known, const v1::Contact& described) {
  return !known.has_numbers || !is_same(known.contact, described);
}

KnownContact known_contact(const std::vector<v1::ContactEvent>& opened) {
  KnownContact known;
  for (const v1::ContactEvent& event : opened) {
    if (event.has_removed()) known.contact.Clear();
    if (event.has_described()) known = described_anew(known, event.described().contact());
  }
  return known;
}

const v1::Channel* channel_of(const v1::Contact& contact, uint32_t number) {
  const auto found = std::ranges::find(contact.channels(), number, &v1::Channel::number);
  return found == contact.channels().end() ? nullptr : &*found;
}

v1::ContactPlace place_of(const v1::Contact& contact) {
  v1::ContactPlace place;
  place.set_contact_id(contact.contact_id());
  place.set_practitioner(contact.practitioner());
  place.set_at_least(contact.at_least());
  for (const v1::Channel& channel : contact.channels()) {
    place.add_kinds(channel.kind());
    place.add_channel_numbers(channel.number());
  }
  return place;
}

std::vector<FieldFault> faults_of(const google::protobuf::RepeatedPtrField<v1::Contact>& contacts) {
  std::vector<FieldFault> faults;
  if (contacts.size() > kContactsMax)
    faults.push_back({"contacts", "are at most " + std::to_string(kContactsMax)});
  std::set<std::string> ids;
  for (int i = 0; i < contacts.size(); ++i) {
    const v1::Contact& contact = contacts[i];
    const std::string field = "contacts[" + std::to_string(i) + "]";
    if (contact.name().size() > kNameBytesMax)
      faults.push_back(
          {field + ".name", "has at most " + std::to_string(kNameBytesMax) + " bytes"});
    if (!contact.practitioner().empty() && !is_practitioner_id(contact.practitioner()))
      faults.push_back({field + ".practitioner", "is no practitioner's id"});
    if (contact.channels_size() > kChannelsMax)
      faults.push_back({field + ".channels", "are at most " + std::to_string(kChannelsMax)});
    if (!contact.contact_id().empty() && !ids.insert(contact.contact_id()).second)
      faults.push_back({field + ".contact_id", "appears twice"});
    check_numbers(contact, field, faults);
  }
  return faults;
}

}  // namespace mash::notification
