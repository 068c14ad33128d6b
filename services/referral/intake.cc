#include "referral/intake.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "core/calendar.h"
#include "policy/packs.h"
#include "referral/detail.h"
#include "referral/person.h"
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

  Result<void> take_in(log::UnitOfWork& unit) {
    return clocks_from_receipt(unit.context()).and_then([&](Deadlines clocks) {
      clocks_ = std::move(clocks);
      return referral::take_in(unit, *submission_);
    });
  }

  // A repeated request has the first one's answer: all is told from what was appended then.
  void fill(const log::Appended& appended, v1::SubmitContactResponse& response) const {
    const log::AppendedEvent& contact = appended.events.front();
    response.set_referral_id(id_in(contact.stream));
    response.set_case_id(contact.case_id);
    for (size_t i = 1; i < appended.events.size(); ++i)
      response.add_child_ids(id_in(appended.events[i].stream));
    if (!appended.repeated)
      *response.mutable_deadlines() = clocks_;
    else if (const auto event = event_at(desk_.log(), contact.position))
      *response.mutable_deadlines() = event->contact_received().deadlines();
    for (v1::SetAsideField& field : submission_->set_aside_fields())
      *response.add_set_aside() = std::move(field);
  }

 private:
  const host::Desk& desk_;
  const v1::SubmitContactRequest& request_;
  std::optional<Submission> submission_;
  Deadlines clocks_;
};

}  // namespace

host::FreshIds ids_for(int children) {
  // A request with more than a contact may have is refused; it makes no keys first.
  const int taken = std::clamp(children, 0, kChildrenMax);
  return {.keyed = 1 + static_cast<size_t>(taken), .plain = 1};
}

Result<void> take_in(log::UnitOfWork& unit, const Submission& submission) {
  const Context& context = unit.context();
  const auto children = static_cast<size_t>(submission.request().children_size());
  const std::string& referral_id = fresh_id(context, 1 + children);
  const log::Target contact{referral_stream(referral_id), fresh_id(context)};
  Result<void> taken = unit.decide<Referral>(contact, submission);
  for (size_t i = 0; taken && i < children; ++i) {
    const auto& child = submission.request().children(static_cast<int>(i));
    taken = unit.decide<Person>({person_stream(fresh_id(context, 1 + i))},
                                Person::Newcomer{child.identity(), referral_id});
  }
  return taken;
}

Intake intake_of(const host::Desk& desk, const v1::SubmitContactRequest& request,
                 v1::SubmitContactResponse& response) {
  const auto contact = std::make_shared<ContactOnItsWay>(desk, request);
  return {.work = [contact](log::UnitOfWork& unit) { return contact->take_in(unit); },
          .extras = {
              .check = [contact] { return contact->check(); },
              .forgive = [contact](const FieldFault& fault) { return contact->forgives(fault); },
              .fresh = ids_for(request.children_size()),
              .fill = [contact, &response](
                          const log::Appended& appended) { contact->fill(appended, response); }}};
}

}  // namespace mash::referral
