// Reading a lawful-basis pack's file: each section in turn, then what holds between them.
#include <algorithm>

#include "policy/choice.h"
#include "policy/entry_reader.h"
#include "policy/lawful_basis.h"
#include "policy/map_reader.h"

namespace mash::policy {
namespace {

constexpr std::size_t kWordsBytesMax = 2'000;  // a problem, a remedy, a note

constexpr Choices<DataKind, 3> kKinds = {{{"ordinary", DataKind::kOrdinary},
                                          {"special-category", DataKind::kSpecialCategory},
                                          {"criminal-offence", DataKind::kCriminalOffence}}};
constexpr Choices<GatewayNeed, 3> kNeeds = {
    {{"none", GatewayNeed::kNone}, {"any", GatewayNeed::kAny}, {"duty", GatewayNeed::kDuty}}};
constexpr Choices<PolicyDocument, 3> kDocuments = {
    {{"never", PolicyDocument::kNever},
     {"always", PolicyDocument::kAlways},
     {"unless-to-competent-authority", PolicyDocument::kUnlessToCompetentAuthority}}};

}  // namespace

class LawReader {
 public:
  LawReader(const Node& root, Faults& faults) : root_(root), faults_(faults), entries_(faults) {}

  LawfulBasis read(std::string_view file_text) {
    MapReader file(root_, "", faults_);
    entries_.read_head(file, kLawfulBasisKind, file_text, law_);
    read_bodies(file);
    read_categories(file);
    read_schedule_1(file);
    read_schedule_8(file);
    read_special_conditions(file);
    read_article_6(file);
    read_gateways(file);
    read_grounds(file);
    read_second_signature(file);
    read_rules(file);
    read_notes(file);
    file.finish();
    entries_.check_sources_used();
    return std::move(law_);
  }

 private:
  void read_bodies(MapReader& file) {
    entries_.each(file, "bodies", [this](const std::string& code, MapReader& entry, Mark) {
      law_.bodies_.push_back({.code = code,
                              .name = entry.text("name"),
                              .public_authority = entry.yes_no("public_authority"),
                              .competent_authority = entry.yes_no("competent_authority"),
                              .basis = entries_.basis(entry)});
    });
  }

  void read_categories(MapReader& file) {
    entries_.each(file, "categories", [this](const std::string& code, MapReader& entry, Mark) {
      law_.categories_.push_back({.code = code,
                                  .name = entry.text("name"),
                                  .kind = choice(entry, "kind", kKinds),
                                  .basis = entries_.basis(entry)});
    });
  }

  void read_schedule_1(MapReader& file) {
    entries_.each(file, "schedule_1", [this](const std::string& code, MapReader& entry, Mark) {
      law_.schedule_1_.push_back({.code = code,
                                  .name = entry.text("name"),
                                  .bodies = bodies(entry, "bodies"),
                                  .criminal_offence = entry.yes_no("criminal_offence"),
                                  .without_consent_reason = entry.flag("without_consent_reason"),
                                  .needs_consent = entry.flag("needs_consent"),
                                  .needs_incapacity = entry.flag("needs_incapacity"),
                                  .policy_document = choice(entry, "policy_document", kDocuments),
                                  .basis = entries_.basis(entry)});
    });
  }

  void read_schedule_8(MapReader& file) {
    entries_.each(file, "schedule_8", [this](const std::string& code, MapReader& entry, Mark) {
      law_.schedule_8_.push_back({.code = code,
                                  .name = entry.text("name"),
                                  .without_consent_reason = entry.flag("without_consent_reason"),
                                  .policy_document = choice(entry, "policy_document", kDocuments),
                                  .basis = entries_.basis(entry)});
    });
  }

  void read_special_conditions(MapReader& file) {
    entries_.each(file, "article_9", [this](const std::string& code, MapReader& entry, Mark) {
      SpecialCondition condition{.code = code,
                                 .name = entry.text("name"),
                                 .bodies = bodies(entry, "bodies"),
                                 .schedule_1 = entries_.words(entry, "schedule_1"),
                                 .needs_consent = entry.flag("needs_consent"),
                                 .needs_incapacity = entry.flag("needs_incapacity"),
                                 .basis = entries_.basis(entry)};
      for (const auto& needed : condition.schedule_1)
        if (law_.schedule_1(needed) == nullptr)
          entry.fault("schedule_1", "names no condition of Schedule 1: " + needed);
      law_.special_conditions_.push_back(std::move(condition));
    });
  }

  void read_article_6(MapReader& file) {
    entries_.each(file, "article_6", [this](const std::string& code, MapReader& entry, Mark) {
      law_.article_6_.push_back({.code = code,
                                 .name = entry.text("name"),
                                 .bodies = bodies(entry, "bodies"),
                                 .gateway = choice(entry, "gateway", kNeeds),
                                 .needs_consent = entry.flag("needs_consent"),
                                 .basis = entries_.basis(entry)});
    });
  }

