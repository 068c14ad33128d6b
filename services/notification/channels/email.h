#pragma once
#include <string>

#include "core/clock.h"
#include "core/london.h"
#include "notification/channels/sender.h"

namespace mash::notification {

// A notice as an e-mail: header and text as RFC 5322 has them, in ASCII, with CRLF. It says that
// there is a notice, how urgent it is and until when to acknowledge it, and names it, its case, its
// rule and what it is about by their ids; the subject, which shows on locked screens, neither rule
// nor case. Every attempt has the same Message-ID. `from` and the channel's address are e-mail
// addresses (is_email), and the delivery's id is letters, digits, "-" and "_"; whatever the notice
// holds stays in the text and in its line. Pure and thread-safe.
std::string email_text(const Outgoing& outgoing, const std::string& from, Time now,
                       const London& london);

}  // namespace mash::notification
