#pragma once
#include "policy/testing/cast.h"

namespace mash::strategy::testing {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests

}  // namespace mash::strategy::testing
