#pragma once
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "integration/test_pki.h"

namespace google::protobuf {
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace mash::testing {

// How long a call may take, streams too: longer than a test may, on however slow a machine.
inline constexpr std::chrono::minutes kCallMax{10};

// One call with these bytes as its request, whatever they are; the answer is not looked at.
grpc::Status call_raw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                      const std::string& request,
                      const std::multimap<std::string, std::string>& metadata);

// Every method of these services: "/mash.log.v1.LogService/ReadLog".
std::vector<std::string> methods_of(const std::vector<std::string>& services);

// Whether a request is refused without this field.
bool is_required(const google::protobuf::FieldDescriptor& field);

// Gives a request these fields by their names, and something to every other one that is required.
void fill_required(google::protobuf::Message& request,
                   const std::map<std::string, std::string>& fields);

// A connection to a hub on this machine that trusts and comes from this authority.
std::shared_ptr<grpc::Channel> connect_with(const TestPki& pki,
                                            const TestPki::Credentials& credentials, int port);

// What an HTTP server on this machine answers, headers included.
std::string http_get(int port, const std::string& path);

// Asks until it holds, at most two minutes: what the hub does by itself it does with low priority.
bool eventually(const std::function<bool()>& holds);

// Memory of this process that is really there.
std::size_t resident_bytes();

// Holds up whoever passes while it is closed.
class Gate {
 public:
  void close();
  void open();
  void pass();
  // Returns once somebody is being held up.
  void wait_for_somebody();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
  int held_ = 0;
};

}  // namespace mash::testing
