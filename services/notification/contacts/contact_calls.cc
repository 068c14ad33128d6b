#include "notification/contacts/contact_calls.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/checks.h"
#include "log/appended.h"
#include "notification/contacts/contacts.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

std::string field_of(int contact, const std::string& rest) {
  return "contacts[" + std::to_string(contact) + "]." + rest;
}

// What is known of a contact, or was at a size.
Result<KnownContact> card_of(const log::EventLog& log, const std::string& contact_id,
                             std::optional<uint64_t> as_at_size = {}) {
  const auto stream = log.read_stream(contact_stream(contact_id), 1, as_at_size, true);
  if (!stream) return tl::unexpected(stream.error());
  return log::opened_events<v1::ContactEvent>(log, stream->records)
      .map([](const log::OpenedEvents<v1::ContactEvent>& opened) {
        KnownContact known = known_contact(opened.events);
        known.erased = opened.erased;
        return known;
      });
}

bool needs_secret(const v1::Channel& channel) {
  return channel.kind() == v1::CHANNEL_KIND_WEBHOOK && channel.secret().empty();
}

// A channel of a contact that is known: only of an address that is known is the secret known too.
void check_channel(const v1::Contact& known, const v1::Channel& channel, const std::string& field,
                   Checks& checks) {
  const v1::Channel* const same =
      channel.number() == 0 ? nullptr : channel_of(known, channel.number());
  if (channel.number() != 0 && same == nullptr)
    checks.fault(field + "number", "is none of the contact's channels; a new one has none");
  if (same != nullptr && same->kind() != channel.kind())
    checks.fault(field + "number", "is a channel of another kind; a new one has none");
  if (needs_secret(channel) && std::ranges::none_of(known.channels(), [&](const auto& each) {
        return each.address() == channel.address() && !each.secret().empty();
      }))
    checks.fault(field + "secret", "is needed by a webhook that is new");
}

// What is known of those that a request names, in its order; nothing of one that is new. What they
// are set upon is asserted with the rest of the unit.
Result<std::vector<KnownContact>> known_of(const log::EventLog& log, log::UnitOfWork& unit,
                                           const v1::SetContactsRequest& request) {
  std::vector<KnownContact> known;
  for (const v1::Contact& contact : request.contacts()) {
    known.emplace_back();
    if (contact.contact_id().empty()) continue;
    if (auto seen = unit.observe<ContactCard>(contact_stream(contact.contact_id())); !seen)
      return tl::unexpected(seen.error());
    auto card = card_of(log, contact.contact_id());
    if (!card) return tl::unexpected(card.error());
    known.back() = std::move(*card);
  }
  return known;
}

Result<void> check_channels(const std::vector<KnownContact>& known,
                            const v1::SetContactsRequest& request) {
  Checks checks;
  for (int i = 0; i < request.contacts_size(); ++i) {
    const v1::Contact& contact = request.contacts(i);
    if (contact.contact_id().empty()) continue;  // asked before (faults_of)
    if (known[static_cast<std::size_t>(i)].erased) {
      checks.fault(field_of(i, "contact_id"), "was erased; a new one has none");
      continue;
    }
    for (int c = 0; c < contact.channels_size(); ++c)
      check_channel(known[static_cast<std::size_t>(i)].contact, contact.channels(c),
                    field_of(i, "channels[" + std::to_string(c) + "]."), checks);
  }
  return checks.verdict();
}

Result<void> check_known(const Contacts::State& state, const v1::SetContactsRequest& request) {
  Checks checks;
  for (int i = 0; i < request.contacts_size(); ++i) {
    const std::string& id = request.contacts(i).contact_id();
    if (!id.empty() && !state.has(id))
      checks.fault(field_of(i, "contact_id"),
                   "is none of the agency's contacts; a new one has none");
  }
  return checks.verdict();
}

// As they are asked for upon what is known of them, those that are new with their ids.
std::vector<v1::Contact> described(const v1::SetContactsRequest& request,
                                   const std::vector<KnownContact>& known, const Context& context) {
  std::vector<v1::Contact> contacts;
  std::size_t fresh = 0;
  for (const v1::Contact& asked : request.contacts()) {
    contacts.push_back(described_anew(known[contacts.size()], asked).contact);
    if (asked.contact_id().empty()) contacts.back().set_contact_id(fresh_id(context, fresh++));
  }
  return contacts;
}

