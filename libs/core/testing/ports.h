// Ports for what a test starts and must find again at the same place: a server that is killed and
// started anew, a broker. What can listen on port 0 and say where it listens needs none of this.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "core/check.h"

namespace mash::testing {

/// How many ports one claim can have.
inline constexpr int kPortsMax = 16;

/// Whether nothing listens at this port of the loopback address.
inline bool is_free(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return bound;
}

/// The first of `count` ports in a row that are free, and stay this program's until it ends: below
/// those that the kernel gives to connections that go out, any of which it may give away between
/// two starts of a server; and under a lock, the same that claim_ports in deploy/demo/programs.sh
/// takes, so that no other test has them. @pre 0 < count <= kPortsMax
inline int claim_ports(int count) {
  MASH_CHECK(count > 0 && count <= kPortsMax);
  constexpr int kLowest = 10'000;
  int kernels_own = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> kernels_own;
  if (kernels_own < kLowest + 64 * kPortsMax) kernels_own = 32'768;
  const std::filesystem::path locks =
      std::filesystem::temp_directory_path() / ("mash-ports-" + std::to_string(::getuid()));
  std::filesystem::create_directories(locks);

  const int blocks = (kernels_own - kLowest) / kPortsMax;
  const int start = static_cast<int>(std::random_device{}() % static_cast<unsigned>(blocks));
  for (int tried = 0; tried < blocks; ++tried) {
    const int first = kLowest + (start + tried) % blocks * kPortsMax;
    const int lock =
        ::open((locks / std::to_string(first)).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    MASH_CHECK(lock >= 0);
    bool ours = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
    for (int port = first; ours && port < first + count; ++port) ours = is_free(port);
    if (ours) return first;  // the lock stays open: it is let go when the program ends
    ::close(lock);
  }
  MASH_CHECK(false);
}

}  // namespace mash::testing