  void read_gateways(MapReader& file) {
    entries_.each(file, "gateways", [this](const std::string& code, MapReader& entry, Mark) {
      Gateway gateway{.code = code,
                      .name = entry.text("name"),
                      .routes = {},
                      .duty = entry.yes_no("duty"),
                      .permits_request = entry.yes_no("permits_request_without_consent"),
                      .basis = entries_.basis(entry)};
      if (const Node* routes = entry.list("routes"))
        for (const Node& node : routes->items) gateway.routes.push_back(route(entry, node));
      if (gateway.routes.empty()) entry.fault("routes", "must have at least one");
      law_.gateways_.push_back(std::move(gateway));
    });
  }

  Gateway::Route route(MapReader& entry, const Node& node) {
    MapReader route(node, entry.path("routes"), faults_);
    Gateway::Route read{.from = bodies(route, "from"), .to = bodies(route, "to")};
    route.finish();
    return read;
  }

  void read_grounds(MapReader& file) {
    entries_.each(file, "grounds", [this](const std::string& code, MapReader& entry, Mark) {
      Ground ground{.code = code,
                    .name = entry.text("name"),
                    .withholds = entry.yes_no("withholds"),
                    .declines = entry.yes_no("declines"),
                    .second_signature = entry.flag("second_signature"),
                    .basis = entries_.basis(entry)};
      if (!ground.withholds && !ground.declines)
        entry.fault("withholds", "is false, and so is declines: then it is a ground for nothing");
      if (!ground.withholds && ground.second_signature)
        entry.fault("second_signature", "goes with a ground for withholding");
      law_.grounds_.push_back(std::move(ground));
    });
  }

  void read_second_signature(MapReader& file) {
    const Node* node = file.map("second_signature");
    if (node == nullptr) return;
    MapReader entry(*node, "second_signature", faults_);
    law_.second_signature_ = {.overriding_refusal = entry.yes_no("overriding_refused_consent"),
                              .releasing_protected = entry.yes_no("releasing_protected_identity"),
                              .basis = entries_.basis(entry)};
    entry.finish();
  }

  void read_rules(MapReader& file) {
    entries_.each(file, "rules", [this](const std::string& id, MapReader& entry, Mark mark) {
      LawfulRule rule{.rule = rule_named(id).value_or(Rule{}),
                      .title = entry.text("title"),
                      .problem = entry.text("problem", kWordsBytesMax),
                      .remedy = entry.text("remedy", kWordsBytesMax),
                      .basis = entries_.basis(entry)};
      if (!rule_named(id))
        return faults_.add(mark, "rules." + id + " is no rule of this program: is it misspelt?");
      law_.rules_.push_back(std::move(rule));
    });
    for (std::size_t i = 0; i < kRules; ++i) {
      const auto rule = static_cast<Rule>(i);
      if (std::ranges::find(law_.rules_, rule, &LawfulRule::rule) == law_.rules_.end())
        file.fault("rules", "must have " + std::string(id_of(rule)));
    }
  }

  void read_notes(MapReader& file) {
    if (file.optional_map("notes") == nullptr) return;
    entries_.each(file, "notes", [this](const std::string& code, MapReader& entry, Mark) {
      law_.notes_.push_back({.code = code,
                             .text = entry.text("text", kWordsBytesMax),
                             .basis = entries_.basis(entry)});
    });
  }

  // Kinds of body; without the key every kind. An empty list would be none, and is refused.
  Bodies bodies(MapReader& entry, std::string_view key) {
    const Node* list = entry.optional_list(key);
    if (list == nullptr) return {};
    if (list->items.empty()) entry.fault(key, "must not be empty: without it every body may");
    Bodies bodies = entries_.words(entry, key);
    for (const auto& code : bodies)
      if (law_.body(code) == nullptr) entry.fault(key, "names no body of this pack: " + code);
    return bodies;
  }

  const Node& root_;
  Faults& faults_;
  LawfulBasis law_;
  EntryReader entries_;
};

Result<LawfulBasis> LawfulBasis::parse(std::string_view yaml, std::string_view file_name) {
  Faults faults(file_name);
  const Node root = read_yaml(yaml, faults);
  if (faults.none()) {
    LawfulBasis law = LawReader(root, faults).read(yaml);
    if (faults.none()) return law;
  }
  return tl::unexpected(invalid_pack(file_name, faults));
}

Result<LawfulBasis> LawfulBasis::load(const std::string& path) {
  const auto text = read_pack(path);
  if (!text) return tl::unexpected(text.error());
  return parse(*text, file_name_of(path));
}

}  // namespace mash::policy
