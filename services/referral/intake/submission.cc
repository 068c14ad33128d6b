#include "referral/intake/submission.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/caller.h"
#include "core/identifiers.h"
#include "core/ids.h"
#include "policy/pack.h"
#include "referral/limits.h"
#include "referral/people/identity.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

constexpr int kPowersMax = 10;

void check_texts(const std::string& field, const v1::ChildAccount& account, IntakeChecks& checks) {
  checks.text(field + ".developmental_needs", account.developmental_needs(), kTextBytesMax);
  checks.text(field + ".parenting_capacity", account.parenting_capacity(), kTextBytesMax);
  checks.text(field + ".external_factors", account.external_factors(), kTextBytesMax);
  checks.text(field + ".whereabouts", account.whereabouts(), kNoteBytesMax);
}

std::string child_field(int i) { return "children[" + std::to_string(i) + "]"; }
std::string person_field(int i) { return "people[" + std::to_string(i) + "]"; }

// Whether this state of consent says who gave or refused it.
bool was_answered(v1::ConsentState state) {
  return state == v1::CONSENT_STATE_GIVEN || state == v1::CONSENT_STATE_REFUSED;
}

}  // namespace

void check_lawful_basis(const std::string& field, v1::LawfulBasis& basis, IntakeChecks& checks,
                        SetAsides& set_aside) {
  checks.enums(field, basis, set_aside);
  const auto unsound = [&](const std::string& part, const std::string& fault) {
    checks.unsound(field + part, "", fault, set_aside);
  };
  checks.text(field + ".explanation", basis.explanation(), kNoteBytesMax);
  if (basis.powers_size() > kPowersMax)
    checks.fault(field + ".powers", "are more than " + std::to_string(kPowersMax));
  const bool under_gdpr = basis.article_6() != v1::ARTICLE6_UNSPECIFIED;
  if (!under_gdpr && !basis.law_enforcement())
    checks.missing(field,
                   "names no basis: give article_6, or law_enforcement for a purpose under Part 3 "
                   "of the Data Protection Act 2018");
  if (under_gdpr && basis.law_enforcement())
    unsound(".article_6", "is given together with law_enforcement: it is one regime or the other");
  const uint32_t paragraph = basis.schedule_1_paragraph();
  if (paragraph > 37)
    unsound(".schedule_1_paragraph", "is not a paragraph of Schedule 1: 1 to 37");
  else if (basis.article_9() == v1::ARTICLE9_SUBSTANTIAL_PUBLIC_INTEREST &&
           (paragraph < 6 || paragraph > 28))
    unsound(
        ".schedule_1_paragraph",
        "does not fit Article 9(2)(g): give a paragraph of Part 2, 6 to 28; 18 is safeguarding");
  else if (basis.article_9() == v1::ARTICLE9_HEALTH_OR_SOCIAL_CARE && paragraph != 2)
    unsound(".schedule_1_paragraph", "does not fit Article 9(2)(h): that needs paragraph 2");
  // A paragraph that does not exist says nothing and is not kept as if it did.
  if (paragraph > 37) basis.clear_schedule_1_paragraph();
}

Submission Submission::of(v1::SubmitContactRequest request, const Context& context) {
  Submission submission(std::move(request));
  if (context.pack == nullptr) return submission;  // the host refuses every command then
  submission.check_head(context);
  submission.check_account();
  submission.check_consent();
  submission.check_children(context);
  submission.check_people(context);
  submission.check_known_ids();
  return submission;
}

void Submission::check_head(const Context& context) {
  if (request_.source().empty()) {
    checks_.missing("source", "is missing: a code of the census, 1A to 10");
  } else if (!code_list(context, kSources).takes(request_.source())) {
    checks_.text("source", request_.source(), kNoteBytesMax);
    checks_.unsound("source", request_.source(), "is not a code of the census, 1A to 10",
                    set_aside_);
    request_.clear_source();
  }
  if (request_.has_occurred_at() &&
      !checks_.happened("occurred_at", request_.occurred_at(), context.now, set_aside_))
    request_.clear_occurred_at();
  checks_.enums("account", *request_.mutable_account(), set_aside_);
  if (!request_.has_lawful_basis())
    checks_.missing("lawful_basis", "is missing: on what basis the hub is told");
  else
    check_lawful_basis("lawful_basis", *request_.mutable_lawful_basis(), checks_, set_aside_);
}

