#include "policy/notice_rules.h"

#include <algorithm>
#include <utility>

#include "policy/choice.h"
#include "policy/entry_reader.h"
#include "policy/map_reader.h"

namespace mash::policy {
namespace {

constexpr Choices<NoticeUrgency, 3> kUrgencies = {{{"routine", NoticeUrgency::kRoutine},
                                                   {"urgent", NoticeUrgency::kUrgent},
                                                   {"immediate", NoticeUrgency::kImmediate}}};
constexpr std::string_view kAgencyPrefix = "agency ";
constexpr std::string_view kFieldPrefix = "field ";
constexpr std::string_view kAuthorityPrefix = "authority ";
constexpr int kMinutesMax = 60 * 24 * 30;

}  // namespace

class NoticeRulesReader {
 public:
  NoticeRulesReader(const Node& root, Faults& faults)
      : root_(root), faults_(faults), entries_(faults) {}

  NoticeRules read(std::string_view file_text) {
    MapReader file(root_, "", faults_);
    entries_.read_head(file, kNoticeRulesKind, file_text, rules_);
    entries_.each(file, "rules", [this](const std::string& code, MapReader& entry, Mark) {
      rules_.rules_.push_back(read_rule(code, entry));
    });
    if (const Node* met_by = file.optional_map("met_by"))
      for (const auto& [timescale, ends] : met_by->pairs)
        rules_.met_by_[timescale] = read_ends(file, "met_by", ends);
    file.finish();
    entries_.check_sources_used();
    return std::move(rules_);
  }

 private:
  NoticeRule read_rule(const std::string& code, MapReader& entry) {
    NoticeRule rule{.code = code};
    read_event(entry, rule);
    rule.when = read_conditions(entry);
    for (const std::string& word : entries_.words(entry, "to"))
      rule.to.push_back(read_recipient(entry, word));
    if (rule.to.empty()) entry.fault("to", "must name somebody");
    rule.practitioner = entry.optional_text("practitioner");
    rule.whoever_did_it = entry.flag("whoever_did_it");
    rule.urgency = choice(entry, "urgency", kUrgencies);
    if (rule.urgency != NoticeUrgency::kRoutine) read_patience(entry, rule);
    if (const Node* about = entry.optional_map("about"))
      for (const auto& [kind, field] : about->pairs) rule.about.push_back({kind, field.text});
    if (const Node* done_by = entry.optional_map("done_by"))
      rule.done_by = read_ends(entry, "done_by", *done_by);
    rule.until_done = entry.flag("until_done");
    if (rule.until_done && (rule.done_by.empty() || rule.acknowledge_within_min == 0))
      entry.fault("until_done", "needs `done_by` and `acknowledge_within_min`");
    rule.basis = entries_.basis(entry);
    return rule;
  }

  static void read_patience(MapReader& entry, NoticeRule& rule) {
    rule.acknowledge_within_min = entry.integer("acknowledge_within_min", 1, kMinutesMax);
    if (entry.optional_text("next_contact_after_min").empty()) return;
    rule.next_contact_after_min = entry.integer("next_contact_after_min", 1, kMinutesMax);
    if (rule.next_contact_after_min >= rule.acknowledge_within_min)
      entry.fault("next_contact_after_min", "must be less than acknowledge_within_min");
  }

  static std::vector<NoticeEnd> read_ends(MapReader& entry, const char* key, const Node& events) {
    std::vector<NoticeEnd> ends;
    for (const auto& [event, field] : events.pairs) {
      if (field.kind == Node::Kind::kMap && !field.pairs.empty())
        for (const auto& [path, value] : field.pairs) ends.push_back({event, path, value.text});
      else if (!field.text.empty())
        ends.push_back({.event = event, .field = field.text, .value = {}});
      else
        entry.fault(key, "must say which field of " + event +
                             " names what it is, or holds what: `stream`, `action_id`, "
                             "`{answer.accepted: \"true\"}`");
    }
    return ends;
  }

  static void read_event(MapReader& entry, NoticeRule& rule) {
    const std::string event = entry.text("event");
    const std::size_t slash = event.find('/');
    if (slash == std::string::npos && !event.empty())
      entry.fault("event", "must be an event and its kind: mash.referral.v1.ReferralEvent/rated");
    rule.type = event.substr(0, slash);
    if (slash != std::string::npos) rule.event = event.substr(slash + 1);
  }

  static std::vector<NoticeCondition> read_conditions(MapReader& entry) {
    std::vector<NoticeCondition> conditions;
    const Node* when = entry.optional_map("when");
    if (when == nullptr) return conditions;
    for (const auto& [field, value] : when->pairs) {
      NoticeCondition& condition = conditions.emplace_back(NoticeCondition{.field = field});
      if (value.kind == Node::Kind::kScalar) condition.values.push_back(value.text);
      for (const Node& each : value.items) condition.values.push_back(each.text);
      if (condition.values.empty()) entry.fault("when", "must say what " + field + " is to be");
    }
    return conditions;
  }

  static NoticeRecipient read_recipient(MapReader& entry, const std::string& word) {
    using Kind = NoticeRecipient::Kind;
    if (word == "hub") return {.kind = Kind::kHub, .name = {}};
    if (word == "sender") return {.kind = Kind::kSender, .name = {}};
    if (word == "involved") return {.kind = Kind::kInvolved, .name = {}};
    if (word == "others") return {.kind = Kind::kOthers, .name = {}};
    if (word.starts_with(kAgencyPrefix))
      return {.kind = Kind::kAgency, .name = word.substr(kAgencyPrefix.size())};
    if (word.starts_with(kFieldPrefix))
      return {.kind = Kind::kField, .name = word.substr(kFieldPrefix.size())};
    if (word.starts_with(kAuthorityPrefix))
      return {.kind = Kind::kAuthority, .name = word.substr(kAuthorityPrefix.size())};
    entry.fault("to",
                "must be hub, sender, involved, others, `agency NAME`, `field PATH` or `authority "
                "PATH`, not " +
                    word);
    return {};
  }

  const Node& root_;
  Faults& faults_;
  NoticeRules rules_;
  EntryReader entries_;
};

Result<NoticeRules> NoticeRules::parse(std::string_view yaml, std::string_view file_name) {
  Faults faults(file_name);
  const Node root = read_yaml(yaml, faults);
  if (faults.none()) {
    NoticeRules rules = NoticeRulesReader(root, faults).read(yaml);
    if (faults.none()) return rules;
  }
  return tl::unexpected(invalid_pack(file_name, faults));
}

Result<NoticeRules> NoticeRules::load(const std::string& path) {
  const auto text = read_pack(path);
  if (!text) return tl::unexpected(text.error());
  return parse(*text, file_name_of(path));
}

}  // namespace mash::policy
