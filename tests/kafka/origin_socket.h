#pragma once
#include <filesystem>
#include <memory>
#include <thread>

#include "feed/origin.h"

namespace mash::testing {

// A log's owner as followers in other processes ask it: answers what an Origin does at a Unix
// socket, each question on a connection of its own. The origin outlives it.
class OriginSocket {
 public:
  // The path is short (107 bytes), and in a folder that is there.
  OriginSocket(feed::Origin& origin, const std::filesystem::path& path);
  ~OriginSocket();
  OriginSocket(const OriginSocket&) = delete;
  OriginSocket& operator=(const OriginSocket&) = delete;

 private:
  void serve();

  feed::Origin& origin_;
  int listening_ = -1;
  std::jthread thread_;
};

// What is answered at such a socket. Refused: kUnavailable, ORIGIN_UNAVAILABLE, where nobody is or
// whatever the owner refused with.
std::shared_ptr<feed::Origin> origin_at(const std::filesystem::path& path);

}  // namespace mash::testing
