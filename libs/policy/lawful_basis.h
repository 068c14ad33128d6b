#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "policy/lawful_rules.h"
#include "policy/pack_head.h"

namespace mash::policy {

// What the file of such a pack says under `kind`.
inline constexpr std::string_view kLawfulBasisKind = "lawful-basis";

// Which rules of data protection law a piece of information falls under.
enum class DataKind { kOrdinary, kSpecialCategory, kCriminalOffence };

// Kinds of body, by code: "nhs-body"; empty in an entry: every kind.
using Bodies = std::vector<std::string>;

// A kind of body that shares or gets: "local-authority".
struct BodyKind {
  std::string code;
  std::string name;
  bool public_authority = false;
  bool competent_authority = false;  // for law enforcement (Data Protection Act 2018 Part 3)
  Basis basis;
};

// What an item is about: "mental-health".
struct ItemCategory {
  std::string code;
  std::string name;
  DataKind kind = DataKind::kOrdinary;
  Basis basis;
};

enum class GatewayNeed { kNone, kAny, kDuty };

// A basis in UK GDPR Article 6(1): "6-1-e".
struct Article6Basis {
  std::string code;
  std::string name;
  Bodies bodies;  // that may use it
  GatewayNeed gateway = GatewayNeed::kNone;
  bool needs_consent = false;
  Basis basis;
};

// A condition in UK GDPR Article 9(2): "9-2-g".
struct SpecialCondition {
  std::string code;
  std::string name;
  Bodies bodies;
  std::vector<std::string> schedule_1;  // it needs one of these; empty: none
  bool needs_consent = false;
  bool needs_incapacity = false;  // whoever it is about cannot consent
  Basis basis;
};

// When a condition asks for the agency's appropriate policy document.
enum class PolicyDocument { kNever, kAlways, kUnlessToCompetentAuthority };

// A condition in the Data Protection Act 2018, Schedule 1: "sch1-18".
struct Schedule1Condition {
  std::string code;
  std::string name;
  Bodies bodies;
  bool criminal_offence = false;        // it serves for criminal-offence data (Article 10)
  bool without_consent_reason = false;  // without consent it needs one of the reasons of para 18(2)
  bool needs_consent = false;
  bool needs_incapacity = false;
  PolicyDocument policy_document = PolicyDocument::kNever;
  Basis basis;
};

// A condition in Schedule 8, for sensitive processing under law enforcement: "sch8-4".
struct Schedule8Condition {
  std::string code;
  std::string name;
  bool without_consent_reason = false;
  PolicyDocument policy_document = PolicyDocument::kAlways;
  Basis basis;
};

// A power or duty to share: "ca1989-s47".
struct Gateway {
  struct Route {
    Bodies from;
    Bodies to;
  };

  std::string code;
  std::string name;
  std::vector<Route> routes;  // at least one
  bool duty = false;          // it obliges whoever holds the information, and does not only allow
  bool permits_request = false;  // an information request without consent and without a threshold
  Basis basis;

  bool discloses(std::string_view body) const;
  bool serves(std::string_view from, std::string_view to) const;
};

// Why something is not shared, or a request is declined: "detriment-16la-3".
struct Ground {
  std::string code;
  std::string name;
  bool withholds = false;
  bool declines = false;
  bool second_signature = false;  // withholding on it
  Basis basis;
};

// A rule, in words: what a fault says.
struct LawfulRule {
  Rule rule{};
  std::string title;
  std::string problem;
  std::string remedy;
  Basis basis;
};

// What asks for a second signature, besides grounds that do.
struct SecondSignature {
  bool overriding_refusal = false;   // a refused consent
  bool releasing_protected = false;  // an identity that needs protection
  Basis basis{};
};

// Something a reader of the pack is to know that no rule checks.
struct LawNote {
  std::string code;
  std::string text;
  Basis basis;
};

// A lawful-basis pack: which bases, conditions, gateways and grounds there are for sharing, who may
// use which, and the rules a decision is held to, as data with sources and dates, read from one
// YAML file (docs/lawful-basis.md, docs/policy-packs.md) and checked as a whole. Immutable once
// made, so threads may share one. What accessors point to lives as long as the pack; a null pointer
// says there is none. Those that take a day answer with what is in force on it.
class LawfulBasis : public PackHead {
 public:
  // Reads a pack's text, at most 256 KiB. Everything wrong is in the error's faults, each with
  // file, line and column: kInvalidArgument, INVALID_PACK.
  static Result<LawfulBasis> parse(std::string_view yaml, std::string_view file_name = "pack.yaml");

  // Reads the file at `path`. kNotFound, PACK_MISSING.
  static Result<LawfulBasis> load(const std::string& path);

  const BodyKind* body(std::string_view code) const;
  const ItemCategory* category(std::string_view code) const;
  const Article6Basis* article_6(std::string_view code) const;
  const SpecialCondition* special_condition(std::string_view code) const;
  const Schedule1Condition* schedule_1(std::string_view code) const;
  const Schedule8Condition* schedule_8(std::string_view code) const;
  const Gateway* gateway(std::string_view code) const;
  const Ground* ground(std::string_view code) const;
  const LawfulRule& rule(Rule rule) const;

  const BodyKind* body(std::string_view code, Day day) const;
  const ItemCategory* category(std::string_view code, Day day) const;
  const Article6Basis* article_6(std::string_view code, Day day) const;
  const SpecialCondition* special_condition(std::string_view code, Day day) const;
  const Schedule1Condition* schedule_1(std::string_view code, Day day) const;
  const Schedule8Condition* schedule_8(std::string_view code, Day day) const;
  const Gateway* gateway(std::string_view code, Day day) const;
  const Ground* ground(std::string_view code, Day day) const;

  const std::vector<BodyKind>& bodies() const { return bodies_; }
  const std::vector<ItemCategory>& categories() const { return categories_; }
  const std::vector<Article6Basis>& article_6() const { return article_6_; }
  const std::vector<SpecialCondition>& special_conditions() const { return special_conditions_; }
  const std::vector<Schedule1Condition>& schedule_1() const { return schedule_1_; }
  const std::vector<Schedule8Condition>& schedule_8() const { return schedule_8_; }
  const std::vector<Gateway>& gateways() const { return gateways_; }
  const std::vector<Ground>& grounds() const { return grounds_; }
  const std::vector<LawfulRule>& rules() const { return rules_; }  // each once, in the file's order
  const std::vector<LawNote>& notes() const { return notes_; }
  const SecondSignature& second_signature() const { return second_signature_; }

 private:
  friend class LawReader;
  LawfulBasis() = default;

  std::vector<BodyKind> bodies_;
  std::vector<ItemCategory> categories_;
  std::vector<Article6Basis> article_6_;
  std::vector<SpecialCondition> special_conditions_;
  std::vector<Schedule1Condition> schedule_1_;
  std::vector<Schedule8Condition> schedule_8_;
  std::vector<Gateway> gateways_;
  std::vector<Ground> grounds_;
  std::vector<LawfulRule> rules_;
  std::vector<LawNote> notes_;
  SecondSignature second_signature_;
};

// Whether a list of kinds of body names this one; an empty list names all.
bool names_body(const Bodies& bodies, std::string_view code);

}  // namespace mash::policy
