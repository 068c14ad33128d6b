#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "mash/notification/v1/contact.pb.h"
#include "mash/notification/v1/notice.pb.h"

namespace mash::notification {

// What is each agency's own, by its id.
using ByAgency = std::map<std::string, std::vector<std::string>>;

// Where e-mail goes out, and to whom it may.
struct EmailSettings {
  std::string server;  // "smtps://relay.example:465", or "smtp://relay.example:587": with STARTTLS
  std::string authority;  // PEM file that its certificate is checked with; empty: the system's
  std::string user;       // empty: it asks for none
  std::string password_file;
  std::string from;  // "mash@council.example"
  // An agency's addresses are in these, or under them, but not in what another agency names more
  // narrowly. None has any: there is no e-mail.
  ByAgency domains;
};

// Whom webhooks may call.
struct WebhookSettings {
  std::string
      authority;   // PEM file that servers' certificates are checked with; empty: the system's
  ByAgency hosts;  // by name, with a port where it is not 443; none has any: there are none
};

// Bounds on sending.
struct SendingLimits {
  std::size_t at_once_max = 64;  // attempts under way
  std::size_t to_one_host_max =
      2;  // of these to one server, so that one that hangs holds up no other
  std::chrono::milliseconds connect_max{5'000};
  std::chrono::milliseconds whole_max{15'000};
};

// One attempt. Every attempt of a delivery sends the same but for its time.
struct Outgoing {
  // Names it to the other side, which can tell that it has it already: 1 to 200 letters, digits,
  // "-" and "_", which may stand in a header as they are.
  std::string delivery_id;
  v1::Channel channel;
  v1::Notice notice;
};

// What became of it.
struct Outcome {
  enum class Kind {
    kTaken,    // the other side has it
    kFailed,   // maybe it takes it later
    kRefused,  // it never will: no such address, gone
  };
  Kind kind = Kind::kTaken;
  std::string reason;  // a stable name, in docs/errors.md: "WEBHOOK_TIMEOUT"; empty: taken
  uint32_t code = 0;   // the other side's, of SMTP or HTTP; 0: none

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// What is wrong with an agency's channel under these settings, in words that repeat nothing of it:
// an address that is none, a domain or host that is not the agency's, a secret that is none. Empty:
// nothing. A webhook without a secret is no fault here, since the one that is known stays; nothing
// is sent to it.
std::vector<FieldFault> faults_of(const v1::Channel& channel, const std::string& agency,
                                  const EmailSettings& email, const WebhookSettings& webhooks);

// Sends notices by e-mail (SMTP over TLS) and by webhook (Standard Webhooks), many at once:
// webhooks all on a thread of its own, and each e-mail that is under way on one besides, since
// libcurl does nothing else while an SMTP server makes up its mind. It remembers nothing: what is
// due, and what became of it, is its caller's. Thread-safe.
class Sender {
 public:
  using Done = std::function<void(Outcome)>;

  // Refused, with every fault by its setting ("smtp.from", "agencies.police.webhook_hosts"):
  // settings that cannot be used, CHANNELS_UNUSABLE. No hosts, or neither server nor domains:
  // nothing is asked of the rest of that way. A notice goes where its agency's may. The clock
  // outlives it. The password is read now, authorities when they are needed.
  static Result<std::unique_ptr<Sender>> start(EmailSettings email, WebhookSettings webhooks,
                                               SendingLimits limits, const Clock& clock);
  // Attempts under way are given up without being told of, within about a second whatever hangs.
  // Not to be called by a `done`.
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Tries once; `done` is called once, on the sender's thread, and may send. More than it may do at
  // once wait: what is more urgent first, else in their order, those to one host behind one
  // another. That may take long: `still` is asked on the sender's thread when its turn has come.
  // Where it says no, nothing is sent and `done` is not called. Empty: it is still to be sent.
  using Still = std::function<bool()>;
  void send(Outgoing outgoing, Done done, Still still = {});

  // How many it has and has not told of.
  std::size_t in_hand() const;

 private:
  class Impl;
  explicit Sender(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::notification
