#include "referral/submission.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/check.h"
#include "policy/pack.h"
#include "referral/identity.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

constexpr int kFactorsMax = 60;
constexpr int kPowersMax = 10;
constexpr size_t kReferenceBytesMax = 64;

// The service is not set up with a pack that lacks it: fits().
const policy::CodeList& code_list(const Context& context, std::string_view name) {
  MASH_CHECK(context.pack != nullptr);
  const policy::CodeList* list = context.pack->codes(name);
  MASH_CHECK(list != nullptr);
  return *list;
}

void check_texts(const std::string& field, const v1::ChildAccount& account, Checks& checks) {
  checks.text(field + ".developmental_needs", account.developmental_needs(), kTextBytesMax);
  checks.text(field + ".parenting_capacity", account.parenting_capacity(), kTextBytesMax);
  checks.text(field + ".external_factors", account.external_factors(), kTextBytesMax);
  checks.text(field + ".whereabouts", account.whereabouts(), kNoteBytesMax);
}

std::string child_field(int i) { return "children[" + std::to_string(i) + "]"; }

}  // namespace

void check_lawful_basis(const std::string& field, v1::LawfulBasis& basis, Checks& checks,
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
  submission.check_children(context);
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
  checks_.line("account.referrer.name", account.referrer().name());
  checks_.line("account.referrer.capacity", account.referrer().capacity());
  checks_.line("account.referrer.reach", account.referrer().reach());
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

void Submission::check_children(const Context& context) {
  if (request_.children_size() == 0)
    return checks_.fault("children", "is missing: one entry for each child");
  if (request_.children_size() > kChildrenMax)
    return checks_.fault("children",
                         "are more than " + std::to_string(kChildrenMax) + " in one contact");
  size_t bytes = request_.account().ByteSizeLong();
  for (int i = 0; i < request_.children_size(); ++i) {
    v1::SubmittedChild& child = *request_.mutable_children(i);
    check_identity(child_field(i) + ".identity", *child.mutable_identity(), Whose::kChild,
                   context.now, checks_);
    check_texts(child_field(i) + ".account", child.account(), checks_);
    check_factors(child_field(i) + ".account.factors", *child.mutable_account(), context);
    bytes += child.account().ByteSizeLong();
  }
  if (bytes > kAccountBytesMax)
    checks_.fault("account",
                  "and the accounts of the children are longer than 48 KiB together; send the rest "
                  "with AddInformation");
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
  return fields;
}

}  // namespace mash::referral
