#include <ostream>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/form.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "mash/notification/v1/notification_service.pb.h"

// mash inbox contacts and set-contacts, undelivered and retry: whom an agency wants told over
// channels, and what could not be delivered to them.
namespace mash::cli {
namespace {

namespace v1 = notification::v1;

std::string channels_of(const v1::Contact& contact) {
  std::string channels;
  for (const v1::Channel& channel : contact.channels())
    channels += (channels.empty() ? "" : ", ") + std::to_string(channel.number()) + ": " +
                enum_word(v1::ChannelKind_Name(channel.kind()), "ChannelKind") + " " +
                shown(channel.address());
  return channels;
}

void show_contacts(const v1::GetContactsResponse& reply, std::ostream& out) {
  Table table({"contact", "name", "practitioner", "at least", "channels"});
  for (const v1::Contact& contact : reply.contacts())
    table.add({contact.contact_id(), shown(contact.name()), shown(contact.practitioner()),
               contact.at_least() == v1::URGENCY_UNSPECIFIED
                   ? "-"
                   : enum_word(v1::Urgency_Name(contact.at_least()), "Urgency"),
               channels_of(contact)});
  out << "version " << reply.version() << '\n';
  table.print(out);
}

// The kind, with the channel's number in front as the contact shows it.
std::string how_of(const v1::Undelivered& undelivered) {
  const std::string kind = enum_word(v1::ChannelKind_Name(undelivered.kind()), "ChannelKind");
  return undelivered.channel_number() == 0
             ? kind
             : std::to_string(undelivered.channel_number()) + ": " + kind;
}

void show_undelivered(const v1::ListUndeliveredResponse& reply, std::ostream& out) {
  if (reply.undelivered().empty()) {
    out << "nothing\n";
    return;
  }
  Table table({"delivery", "given up", "agency", "contact", "how", "attempts", "why", "notice"});
  for (const v1::Undelivered& each : reply.undelivered())
    table.add({each.delivery_id(), shown(each.given_up_at()), shown(each.agency()),
               each.contact_id(), how_of(each), std::to_string(each.attempts()),
               shown(each.reason()) + (each.code() == 0 ? "" : " " + std::to_string(each.code())),
               each.notice_id()});
  table.print(out);
}

Form contacts_form() {
  return {.name = "contacts",
          .about = "Whom the agency wants told, in their order.",
          .examples = "  mash inbox contacts --as police --role practitioner --user p-7\n",
          .method = "NotificationService/GetContacts",
          .usual = kUsualTriage,
          .options = {},
          .show = [](const google::protobuf::Message& reply, std::ostream& out) {
            show_contacts(static_cast<const v1::GetContactsResponse&>(reply), out);
          }};
}

Form set_form() {
  return {
      .name = "set-contacts",
      .about =
          "Says whom the agency wants told, in their order: all of them, each in a file of its "
          "own. One that is left out is told no more.",
      .examples =
          "  mash inbox set-contacts --contact desk.json --contact manager.json --as police \\\n"
          "      --role referrer-system\n",
      .method = "NotificationService/SetContacts",
      .usual = kUsualManager,
      .options = {{"--contact", "contacts",
                   "a contact as JSON: its name, practitioner, at_least, channels; where it is "
                   "known with its contact_id, and its channels with their number",
                   true}}};
}

Form undelivered_form() {
  return {.name = "undelivered",
          .about =
              "What could not be delivered and is tried no more, newest first, while its notice "
              "is open.",
          .examples =
              "  mash inbox undelivered --as police --role practitioner --user p-7\n"
              "  mash inbox undelivered --of police --role mash-manager --user m-1\n",
          .method = "NotificationService/ListUndelivered",
          .usual = kUsualTriage,
          .options = {{"--of", "agency", "of this agency: for managers and operators"},
                      {"--page-size", "page_size", "at most so many"},
                      {"--page", "page_token", "from the page before"}},
          .show = [](const google::protobuf::Message& reply, std::ostream& out) {
            show_undelivered(static_cast<const v1::ListUndeliveredResponse&>(reply), out);
          }};
}

Form retry_form() {
  return {.name = "retry",
          .about = "Has something that was given up tried again.",
          .examples =
              "  mash inbox retry 0192f3a4-... --as police --role practitioner --user "
              "p-7\n",
          .method = "NotificationService/RetryUndelivered",
          .usual = kUsualTriage,
          .options = {{"id", "delivery_id", "the delivery's id", true}}};
}

}  // namespace

void add_inbox_contacts(CLI::App& inbox, Session& session) {
  for (Form& form : std::vector{contacts_form(), set_form(), undelivered_form(), retry_form()})
    add_form(inbox, session, std::move(form));
}

}  // namespace mash::cli
