#include "host/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <exception>
#include <mutex>
#include <utility>
#include <vector>

namespace mash::host {
namespace {

constexpr std::size_t kCodes = 17;
constexpr std::array<const char*, kCodes> kCodeNames = {
    "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
    "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
    "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
    "DATA_LOSS", "UNAUTHENTICATED"};

// Values read when they are asked for.
class Watched final : public prometheus::Collectable {
 public:
  void add(const std::string& name, const std::string& help,
           const std::map<std::string, std::string>& labels, std::function<double()> read) {
    const std::lock_guard lock(mutex_);
    Family& family = families_[name];
    if (name.ends_with("_total")) family.type = prometheus::MetricType::Counter;
    family.help = help;
    family.watches.push_back({labels, std::move(read)});
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    families_.clear();
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    const std::lock_guard lock(mutex_);
    std::vector<prometheus::MetricFamily> families;
    for (const auto& [name, family] : families_) {
      prometheus::MetricFamily& collected =
          families.emplace_back(prometheus::MetricFamily{name, family.help, family.type, {}});
      for (const Watch& watch : family.watches) {
        prometheus::ClientMetric& metric = collected.metric.emplace_back();
        for (const auto& [label, value] : watch.labels) metric.label.push_back({label, value});
        (family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                        : metric.gauge.value) = watch.read();
      }
    }
    return families;
  }

 private:
  struct Watch {
    std::map<std::string, std::string> labels;
    std::function<double()> read;
  };
  // Of one name: each has one place in the text, whoever is watched in between.
  struct Family {
    prometheus::MetricType type = prometheus::MetricType::Gauge;
    std::string help;
    std::vector<Watch> watches;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Family> families_;
};

}  // namespace

const char* code_name(int code) {
  return code >= 0 && static_cast<std::size_t>(code) < kCodes
             ? kCodeNames[static_cast<std::size_t>(code)]
             : "UNKNOWN";
}

class Metrics::Impl {
 public:
  // Families look a metric up under a lock, so every one is made ahead.
  explicit Impl(const Access& access) {
    auto& calls = prometheus::BuildCounter()
                      .Name("mash_calls_total")
                      .Help("Calls answered, by method and gRPC code.")
                      .Register(*registry);
    auto& seconds = prometheus::BuildHistogram()
                        .Name("mash_call_seconds")
                        .Help("How long calls took to answer.")
                        .Register(*registry);
    in_flight = &prometheus::BuildGauge()
                     .Name("mash_calls_in_flight")
                     .Help("Calls begun and not yet answered.")
                     .Register(*registry)
                     .Add({});
    const prometheus::Histogram::BucketBoundaries bounds = {
        .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    for (const Method& method : access.methods()) {
      PerMethod& per = methods.emplace_back();
      for (std::size_t code = 0; code < kCodes; ++code)
        per.answered[code] = &calls.Add({{"method", method.name}, {"code", kCodeNames[code]}});
      per.seconds = &seconds.Add({{"method", method.name}}, bounds);
    }
  }

  struct PerMethod {
    std::array<prometheus::Counter*, kCodes> answered{};
    prometheus::Histogram* seconds = nullptr;
  };

  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<Watched> watched = std::make_shared<Watched>();
  std::vector<PerMethod> methods;
  prometheus::Gauge* in_flight = nullptr;
  std::unique_ptr<prometheus::Exposer> exposer;
};

Metrics::Metrics(const Access& access) : impl_(std::make_unique<Impl>(access)) {}
Metrics::~Metrics() = default;

Result<void> Metrics::serve(const std::string& address) {
  try {
    constexpr std::size_t kThreads = 1;
    impl_->exposer = std::make_unique<prometheus::Exposer>(address, kThreads);
  } catch (const std::exception&) {
    return refuse(Code::kUnavailable, "ADDRESS_IN_USE", "Cannot serve metrics on " + address);
  }
  impl_->exposer->RegisterCollectable(impl_->registry);
  impl_->exposer->RegisterCollectable(impl_->watched);
  return {};
}

int Metrics::port() const {
  return impl_->exposer ? impl_->exposer->GetListeningPorts().front() : 0;
}

void Metrics::stop_serving() {
  impl_->exposer.reset();
  impl_->watched->clear();
}

void Metrics::call_started() { impl_->in_flight->Increment(); }

void Metrics::call_answered(const Method& method, int code, std::chrono::microseconds took) {
  impl_->in_flight->Decrement();
  auto& per = impl_->methods.at(method.index);
  const auto index = static_cast<std::size_t>(code);
  per.answered[index < kCodes ? index : 2]->Increment();
  per.seconds->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::watch(const std::string& name, const std::string& help,
                    const std::map<std::string, std::string>& labels,
                    std::function<double()> read) {
  impl_->watched->add(name, help, labels, std::move(read));
}

std::string Metrics::text() const {
  auto families = impl_->registry->Collect();
  for (auto& family : impl_->watched->Collect()) families.push_back(std::move(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace mash::host
