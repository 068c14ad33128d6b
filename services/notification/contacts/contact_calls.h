#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/notification/v1/notification_service.pb.h"
#include "notification/channels/sender.h"

namespace mash::notification {

// Where notices may be sent, besides inboxes.
struct ChannelSettings {
  EmailSettings email;
  WebhookSettings webhooks;
};

// Everything wrong with an agency's request to set contacts.
std::vector<FieldFault> faults_of(const v1::SetContactsRequest& request, const std::string& agency,
                                  const ChannelSettings& channels);

// How many of its contacts are new: each gets an id, which is its key's.
std::size_t new_contacts(const v1::SetContactsRequest& request);

// Says whom the caller's agency wants told: all of them, and what of that is news is recorded; the
// order, each contact that is another than it was, and those that are told no more. Refuses, as
// INVALID_REQUEST, contacts with ids that are not the agency's or that were erased, channels with
// numbers that are not the contact's, and webhooks whose secret is not known. One that was erased
// is left out and set anew.
Result<void> set_contacts(const log::EventLog& log, log::UnitOfWork& unit,
                          const v1::SetContactsRequest& request);

// The ids that they have, once they are set. Where all was so already the request names them.
void fill_contact_ids(const log::EventLog& log, const log::Appended& appended,
                      const v1::SetContactsRequest& request, v1::SetContactsResponse& response);

// Leaves a contact that was erased out of its agency's order: the next of it is told in its place.
Result<void> leave_out(log::UnitOfWork& unit, const std::string& agency,
                       const std::string& contact_id);

// The caller's agency's, without secrets. One that was erased has neither name nor addresses, and
// is left out once something was to go to it.
Result<void> get_contacts(const log::EventLog& log, const Context& context,
                          v1::GetContactsResponse& response);

}  // namespace mash::notification