Result<void> remove_left_out(log::UnitOfWork& unit, const Contacts::State& before,
                             const std::vector<v1::Contact>& contacts) {
  for (const v1::ContactPlace& place : before.places) {
    if (std::ranges::find(contacts, place.contact_id(), &v1::Contact::contact_id) != contacts.end())
      continue;
    if (auto removed = unit.decide<ContactCard>({.stream = contact_stream(place.contact_id())},
                                                ContactCard::Remove{});
        !removed)
      return removed;
  }
  return {};
}

}  // namespace

std::vector<FieldFault> faults_of(const v1::SetContactsRequest& request, const std::string& agency,
                                  const ChannelSettings& channels) {
  std::vector<FieldFault> faults = faults_of(request.contacts());
  for (int i = 0; i < request.contacts_size(); ++i) {
    const v1::Contact& contact = request.contacts(i);
    for (int c = 0; c < contact.channels_size(); ++c) {
      const std::string channel = field_of(i, "channels[" + std::to_string(c) + "].");
      for (FieldFault& fault :
           faults_of(contact.channels(c), agency, channels.email, channels.webhooks)) {
        fault.field = channel + fault.field;
        faults.push_back(std::move(fault));
      }
      if (contact.contact_id().empty() && contact.channels(c).secret().empty() &&
          contact.channels(c).kind() == v1::CHANNEL_KIND_WEBHOOK)
        faults.push_back({channel + "secret", "is needed by a webhook that is new"});
    }
  }
  return faults;
}

std::size_t new_contacts(const v1::SetContactsRequest& request) {
  return static_cast<std::size_t>(std::ranges::count_if(
      request.contacts(), [](const v1::Contact& contact) { return contact.contact_id().empty(); }));
}

Result<void> set_contacts(const log::EventLog& log, log::UnitOfWork& unit,
                          const v1::SetContactsRequest& request) {
  const std::string order = contacts_stream(unit.context().actor.agency);
  const auto before = unit.observe<Contacts>(order);
  if (!before) return tl::unexpected(before.error());
  if (auto agencys = check_known(*before, request); !agencys) return agencys;
  const auto known = known_of(log, unit, request);
  if (!known) return tl::unexpected(known.error());
  if (auto fit = check_channels(*known, request); !fit) return fit;

  const std::vector<v1::Contact> contacts = described(request, *known, unit.context());
  Contacts::Set set;
  std::vector<v1::Contact> news;
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    set.places.push_back(place_of(contacts[i]));
    if (is_news((*known)[i], contacts[i])) news.push_back(contacts[i]);
  }
  set.with_changes = !news.empty();
  if (auto ordered = unit.decide<Contacts>({.stream = order}, set); !ordered) return ordered;
  for (v1::Contact& contact : news) {
    const std::string stream = contact_stream(contact.contact_id());
    if (auto said =
            unit.decide<ContactCard>({.stream = stream}, ContactCard::Describe{std::move(contact)});
        !said)
      return said;
  }
  return remove_left_out(unit, *before, contacts);
}

Result<void> leave_out(log::UnitOfWork& unit, const std::string& agency,
                       const std::string& contact_id) {
  return unit
      .decide<Contacts>({.stream = contacts_stream(agency)},
                        Contacts::LeaveOut{.agency = agency, .contact_id = contact_id})
      .and_then([&] {
        return unit.decide<ContactCard>({.stream = contact_stream(contact_id)},
                                        ContactCard::Remove{});
      });
}

void fill_contact_ids(const log::EventLog& log, const log::Appended& appended,
                      const v1::SetContactsRequest& request, v1::SetContactsResponse& response) {
  if (const auto set = log::first_event<v1::ContactsEvent>(log, appended)) {
    for (const v1::ContactPlace& place : set->event.set().places())
      response.add_contact_ids(place.contact_id());
  } else {
    for (const v1::Contact& contact : request.contacts())
      response.add_contact_ids(contact.contact_id());
  }
}

Result<void> get_contacts(const log::EventLog& log, const Context& context,
                          v1::GetContactsResponse& response) {
  const auto order = log.read_stream(contacts_stream(context.actor.agency));
  if (!order) return tl::unexpected(order.error());
  const auto events = log::public_events<v1::ContactsEvent>(order->records);
  if (!events) return tl::unexpected(events.error());
  response.set_version(order->version);
  for (const v1::ContactPlace& place : fold<Contacts>(*events).places) {
    auto card = card_of(log, place.contact_id(), order->read_size);
    if (!card) return tl::unexpected(card.error());
    v1::Contact& contact = *response.add_contacts();
    contact = std::move(card->contact);
    for (v1::Channel& channel : *contact.mutable_channels()) channel.clear_secret();
  }
  return {};
}

}  // namespace mash::notification
