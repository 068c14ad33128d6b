#pragma once
#include <functional>
#include <memory>
#include <string>

namespace mash::feed {

class Feed;

// The feed of a service's log, by the service's name ("referral"): a new one for each who follows.
using Feeds = std::function<std::shared_ptr<Feed>(const std::string& service)>;

}  // namespace mash::feed
