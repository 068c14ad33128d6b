#pragma once
#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "host/config.h"
#include "host/reply.h"
#include "hub/hub.h"
#include "integration/test_pki.h"
#include "node/node.h"

namespace mash::testing {

// Who calls in a test: which agency's certificate, who acts, in which role.
struct Caller {
  std::string agency;
  std::string practitioner{};
  std::string role{};
};

inline const Caller kPolice{"police", "pc-1", "practitioner"};
inline const Caller kHealth{"health", "nurse-1", "practitioner"};
inline const Caller kTriage{"social-care", "to-1", "triage-officer"};
inline const Caller kSocialWorker{"social-care", "sw-1", "social-worker"};
inline const Caller kManager{"social-care", "mm-1", "mash-manager"};
inline const Caller kAuditor{"auditor", "aud-1", "auditor"};
inline const Caller kOperator{"operator", "op-1", "operator"};
inline const Caller kRecordsManager{"operator", "rm-1", "records-manager"};

// A whole hub in this process: on a port of its own, in a temporary folder of its own, with an
// authority of its own. It goes with everything it wrote.
class TestHub {
 public:
  // What the process is made of; made anew at each start.
  using Parts = std::function<std::vector<node::Part>()>;
  // `adjust` may change the configuration before the hub starts.
  explicit TestHub(const std::function<void(host::Config&)>& adjust = {}, node::Options parts = {},
                   Parts made_of = hub::parts);
  ~TestHub();

  node::Node& hub() { return *hub_; }
  const TestPki& pki() const { return pki_; }
  const host::Config& config() const { return config_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Closes the hub; start() opens it again on the same data and a new port.
  void stop();
  void start();

  // A connection with these credentials; none at all when the certificate is empty.
  std::shared_ptr<grpc::Channel> connect(const TestPki::Credentials& credentials) const;
  // The agency's own connection, made once.
  std::shared_ptr<grpc::Channel> channel(const std::string& agency);

  // One unary call as this caller, by any stub's method:
  //   hub.call(kAuditor, &LogService::Stub::GetCheckpoint, request)
  template <class Service, class Request, class Response>
  Result<Response> call(const Caller& caller,
                        grpc::Status (Service::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                        const Request& request) {
    Service stub(channel(caller.agency));
    grpc::ClientContext context;
    dress(context, caller);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return tl::unexpected(host::from_status(status));
    return response;
  }

  // Puts who acts into a call's metadata, with a deadline no test should reach.
  static void dress(grpc::ClientContext& context, const Caller& caller);

 private:
  TestPki pki_;
  std::filesystem::path folder_;
  host::Config config_;
  node::Options parts_;
  Parts made_of_;
  std::unique_ptr<node::Node> hub_;
  std::map<std::string, TestPki::Credentials> issued_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
};

// A new request id.
std::string new_request_id();

}  // namespace mash::testing