void Submission::check_account() {
  v1::ContactAccount& account = *request_.mutable_account();
  checks_.text("account.concern", account.concern(), kTextBytesMax);
  checks_.text("account.danger", account.danger(), kTextBytesMax);
  checks_.text("account.parents_why_not", account.parents_why_not(), kNoteBytesMax);
  checks_.text("account.early_help_summary", account.early_help_summary(), kNoteBytesMax);
  checks_.text("account.agency_reference", account.agency_reference(), kReferenceBytesMax);
  checks_.line_unless_urgent("account.referrer.name", account.referrer().name());
  checks_.line_unless_urgent("account.referrer.capacity", account.referrer().capacity());
  checks_.line_unless_urgent("account.referrer.reach", account.referrer().reach());
  if (request_.immediate_danger()) {
    if (account.concern().empty() && account.danger().empty())
      checks_.fault("account.danger", "is missing: say in a sentence what the danger is");
    return;
  }
  if (account.concern().empty()) checks_.fault("account.concern", "is missing");
  if (!account.danger().empty())
    checks_.fault("account.danger",
                  "is given, but immediate_danger is not set: set it, or tell this in the concern");
  if (account.parents_know() == v1::PARENTS_KNOW_UNSPECIFIED)
    checks_.fault("account.parents_know", "is missing: whether the parents know of this and agree");
  else if (account.parents_know() != v1::PARENTS_KNOW_AND_AGREE &&
           account.parents_why_not().empty())
    checks_.fault("account.parents_why_not",
                  "is missing: why they do not know or agree, and why it is told all the same");
}

// Consent, or its absence with a reason; and a basis that is consent rests on consent that was
// given.
void Submission::check_consent() {
  const v1::ContactConsent& consent = request_.account().consent();
  checks_.line_unless_urgent("account.consent.by", consent.by());
  checks_.text("account.consent.reason", consent.reason(), kNoteBytesMax);
  const bool on_consent = request_.lawful_basis().article_6() == v1::ARTICLE6_CONSENT ||
                          request_.lawful_basis().article_9() == v1::ARTICLE9_EXPLICIT_CONSENT;
  if (on_consent && consent.state() != v1::CONSENT_STATE_GIVEN)
    checks_.missing(
        "account.consent",
        "is missing: the lawful basis is consent, so who gave it, and in what capacity");
  if (!request_.account().has_consent()) return;
  if (consent.state() == v1::CONSENT_STATE_UNSPECIFIED)
    checks_.missing("account.consent.state", "is missing: what came of it");
  if (was_answered(consent.state())) {
    if (consent.by().empty())
      checks_.missing("account.consent.by", "is missing: who gave or refused consent");
    if (consent.capacity() == v1::CONSENT_CAPACITY_UNSPECIFIED)
      checks_.missing("account.consent.capacity", "is missing: in what capacity they did");
  }
  if (consent.state() != v1::CONSENT_STATE_UNSPECIFIED &&
      consent.state() != v1::CONSENT_STATE_GIVEN && consent.reason().empty())
    checks_.missing("account.consent.reason",
                    "is missing: why it is told although nobody has consented");
}

void Submission::check_children(const Context& context) {
  if (request_.children_size() == 0)
    return checks_.fault("children", "is missing: one entry for each child");
  if (request_.children_size() > kChildrenMax)
    return checks_.fault("children",
                         "are more than " + std::to_string(kChildrenMax) + " in one contact");
  size_t bytes = request_.account().ByteSizeLong();
  for (int i = 0; i < request_.children_size(); ++i) {
    check_child(i, context);
    bytes += request_.children(i).account().ByteSizeLong();
  }
  for (const v1::SubmittedPerson& person : request_.people()) bytes += person.part().size();
  if (bytes > kAccountBytesMax)
    checks_.fault("account",
                  "and what is told of each child and person are longer than 48 KiB together; send "
                  "the rest with AddInformation");
}

void Submission::check_child(int i, const Context& context) {
  v1::SubmittedChild& child = *request_.mutable_children(i);
  const std::string field = child_field(i);
  if (!is_named_by_id(field, *child.mutable_person_id(), child.has_identity()))
    check_identity(field + ".identity", *child.mutable_identity(), Whose::kChild, context.now,
                   checks_);
  check_texts(field + ".account", child.account(), checks_);
  check_factors(field + ".account.factors", *child.mutable_account(), context);
}

void Submission::check_people(const Context& context) {
  if (request_.people_size() > kPeopleMax)
    return checks_.fault("people",
                         "are more than " + std::to_string(kPeopleMax) + " in one contact");
  for (int i = 0; i < request_.people_size(); ++i) check_person(i, context);
}

void Submission::check_person(int i, const Context& context) {
  v1::SubmittedPerson& person = *request_.mutable_people(i);
  const std::string field = person_field(i);
  if (!is_named_by_id(field, *person.mutable_person_id(), person.has_identity()))
    check_identity(field + ".identity", *person.mutable_identity(), Whose::kAnyone, context.now,
                   checks_);
  checks_.line_unless_urgent(field + ".part", person.part());
  const v1::PersonRole role = person.role();
  if (role == v1::PERSON_ROLE_UNSPECIFIED) {
    checks_.missing(field + ".role", "is missing: what they are in it");
  } else if (role == v1::PERSON_ROLE_CHILD || !v1::PersonRole_IsValid(role)) {
    checks_.unsound(field + ".role", std::to_string(role),
                    "is not what somebody besides the children can be", set_aside_);
    person.clear_role();
  }
  const v1::PractitionerName& name = person.works_as();
  if (person.has_works_as() &&
      (!is_agency_name(name.agency()) || !is_practitioner_id(name.practitioner()))) {
    checks_.text(field + ".works_as", name.agency() + name.practitioner(), kNoteBytesMax);
    checks_.unsound(field + ".works_as", name.agency() + " " + name.practitioner(),
                    "is not an agency and the id of a practitioner there", set_aside_);
    person.clear_works_as();
  }
}

