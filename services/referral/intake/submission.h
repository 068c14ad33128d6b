#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "referral/intake/intake_checks.h"

namespace mash::referral {

// A contact as it was sent, checked and brought into the form in which it is kept. A value.
//
// Everything wrong with it is found here, in one go. With immediate danger nothing is refused that
// is merely missing or does not check (domain: "never turned away"): the first is let go, the
// second set aside as it was written. What even an urgent contact needs: a sentence that says what
// is the matter, one entry for each child, and limits kept.
class Submission {
 public:
  // Takes the request by value: it is changed into its kept form. Codes are those of the policy
  // pack in force.
  static Submission of(v1::SubmitContactRequest request, const Context& context);

  // What is wrong with it; the rest may be used only when nothing is.
  const IntakeChecks& checks() const { return checks_; }

  const v1::SubmitContactRequest& request() const { return request_; }

  // What was set aside of the matter itself; what was of a child's identity stands with that.
  const SetAsides& set_aside() const { return set_aside_; }

  // Whether a fault found by the general check of requests (host/validate.h) is passed over: an
  // urgent contact's, when this sets aside what is at fault or it does no harm to keep it.
  bool forgives(const FieldFault& fault) const;

  // A person is named by an id under which the sender knows nobody. Urgent: the id is set aside and
  // they are taken as somebody new. Otherwise NOT_FOUND, which names the field.
  Result<void> let_go_of_child(int i);
  Result<void> let_go_of_person(int i);

  // Everything that was set aside, for the sender to correct; without the values.
  std::vector<v1::SetAsideField> set_aside_fields() const;

 private:
  explicit Submission(v1::SubmitContactRequest request)
      : request_(std::move(request)), checks_(request_.immediate_danger()) {}

  void check_head(const Context& context);
  void check_account();
  void check_consent();
  void check_children(const Context& context);
  void check_child(int i, const Context& context);
  void check_people(const Context& context);
  void check_person(int i, const Context& context);
  void check_known_ids();
  bool is_named_by_id(const std::string& field, std::string& person_id, bool has_identity);
  Result<void> let_go_of(const std::string& field, std::string& person_id);
  void check_factors(const std::string& field, v1::ChildAccount& account, const Context& context);

  v1::SubmitContactRequest request_;
  IntakeChecks checks_;
  SetAsides set_aside_;
};

// The ids of those a contact is about: the ones it names itself, and new ones for all others, from
// Context::fresh_ids after the case's.
struct PersonIds {
  std::vector<std::string> children;
  std::vector<std::string> people;
};
PersonIds person_ids(const v1::SubmitContactRequest& request, const Context& context);

// How many ids of persons the contact may need: of an urgent one, those it names may turn out to be
// nobody's.
size_t fresh_persons(const v1::SubmitContactRequest& request);

// Checks the basis on which somebody tells the hub: under exactly one regime, and with the
// conditions that go with it (Data Protection Act 2018, s.10 and Schedule 1).
void check_lawful_basis(const std::string& field, v1::LawfulBasis& basis, IntakeChecks& checks,
                        SetAsides& set_aside);

}  // namespace mash::referral
