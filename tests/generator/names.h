#pragma once
#include <string>

#include "generator/random.h"

namespace mash::generator {

// Names as they are heard in England, with the many origins they have there. Lists, not people.
std::string girls_forename(Random& random);
std::string boys_forename(Random& random);
std::string adults_forename(Random& random);
std::string surname(Random& random);

// The same name as another agency may have written it: a short form, another spelling, or a slip of
// the keyboard. Never empty, and now and then the name itself.
std::string as_misheard(Random& random, const std::string& name);

}  // namespace mash::generator
