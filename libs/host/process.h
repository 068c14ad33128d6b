#pragma once

namespace mash::host {

// What a server program does before it makes anything else: takes SIGTERM and SIGINT for
// wait_for_stop(), ignores SIGPIPE, writes gRPC's own errors to the program's log, and turns off
// abseil's deadlock detection, which Debian's build runs on every lock (11 to 19% of a call).
// Call it first in main(), before any thread starts.
void prepare_process();

// Blocks until SIGTERM or SIGINT comes.
void wait_for_stop();

// Tells systemd, where it started this program (sd_notify).
void tell_ready();
void tell_stopping();

}  // namespace mash::host
