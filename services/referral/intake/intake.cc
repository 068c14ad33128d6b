#include "referral/intake/intake.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/calendar.h"
#include "policy/packs.h"
#include "referral/cases/case.h"
#include "referral/cases/case_guard.h"
#include "referral/detail.h"
#include "referral/people/identity.h"
#include "referral/people/person.h"
#include "referral/people/persons.h"
#include "referral/referral.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

// A contact on its way: checked before it is known whether the hub has it already, decided after,
// answered last. What the request holds outlives it.
class ContactOnItsWay {
 public:
  ContactOnItsWay(const host::Desk& desk, const v1::SubmitContactRequest& request)
      : desk_(desk), request_(request) {}

  std::vector<FieldFault> check() {
    const host::DeskParts& parts = desk_.parts();
    Context context{.actor = {}, .now = parts.clock.now(), .fresh_ids = {}};
    if (const auto pack = parts.packs.in_force(context.now, parts.calendar.london()))
      context.pack = *pack;
    submission_ = Submission::of(request_, context);
    return submission_->checks().faults();
  }

  bool forgives(const FieldFault& fault) const {
    return submission_ && submission_->forgives(fault);
  }

  // May run more than once: what was set aside stays so.
  Result<void> take_in(log::UnitOfWork& unit) {
    return referral::take_in(desk_.log(), unit, *submission_);
  }

  // A repeated request has the first one's answer: all is told from what was appended then.
  void fill(const log::Appended& appended, v1::SubmitContactResponse& response) const {
    const log::AppendedEvent& contact = appended.events.front();
    response.set_referral_id(id_in(contact.stream));
    response.set_case_id(contact.case_id);
    for (const log::AppendedEvent& event : appended.events) {
      if (!is_person_stream(event.stream)) continue;
      const bool is_child = response.child_ids_size() < request_.children_size();
      (is_child ? response.add_child_ids() : response.add_person_ids())
          ->assign(id_in(event.stream));
    }
    if (const auto event = event_at(desk_.log(), contact.position))
      *response.mutable_deadlines() = event->contact_received().deadlines();
    for (v1::SetAsideField& field : submission_->set_aside_fields())
      *response.add_set_aside() = std::move(field);
  }

 private:
  const host::Desk& desk_;
  const v1::SubmitContactRequest& request_;
  std::optional<Submission> submission_;
};

// Those named by an id are somebody the caller's agency told of, whom no case hides from the
// caller; whoever is not is let go of.
Result<void> check_named(const log::EventLog& log, const Actor& actor, Submission& submission) {
  const v1::SubmitContactRequest& request = submission.request();
  CaseGuard guard(log, actor);
  const auto check = [&](const std::string& person_id, auto let_go) -> Result<void> {
    if (person_id.empty()) return {};
    return may_name(log, person_id, actor)
        .and_then([&](bool may) { return may ? guard.admits_to_person(person_id) : may; })
        .and_then([&](bool may) { return may ? Result<void>() : let_go(); });
  };
  for (int i = 0; i < request.children_size(); ++i)
    if (auto named =
            check(request.children(i).person_id(), [&] { return submission.let_go_of_child(i); });
        !named)
      return named;
  for (int i = 0; i < request.people_size(); ++i)
    if (auto named =
            check(request.people(i).person_id(), [&] { return submission.let_go_of_person(i); });
        !named)
      return named;
  return {};
}

// Whoever works for an agency sees nothing of a case they have a part in, from the first on.
Result<void> bar_if_practitioner(log::UnitOfWork& unit, const v1::SubmittedPerson& person,
                                 const std::string& case_id) {
  if (!person.has_works_as()) return {};
  v1::Bar bar;
  *bar.mutable_practitioner() = person.works_as();
  bar.set_ground(person.role() == v1::PERSON_ROLE_ALLEGED_PERPETRATOR
                     ? v1::BAR_GROUND_ALLEGED_PERPETRATOR
                     : v1::BAR_GROUND_KNOWN_TO_FAMILY);
  bar.set_reason("Has a part in the contact.");
  return unit.decide<Case>({case_stream(case_id), case_id}, bar);
}

// A child named by an id is no child for ever; in immediate danger nobody asks. Where the vault is
// away nobody can tell, and the contact is taken.
Result<void> check_ages(const log::EventLog& log, const Context& context,
                        const Submission& submission) {
  IntakeChecks checks(submission.request().immediate_danger());
  for (int i = 0; i < submission.request().children_size(); ++i) {
    const std::string& person_id = submission.request().children(i).person_id();
    if (person_id.empty()) continue;
    const auto row = person_row(log, person_id);
    if (!row || !*row) continue;
    const auto known = identity_in(log, **row);
    if (known && known->identity && is_too_old(*known->identity, context.now))
      checks.missing("children[" + std::to_string(i) + "].person_id",
                     "names somebody too old to be the subject of a contact about a child");
  }
  return checks.verdict();
}

// Somebody of the contact: a stream of their own begins, or goes on with a further contact.
template <class Submitted>
Result<void> take_in_person(log::UnitOfWork& unit, const Submitted& submitted,
                            const std::string& person_id, const std::string& referral_id) {
  if (submitted.person_id().empty())
    return unit.decide<Person>({person_stream(person_id)},
                               Person::Newcomer{submitted.identity(), referral_id});
  return unit.add({person_stream(person_id)},
                  Person::told_of(unit.context().actor.agency, referral_id));
}

}  // namespace

host::FreshIds ids_for(const v1::SubmitContactRequest& request) {
  return {.keyed = 1 + fresh_persons(request), .plain = 1};
}

Result<void> take_in(const log::EventLog& log, log::UnitOfWork& unit, Submission& submission) {
  const Context& context = unit.context();
  if (auto named = check_named(log, context.actor, submission); !named) return named;
  if (auto young = check_ages(log, context, submission); !young) return young;
  const v1::SubmitContactRequest& request = submission.request();
  const std::string& referral_id = context.fresh_ids.back();
  const log::Target contact{referral_stream(referral_id), fresh_id(context)};
  Result<void> taken = unit.decide<Referral>(contact, submission);
  const PersonIds ids = person_ids(request, context);
  for (size_t i = 0; taken && i < ids.children.size(); ++i)
    taken =
        take_in_person(unit, request.children(static_cast<int>(i)), ids.children[i], referral_id);
  for (size_t i = 0; taken && i < ids.people.size(); ++i)
    taken = take_in_person(unit, request.people(static_cast<int>(i)), ids.people[i], referral_id);
  for (int i = 0; taken && i < request.people_size(); ++i)
    taken = bar_if_practitioner(unit, request.people(i), contact.case_id);
  return taken;
}

Intake intake_of(const host::Desk& desk, const v1::SubmitContactRequest& request,
                 v1::SubmitContactResponse& response) {
  const auto contact = std::make_shared<ContactOnItsWay>(desk, request);
  return {.work = [contact](log::UnitOfWork& unit) { return contact->take_in(unit); },
          .extras = {
              .check = [contact](const Context&) { return contact->check(); },
              .forgive = [contact](const FieldFault& fault) { return contact->forgives(fault); },
              .fresh = ids_for(request),
              .fill = [contact, &response](
                          const log::Appended& appended) { contact->fill(appended, response); }}};
}

}  // namespace mash::referral
