#include "strategy/protection/other_authority.h"

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "core/identifiers.h"
#include "core/timestamp.h"

namespace mash::strategy {
namespace {

using google::protobuf::Timestamp;

// A step that somebody says was taken, and the one that comes before it.
struct Step {
  const char* field;
  bool taken;
  const Timestamp& at;
};

void check_step(const Step& step, const Step& before, const char* needs, Time now, Checks& checks) {
  if (!step.taken) return;
  const std::string field = std::string("other_authority.") + step.field;
  if (!before.taken) checks.fault(field, needs);
  if (!checks.happened(field, step.at, now) || !before.taken) return;
  if (from_proto(before.at) && *from_proto(step.at) < *from_proto(before.at))
    checks.fault(field, std::string("is before ") + before.field);
}

}  // namespace

void check_other_authority(const v1::OtherAuthority& other, const Context& context,
                           Checks& checks) {
  if (!is_area(other.area()))
    checks.fault("other_authority.area", "is not an authority's ONS code, like E08000025");
  else if (other.area() == context.area)
    checks.fault("other_authority.area", "is the authority whose hub this is");
  const Step consulted{"consulted_at", other.has_consulted_at(), other.consulted_at()};
  const Step accepted{"accepted_at", other.has_accepted_at(), other.accepted_at()};
  const Step written{"written_at", other.has_written_at(), other.written_at()};
  if (consulted.taken) checks.happened("other_authority.consulted_at", consulted.at, context.now);
  check_step(accepted, consulted, "goes with when it was consulted", context.now, checks);
  check_step(written, accepted, "goes with when it accepted", context.now, checks);
  if (accepted.taken == other.accepted_by().empty())
    checks.fault("other_authority.accepted_by",
                 accepted.taken ? "is missing: who accepted there" : "goes with when it accepted");
  checks.line("other_authority.accepted_by", other.accepted_by());
}

}  // namespace mash::strategy
