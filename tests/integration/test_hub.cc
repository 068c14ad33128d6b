#include "integration/test_hub.h"

#include <grpc/support/log.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "core/check.h"
#include "core/ids.h"
#include "integration/grpc_helpers.h"

namespace mash::testing {
namespace {

std::filesystem::path new_folder() {
  // In memory where the machine has that: these tests ask nothing of a disk.
  const bool memory = std::filesystem::is_directory("/dev/shm");
  std::string name =
      (memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path()) /
      "mash-hub-XXXXXX";
  MASH_CHECK(::mkdtemp(name.data()) != nullptr);
  return name;
}

host::AgencyRules usual_agencies() {
  const auto agency = [](const char* body) -> host::AgencyRule {
    return {.roles = {"practitioner", "referrer-system"}, .systems = {}, .body = body};
  };
  return {{"police", agency("police-force")},
          {"health", agency("nhs-body")},
          {"education", agency("school")},
          {"social-care",
           {.roles = {"triage-officer", "social-worker", "mash-manager"},
            .systems = {},
            .body = "local-authority"}},
          {"auditor", {.roles = {"auditor"}, .systems = {}}},
          {"operator", {.roles = {"operator", "records-manager"}, .systems = {}}}};
}

}  // namespace

TestHub::TestHub(const std::function<void(host::Config&)>& adjust, node::Options parts,
                 Parts made_of)
    : folder_(new_folder()), parts_(std::move(parts)), made_of_(std::move(made_of)) {
  std::signal(SIGPIPE, SIG_IGN);  // as host::prepare_process does: a peer may hang up at any time
  gpr_set_log_function([](gpr_log_func_args*) {});  // refused handshakes are what tests are about
  const auto server = pki_.server();
  write_file(folder_ / "pki/ca.pem", pki_.authority());
  write_file(folder_ / "pki/cert.pem", server.certificate);
  write_file(folder_ / "pki/key.pem", server.key);
  const std::filesystem::path source = MASH_SOURCE_DIR;
  config_.data = folder_ / "data";
  config_.backups = folder_ / "backups";
  config_.policy = source / "deploy/policy";
  config_.matching_weights = source / "deploy/matching/england.yaml";
  config_.calendar = source / "deploy/calendar/bank-holidays.json";
  config_.listen = "127.0.0.1:0";
  config_.metrics_listen = "";  // its HTTP server takes up to two seconds to stop
  config_.certificate = folder_ / "pki/cert.pem";
  config_.certificate_key = folder_ / "pki/key.pem";
  config_.authority = folder_ / "pki/ca.pem";
  config_.signing_key = folder_ / "keys/signing.key";
  config_.encryption_key = folder_ / "keys/encryption.key";
  config_.block_cache_bytes = 8 << 20;
  config_.memtable_bytes = 4 << 20;
  config_.agencies = usual_agencies();
  config_.log_calls = "none";
  if (adjust) adjust(config_);
  start();
}

TestHub::~TestHub() {
  stop();
  std::filesystem::remove_all(folder_);
}

void TestHub::start() {
  auto started = node::Node::start(config_, made_of_(), parts_);
  if (!started) {
    std::fprintf(stderr, "the test's hub cannot start: %s: %s\n", started.error().reason.c_str(),
                 started.error().message.c_str());
    std::abort();
  }
  hub_ = std::move(*started);
}

void TestHub::stop() {
  channels_.clear();
  hub_.reset();
}

std::shared_ptr<grpc::Channel> TestHub::connect(const TestPki::Credentials& credentials) const {
  return connect_with(pki_, credentials, hub_->port());
}

std::shared_ptr<grpc::Channel> TestHub::channel(const std::string& agency) {
  if (!issued_.contains(agency)) issued_[agency] = pki_.agency(agency);
  auto& channel = channels_[agency];
  if (!channel) channel = connect(issued_[agency]);
  return channel;
}

void TestHub::dress(grpc::ClientContext& context, const Caller& caller) {
  if (!caller.practitioner.empty()) context.AddMetadata("mash-practitioner", caller.practitioner);
  if (!caller.role.empty()) context.AddMetadata("mash-role", caller.role);
  context.set_deadline(std::chrono::system_clock::now() + kCallMax);
}

std::string new_request_id() {
  static const SystemClock clock;
  static IdSource ids(clock);
  return ids.next_text();
}

}  // namespace mash::testing
