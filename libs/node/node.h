#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "host/config.h"
#include "node/foundation.h"
#include "node/part.h"

namespace mash::node {

// A process of the hub: some services over one server, each with a log of its own. What is made
// here is passed by reference to what is made after it, and goes in the opposite order.
//
//   data/<service>        the service's log
//   data/referral-lookup  keyed tokens that find people, made from the referral log
//   data/keys             the vault's keys, wrapped
class Node {
 public:
  // Opens everything and serves. Refuses, before it listens, what Foundation::prepare does, an
  // event that is not classified, a method without a rule of access, certificates that cannot be
  // used, a damaged log. There is at least one part.
  static Result<std::unique_ptr<Node>> start(const host::Config& config, std::vector<Part> parts,
                                             Options options = {});

  // Drains, then closes.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  int port() const;
  int metrics_port() const;                   // 0: none
  std::vector<std::string> services() const;  // full names of what it serves

  // Ends open streams, takes no new call, and lets those running finish within server.drain_ms_max.
  void drain();

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::node
