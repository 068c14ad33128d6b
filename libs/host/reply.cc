#include "host/reply.h"

#include <google/protobuf/any.pb.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mash::host {
namespace {

google::rpc::ErrorInfo error_info(const Error& error) {
  google::rpc::ErrorInfo info;
  info.set_reason(error.reason);
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : error.metadata) (*info.mutable_metadata())[key] = value;
  return info;
}

google::rpc::Help help(const Error& error) {
  google::rpc::Help help;
  for (const Source& source : error.sources) {
    auto& link = *help.add_links();
    link.set_description(source.description);
    link.set_url(source.url);
  }
  return help;
}

google::rpc::RetryInfo retry_info(std::chrono::milliseconds after) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(after.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(after.count() % 1000) * 1'000'000);
  return retry;
}

// As many faults as fit into `bytes_max`, one at least.
google::rpc::BadRequest bad_request(const Error& error, std::size_t bytes_max) {
  constexpr std::size_t kLastFaultBytes = 80;
  google::rpc::BadRequest bad;
  std::size_t bytes = kLastFaultBytes;
  std::size_t told = 0;
  for (const FieldFault& fault : error.faults) {
    constexpr std::size_t kFramingBytes = 12;
    bytes += fault.field.size() + fault.description.size() + kFramingBytes;
    if (told > 0 && bytes > bytes_max) break;
    auto& violation = *bad.add_field_violations();
    violation.set_field(fault.field);
    violation.set_description(fault.description);
    ++told;
  }
  if (told < error.faults.size()) {
    auto& violation = *bad.add_field_violations();
    violation.set_description("and " + std::to_string(error.faults.size() - told) +
                              " more faults, which do not fit into one reply");
  }
  return bad;
}

}  // namespace

google::rpc::Status to_rpc_status(const Error& error) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(error.code));
  status.set_message(error.message);
  status.add_details()->PackFrom(error_info(error));
  if (error.retry_after) status.add_details()->PackFrom(retry_info(*error.retry_after));
  if (!error.sources.empty()) status.add_details()->PackFrom(help(error));
  if (!error.faults.empty()) {
    const std::size_t used = status.ByteSizeLong();
    const std::size_t left = used < kDetailsBytesMax ? kDetailsBytesMax - used : 0;
    status.add_details()->PackFrom(bad_request(error, left));
  }
  return status;
}

grpc::Status to_status(const Error& error) {
  return {static_cast<grpc::StatusCode>(error.code), error.message,
          to_rpc_status(error).SerializeAsString()};
}

Error from_status(const grpc::Status& status) {
  Error error{.code = static_cast<Code>(status.error_code()),
              .reason = {},
              .message = status.error_message()};
  google::rpc::Status detailed;
  if (!detailed.ParseFromString(status.error_details())) return error;
  for (const auto& detail : detailed.details()) {
    if (google::rpc::ErrorInfo info; detail.UnpackTo(&info)) {
      error.reason = info.reason();
      error.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (google::rpc::BadRequest bad; detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations())
        error.faults.push_back({violation.field(), violation.description()});
    } else if (google::rpc::Help help; detail.UnpackTo(&help)) {
      for (const auto& link : help.links())
        error.sources.push_back({link.description(), link.url()});
    } else if (google::rpc::RetryInfo retry; detail.UnpackTo(&retry)) {
      error.retry_after = std::chrono::milliseconds(retry.retry_delay().seconds() * 1000 +
                                                    retry.retry_delay().nanos() / 1'000'000);
    }
  }
  return error;
}

}  // namespace mash::host