// Whether somebody is named by the id under which the hub knows them, rather than described.
bool Submission::is_named_by_id(const std::string& field, std::string& person_id,
                                bool has_identity) {
  if (person_id.empty()) return false;
  const bool is_id = Uuid::parse(person_id).has_value();
  if (is_id && !has_identity) return true;
  checks_.text(field + ".person_id", person_id, kReferenceBytesMax);
  checks_.unsound(field + ".person_id", person_id,
                  is_id ? "is given together with an identity: CorrectPerson changes what is known"
                        : "is not an id",
                  set_aside_);
  person_id.clear();
  return false;
}

// Nobody is named twice: each has one place in a contact.
void Submission::check_known_ids() {
  std::set<std::string> seen;
  const auto check = [&](const std::string& field, std::string& person_id) {
    if (person_id.empty() || seen.insert(person_id).second) return;
    checks_.unsound(field + ".person_id", person_id, "is named twice", set_aside_);
    person_id.clear();
  };
  for (int i = 0; i < request_.children_size(); ++i)
    check(child_field(i), *request_.mutable_children(i)->mutable_person_id());
  for (int i = 0; i < request_.people_size(); ++i)
    check(person_field(i), *request_.mutable_people(i)->mutable_person_id());
}

Result<void> Submission::let_go_of(const std::string& field, std::string& person_id) {
  if (!request_.immediate_danger()) {
    Error unknown = no_such("person").value();
    unknown.faults.push_back({field + ".person_id", "names nobody you have told of"});
    return tl::unexpected(std::move(unknown));
  }
  checks_.unsound(field + ".person_id", person_id, "names nobody you have told of", set_aside_);
  person_id.clear();
  return {};
}

Result<void> Submission::let_go_of_child(int i) {
  return let_go_of(child_field(i), *request_.mutable_children(i)->mutable_person_id());
}

Result<void> Submission::let_go_of_person(int i) {
  return let_go_of(person_field(i), *request_.mutable_people(i)->mutable_person_id());
}

void Submission::check_factors(const std::string& field, v1::ChildAccount& account,
                               const Context& context) {
  if (account.factors_size() > kFactorsMax)
    return checks_.fault(field, "are more than " + std::to_string(kFactorsMax));
  const policy::CodeList& list = code_list(context, kFactors);
  std::set<std::string> kept;
  for (int i = 0; i < account.factors_size(); ++i) {
    const std::string& code = account.factors(i);
    const std::string path = field + "[" + std::to_string(i) + "]";
    if (list.takes(code)) {
      kept.insert(code);
      continue;
    }
    checks_.text(path, code, kReferenceBytesMax);
    checks_.unsound(path, code,
                    list.find(code) != nullptr ? "is a code that is no longer entered"
                                               : "is not a factor's code in the census",
                    set_aside_);
  }
  account.mutable_factors()->Assign(kept.begin(), kept.end());
}

bool Submission::forgives(const FieldFault& fault) const {
  const bool may_lack =
      fault.field.starts_with("people[") || fault.field.starts_with("account.consent");
  if (request_.immediate_danger() && may_lack && fault.description == "is required") return true;
  constexpr std::array kForgiven = {"has a field this hub does not know",
                                    "has a value this hub does not know", "must be a time",
                                    "must not hold control characters"};
  return request_.immediate_danger() && std::ranges::any_of(kForgiven, [&](const char* known) {
           return fault.description.starts_with(known);
         });
}

std::vector<v1::SetAsideField> Submission::set_aside_fields() const {
  std::vector<v1::SetAsideField> fields;
  const auto add = [&](const SetAsides& all) {
    for (const v1::SetAside& one : all) {
      fields.emplace_back();
      fields.back().set_field(one.field());
      fields.back().set_fault(one.fault());
    }
  };
  add(set_aside_);
  for (const v1::SubmittedChild& child : request_.children()) add(child.identity().set_aside());
  for (const v1::SubmittedPerson& person : request_.people()) add(person.identity().set_aside());
  return fields;
}

PersonIds person_ids(const v1::SubmitContactRequest& request, const Context& context) {
  size_t fresh = 1;
  const auto id_of = [&](const std::string& named) {
    return named.empty() ? fresh_id(context, fresh++) : named;
  };
  PersonIds ids;
  for (const v1::SubmittedChild& child : request.children())
    ids.children.push_back(id_of(child.person_id()));
  for (const v1::SubmittedPerson& person : request.people())
    ids.people.push_back(id_of(person.person_id()));
  return ids;
}

size_t fresh_persons(const v1::SubmitContactRequest& request) {
  // A request with more than a contact may have is refused; it makes no keys first.
  const auto fresh = [&](const auto& persons, int most) {
    const auto last = persons.begin() + std::min(persons.size(), most);
    return static_cast<size_t>(std::count_if(persons.begin(), last, [&](const auto& person) {
      return request.immediate_danger() || person.person_id().empty();
    }));
  };
  return fresh(request.children(), kChildrenMax) + fresh(request.people(), kPeopleMax);
}

}  // namespace mash::referral
