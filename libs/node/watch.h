#pragma once

namespace mash::feed {
class Relay;
}
namespace mash::host {
class Metrics;
}
namespace mash::log {
class EventLog;
}

namespace mash::node {

class Erasing;
class RunningPart;

// Shows how a service stands: its log, the logs it follows, its deadlines (docs/operate.md lists
// the metrics). Both outlive the metrics.
void watch(host::Metrics& metrics, const log::EventLog& log, const RunningPart& running);
// The same for its erasing what the vault of another process was ordered to.
void watch(host::Metrics& metrics, const log::EventLog& log, const Erasing& erasing);
// The same for its relay.
void watch(host::Metrics& metrics, const log::EventLog& log, const feed::Relay& relay);

}  // namespace mash::node
