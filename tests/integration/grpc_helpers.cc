#include "integration/grpc_helpers.h"

#include <arpa/inet.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <future>
#include <thread>

#include "core/check.h"
#include "google/api/field_behavior.pb.h"

namespace mash::testing {

grpc::Status call_raw(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                      const std::string& request,
                      const std::multimap<std::string, std::string>& metadata) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  context.set_deadline(std::chrono::system_clock::now() + kCallMax);
  const grpc::Slice slice(request);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  std::promise<grpc::Status> answered;
  stub.UnaryCall(&context, method, {}, &sent, &received,
                 [&](const grpc::Status& status) { answered.set_value(status); });
  return answered.get_future().get();
}

std::vector<std::string> methods_of(const std::vector<std::string>& services) {
  std::vector<std::string> methods;
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; service != nullptr && i < service->method_count(); ++i)
      methods.push_back("/" + name + "/" + service->method(i)->name());
  }
  return methods;
}

bool is_required(const google::protobuf::FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i)
    if (options.GetExtension(google::api::field_behavior, i) == google::api::REQUIRED) return true;
  return false;
}

void fill_required(google::protobuf::Message& request,
                   const std::map<std::string, std::string>& fields) {
  using Field = google::protobuf::FieldDescriptor;
  const auto* reflection = request.GetReflection();
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const Field& field = *request.GetDescriptor()->field(i);
    const auto given = fields.find(field.name());
    if (field.is_repeated() || (given == fields.end() && !is_required(field))) continue;
    if (field.cpp_type() == Field::CPPTYPE_STRING)
      reflection->SetString(&request, &field, given == fields.end() ? "2026-03-04" : given->second);
    if (field.cpp_type() == Field::CPPTYPE_ENUM) reflection->SetEnumValue(&request, &field, 1);
    if (field.cpp_type() == Field::CPPTYPE_MESSAGE)
      fill_required(*reflection->MutableMessage(&request, &field), fields);
  }
}

std::shared_ptr<grpc::Channel> connect_with(const TestPki& pki,
                                            const TestPki::Credentials& credentials, int port) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = pki.authority();
  options.pem_cert_chain = credentials.certificate;
  options.pem_private_key = credentials.key;
  grpc::ChannelArguments arguments;
  // A connection of its own: gRPC would share one between channels that look alike.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  // Windows that do not grow: a reader that stops reading holds the sender up soon.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port),
                                   grpc::SslCredentials(options), arguments);
}

std::string http_get(int port, const std::string& path) {
  const int connection = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = "GET " + path + " HTTP/1.0\r\n\r\n";
    if (::send(connection, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      std::array<char, 16'384> buffer{};
      for (ssize_t got; (got = ::recv(connection, buffer.data(), buffer.size(), 0)) > 0;)
        answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
  ::close(connection);
  return answer;
}

bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    // Whoever makes it so may be of low priority, and have this processor alone.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void Gate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++held_;
  changed_.notify_all();
  changed_.wait(lock, [&] { return !closed_; });
  --held_;
}

void Gate::wait_for_somebody() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_ > 0; });
}

}  // namespace mash::testing
