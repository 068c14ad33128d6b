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

class Running;

// Shows how a service stands: its log, the logs it follows, its deadlines (docs/operate.md lists
// the metrics). Both outlive the metrics.
void watch(host::Metrics& metrics, const log::EventLog& log, const Running& running);
// The same of its being published.
void watch(host::Metrics& metrics, const log::EventLog& log, const feed::Relay& relay);

}  // namespace mash::node
