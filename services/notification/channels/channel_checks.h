#pragma once
#include <string>
#include <vector>

#include "notification/channels/sender.h"

namespace mash::notification {

// Everything wrong with settings, by their names. Of a way that is not used (no server and no
// domains, no hosts) nothing is asked. Reads the files that they name.
std::vector<FieldFault> faults_of(const EmailSettings& email, const WebhookSettings& webhooks);

// The same, and of limits, as a refusal: kFailedPrecondition, CHANNELS_UNUSABLE.
Result<void> check_settings(const EmailSettings& email, const WebhookSettings& webhooks,
                            const SendingLimits& limits);

// What the file of settings that were checked holds; empty: they name none.
std::string password_of(const EmailSettings& email);

// Whether an agency's channel can be used for sending now: nothing is wrong with it, and a webhook
// has its secret.
bool may_send(const v1::Channel& channel, const std::string& agency, const EmailSettings& email,
              const WebhookSettings& webhooks);

}  // namespace mash::notification
