#include "node/peer.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <tuple>

#include "host/reply.h"

namespace mash::node {
namespace {

constexpr int kMessageBytesMax = 64 << 20;

Result<std::string> content_of(const char* setting, const std::filesystem::path& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  if (content.str().empty())
    return refuse(Code::kFailedPrecondition, "CERTIFICATE_UNUSABLE",
                  std::string("The file of ") + setting + ", " + file.string() +
                      ", cannot be read or is empty.");
  return content.str();
}

}  // namespace

Result<std::shared_ptr<grpc::Channel>> connect_to(const host::Config& config,
                                                  const std::string& address) {
  grpc::SslCredentialsOptions tls;
  for (const auto& [setting, file, into] :
       {std::tuple{"server.authority", config.authority, &tls.pem_root_certs},
        {"server.certificate", config.certificate, &tls.pem_cert_chain},
        {"server.key", config.certificate_key, &tls.pem_private_key}}) {
    auto content = content_of(setting, file);
    if (!content) return tl::unexpected(std::move(content.error()));
    *into = std::move(*content);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), arguments);
}

void dress(grpc::ClientContext& context, std::chrono::milliseconds patience) {
  context.AddMetadata("mash-role", "service");
  context.set_deadline(std::chrono::system_clock::now() + patience);
}

Error error_of(const grpc::Status& status, const char* unavailable) {
  Error error = host::from_status(status);
  const bool did_not_arrive =
      error.reason.empty() && (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                               status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
  if (did_not_arrive) {
    error.code = Code::kUnavailable;
    error.reason = unavailable;
  }
  return error;
}

}  // namespace mash::node
