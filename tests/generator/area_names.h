#pragma once
#include <string>

#include "generator/random.h"

namespace mash::generator {

// Names of a whole area's people, as common and as rare as names are in England: the commonest
// family name is that of one in a hundred, and half of all people have one of thousands. For
// measuring, where the lists of generator/names.h would make everybody everybody's namesake.
std::string area_girls_name(Random& random);
std::string area_boys_name(Random& random);
std::string area_family_name(Random& random);

// Another form of a given name that somebody may be told of by: "Billy" for "William", also in
// another script. The name itself where it has none. The forms are the generator's own, and more
// than a hub's weights know.
std::string another_form(Random& random, const std::string& name);

// The name as it is written by somebody who only heard it: another spelling of one sound.
std::string as_heard(Random& random, std::string name);

}  // namespace mash::generator
