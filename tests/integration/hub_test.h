#pragma once
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "integration/grpc_helpers.h"
#include "integration/test_hub.h"

// What tests of a whole hub over gRPC have in common.
namespace mash::testing {

// A message from its text form; one that cannot be read fails the test.
template <class Message>
Message message(const std::string& text) {
  Message parsed;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parsed)) << text;
  return parsed;
}

// How a call went, for messages and matchers: "accepted", or the reason of its refusal.
template <class T>
std::string told(const Result<T>& result) {
  return result ? "accepted" : result.error().reason;
}

class HubTest : public ::testing::Test {
 protected:
  HubTest() = default;
  explicit HubTest(const std::function<void(host::Config&)>& adjust, node::Options parts = {},
                   TestHub::Parts made_of = hub::parts)
      : hub_(adjust, std::move(parts), std::move(made_of)) {}

  // One call; a command that names no request id gets one.
  template <class Service, class Request, class Response>
  Result<Response> call(const Caller& caller,
                        grpc::Status (Service::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                        Request request) {
    if constexpr (requires { request.set_request_id(""); })
      if (request.request_id().empty()) request.set_request_id(new_request_id());
    return hub_.call(caller, method, request);
  }

  // The same, where nothing else than success is expected: sent again, as its caller would, where
  // the service does not know yet what another's log got a moment ago.
  template <class Service, class Request, class Response>
  Response done(const Caller& caller,
                grpc::Status (Service::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    auto result = call(caller, method, request);
    const auto is_answered = [&] { return told(result) != "CASES_BEHIND"; };
    if (!is_answered())
      eventually([&] {
        result = call(caller, method, request);
        return is_answered();
      });
    EXPECT_TRUE(result.has_value())
        << told(result) << ": " << (result ? "" : result.error().message);
    return result.value_or(Response());
  }

  TestHub hub_;
};

}  // namespace mash::testing
