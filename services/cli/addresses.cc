#include "cli/addresses.h"

#include <sstream>

#include "mash/log/v1/log_service.pb.h"

namespace mash::cli {
namespace {

constexpr std::string_view kProject = "mash.";
constexpr std::string_view kLogService = "mash.log.v1.LogService/";

}  // namespace

Outcome<Addresses> Addresses::parse(const std::string& text) {
  Addresses addresses;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const size_t equals = part.find('=');
    const std::string address = equals == std::string::npos ? part : part.substr(equals + 1);
    if (address.empty() || equals == 0 ||
        (equals == std::string::npos) != (text.find('=') == std::string::npos))
      return wrong_usage("There is no address in '" + part + "'.",
                         "Give one, 127.0.0.1:7443, or one a service: "
                         "referral=127.0.0.1:7444,sharing=127.0.0.1:7445");
    const Place place{.service = equals == std::string::npos ? "" : part.substr(0, equals),
                      .address = address};
    if (addresses.first_.address.empty()) addresses.first_ = place;
    if (!place.service.empty()) addresses.by_service_[place.service] = place;
  }
  if (addresses.first_.address.empty()) return wrong_usage("The hub's address is empty.");
  return addresses;
}

const Place& Addresses::of(std::string_view method, std::string_view log) const {
  std::string_view service = log;
  if (!method.starts_with(kLogService) && method.starts_with(kProject)) {
    service = method.substr(kProject.size());
    service = service.substr(0, service.find('.'));
  }
  const auto found = by_service_.find(service);
  return found == by_service_.end() ? first_ : found->second;
}

std::string log_named_by(std::string_view method, const std::string& request) {
  log::v1::GetCheckpointRequest named;
  if (!method.starts_with(kLogService) || !named.ParseFromString(request)) return {};
  return named.log();
}

}  // namespace mash::cli
