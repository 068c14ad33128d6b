#pragma once
#include <rapidcheck.h>

#include <cstddef>
#include <vector>

// Chance in properties, of which a failing run prints the seed.
namespace mash::strategy::testing {

// A number from one to below another, each as likely: large ones too in early runs.
inline int between(int from, int to) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

template <class T>
T one_of(const std::vector<T>& all) {
  return all[static_cast<std::size_t>(between(0, static_cast<int>(all.size())))];
}

inline bool at_random() { return between(0, 2) == 1; }

}  // namespace mash::strategy::testing
