#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace mash::policy {

// Where something stands in a text; both count from 1.
struct Mark {
  int line = 1;
  int column = 1;
};

// Collects what is wrong with a file: "pack.yaml:12:5", "timescales.assessment.amount must be...".
// After 100 faults it counts only.
class Faults {
 public:
  explicit Faults(std::string_view file_name) : file_name_(file_name) {}

  void add(Mark mark, std::string description);
  bool none() const { return count_ == 0; }
  std::vector<FieldFault> take() { return std::move(faults_); }

 private:
  std::string file_name_;
  std::vector<FieldFault> faults_;
  std::size_t count_ = 0;
};

// A YAML document as a tree that remembers where each part stood. Only the plain part of YAML:
// maps with distinct scalar keys, lists and scalars; no anchors, aliases, tags or further
// documents.
struct Node {
  enum class Kind { kNothing, kScalar, kList, kMap };

  Kind kind = Kind::kNothing;
  Mark mark{};
  std::string text{};                                 // of a scalar
  std::vector<Node> items{};                          // of a list
  std::vector<std::pair<std::string, Node>> pairs{};  // of a map, in the file's order
};

inline constexpr std::size_t kMaxYamlBytes = 256 * 1024;
inline constexpr int kMaxYamlDepth = 12;
inline constexpr int kMaxYamlNodes = 20'000;

// Reads a document. What breaks the syntax or a limit ends the reading; it is the last fault then.
// The tree is only worth reading when no fault was added.
Node read_yaml(std::string_view text, Faults& faults);

}  // namespace mash::policy
