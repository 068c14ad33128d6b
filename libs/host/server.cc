#include "host/server.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>
#include <utility>
#include <vector>

#include "host/certificates.h"
#include "host/malformed.h"

namespace mash::host {
namespace {

// Once, before the first server is built: gRPC keeps both in globals.
void prepare_plugins() {
  static std::once_flag once;
  std::call_once(once, [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

std::shared_ptr<grpc::ServerCredentials> mutual_tls(const Config& config) {
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      config.certificate_key.string(), config.certificate.string(), config.authority.string(),
      static_cast<unsigned>(config.certificate_reload_s));
  grpc::experimental::TlsServerCredentialsOptions options(std::move(provider));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

void set_limits(const Config& config, grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota("mash");
  quota.Resize(config.memory_bytes_max);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(static_cast<int>(config.message_bytes_max));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             static_cast<int>(config.connection_streams_max));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(config.keepalive_ms));
  constexpr int kKeepaliveTimeoutMs = 20'000;
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  constexpr int kPingIntervalMinMs = 10'000;
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kPingIntervalMinMs);
  constexpr int kHandshakeMsMax = 20'000;
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMsMax);
  // Two hubs at one address would share its connections between them.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

class Server::Impl {
 public:
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  std::once_flag drained;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() { drain(std::chrono::milliseconds(0)); }

Result<std::unique_ptr<Server>> Server::start(const Config& config,
                                              std::span<const ServedService> services,
                                              const Access& access, Metrics& metrics) {
  if (auto usable =
          check_certificates(config.certificate, config.certificate_key, config.authority);
      !usable)
    return tl::unexpected(std::move(usable.error()));

  prepare_plugins();
  auto impl = std::make_unique<Impl>();
  grpc::ServerBuilder builder;
  builder.AddListeningPort(config.listen, mutual_tls(config), &impl->port);
  set_limits(config, builder);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(explain_malformed_requests(access, metrics));
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  for (const ServedService& service : services) builder.RegisterService(&service.implementation);
  impl->server = builder.BuildAndStart();
  if (!impl->server || impl->port == 0) {
    impl->server.reset();
    return refuse(Code::kUnavailable, "ADDRESS_IN_USE", "Cannot listen on " + config.listen);
  }
  auto& health = *impl->server->GetHealthCheckService();
  for (const ServedService& service : services) health.SetServingStatus(service.name, true);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const { return impl_->port; }

void Server::drain(std::chrono::milliseconds max) {
  std::call_once(impl_->drained, [&] {
    impl_->server->GetHealthCheckService()->SetServingStatus(false);
    impl_->server->Shutdown(std::chrono::system_clock::now() + max);
    impl_->server->Wait();
  });
}

}  // namespace mash::host
