#include "policy/yaml_tree.h"

#include <yaml-cpp/anchor.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_set>

namespace mash::policy {
namespace {

constexpr std::size_t kMaxFaults = 100;

Mark mark_of(const YAML::Mark& mark) {
  return mark.is_null() ? Mark{} : Mark{mark.line + 1, mark.column + 1};
}

// Ends the reading, through the parser.
class GiveUp final : public YAML::Exception {
 public:
  using YAML::Exception::Exception;
};

// Builds the tree from the parser's events: it never holds more than the limits allow.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Faults& faults) : faults_(faults) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    add(Node{.kind = Node::Kind::kNothing, .mark = mark_of(mark)}, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    give_up(mark, "an alias (*name) is not taken: write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (expects_key()) return take_key(mark, value);
    add(Node{.kind = Node::Kind::kScalar, .mark = mark_of(mark), .text = value}, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kList);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kMap);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  // A list or map being read.
  struct Open {
    Node node;
    bool has_key = false;
    std::string key;
    std::unordered_set<std::string> keys{};
  };

  bool expects_key() const {
    return !open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().has_key;
  }

  void take_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    if (!map.keys.insert(key).second)
      faults_.add(mark_of(mark), "the key \"" + key + "\" is given twice");
    map.key = key;
    map.has_key = true;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            Node::Kind kind) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (expects_key()) give_up(mark, "a key must be a word, not a list or a map");
    if (open_.size() == static_cast<std::size_t>(kMaxYamlDepth))
      give_up(mark, "lists and maps may be nested " + std::to_string(kMaxYamlDepth) + " deep");
    count(mark);
    open_.push_back(Open{.node = Node{.kind = kind, .mark = mark_of(mark)}, .key = {}});
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(node));
  }

  void add(Node node, const YAML::Mark& mark) {
    if (expects_key()) give_up(mark, "a key is missing");
    count(mark);
    place(std::move(node));
  }

  void place(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::kList) {
      parent.node.items.push_back(std::move(node));
    } else {
      parent.node.pairs.emplace_back(std::move(parent.key), std::move(node));
      parent.has_key = false;
    }
  }

  void count(const YAML::Mark& mark) {
    if (++count_ > kMaxYamlNodes)
      give_up(mark, "a file holds at most " + std::to_string(kMaxYamlNodes) + " values");
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) give_up(mark, "an anchor (&name) is not taken");
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") give_up(mark, "a tag (!name) is not taken");
  }

  [[noreturn]] void give_up(const YAML::Mark& mark, const std::string& why) {
    throw GiveUp(mark, why);
  }

  Faults& faults_;
  Node root_;
  std::vector<Open> open_;
  int count_ = 0;
};

// The length of the UTF-8 sequence at the beginning of `text`; 0 when it is not one.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 || first == '\n' || first == '\r' || first == '\t' ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  // Overlong forms, halves of surrogate pairs and what lies beyond Unicode.
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) > 0x9f) ||
      (first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) > 0x8f))
    return 0;
  return length;
}

bool check_characters(std::string_view text, Faults& faults) {
  Mark mark;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      faults.add(mark, "this is not text in UTF-8");
      return false;
    }
    if (text.front() == '\n') {
      mark = {mark.line + 1, 1};
    } else {
      ++mark.column;
    }
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

void Faults::add(Mark mark, std::string description) {
  ++count_;
  if (count_ > kMaxFaults) return;
  faults_.push_back(
      {file_name_ + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column),
       std::move(description)});
}

Node read_yaml(std::string_view text, Faults& faults) {
  if (text.size() > kMaxYamlBytes) {
    faults.add({}, "a file is at most " + std::to_string(kMaxYamlBytes) + " bytes");
    return {};
  }
  if (!check_characters(text, faults)) return {};
  TreeBuilder tree(faults);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(tree)) faults.add({}, "the file is empty");
    TreeBuilder rest(faults);
    if (faults.none() && parser.HandleNextDocument(rest))
      faults.add({}, "a file holds one document");
  } catch (const GiveUp& given_up) {
    faults.add(mark_of(given_up.mark), given_up.msg);
  } catch (const YAML::Exception& problem) {
    faults.add(mark_of(problem.mark), "this is not YAML: " + problem.msg);
  }
  return tree.take();
}

}  // namespace mash::policy
