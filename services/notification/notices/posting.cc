#include "notification/notices/posting.h"

#include <utility>

#include "core/timestamp.h"
#include "notification/contacts/contacts.h"
#include "notification/deliveries/delivery.h"
#include "notification/notices/awaiting.h"
#include "notification/notices/notice.h"
#include "notification/notices/steps.h"
#include "notification/streams.h"

namespace mash::notification {

Result<std::string> post(log::UnitOfWork& unit, IdSource& ids, const CaseAccess& access,
                         Posting posting) {
  v1::Notice& notice = posting.notice;
  notice.set_notice_id(ids.next_text());
  const auto contacts = unit.observe<Contacts>(contacts_stream(notice.agency()));
  if (!contacts) return tl::unexpected(contacts.error());
  const auto steps = steps_of(contacts->places, notice, access, posting.turns);
  const log::Target target{notice_stream(notice.notice_id()), notice.case_id()};
  if (auto raised =
          unit.decide<Notice>(target, Notice::Raise{.notice = notice,
                                                    .steps = steps,
                                                    .awaiting = posting.awaiting,
                                                    .beside_another = posting.beside_another});
      !raised)
    return tl::unexpected(raised.error());
  if (!posting.awaiting.empty()) {
    posting.awaits.set_notice_id(notice.notice_id());
    if (auto awaits = unit.decide<Awaiting>({posting.awaiting, notice.case_id()},
                                            Awaiting::Await{posting.awaits});
        !awaits)
      return tl::unexpected(awaits.error());
  }
  if (!steps.empty())
    if (auto told = tell_contact(unit, ids, notice, steps.front()); !told)
      return tl::unexpected(told.error());
  return notice.notice_id();
}

Result<void> tell_contact(log::UnitOfWork& unit, IdSource& ids, const v1::Notice& notice,
                          const v1::NoticeStep& step) {
  for (int channel = 0; channel < step.channels_size(); ++channel) {
    v1::DeliveryDue due;
    due.set_delivery_id(ids.next_text());
    due.set_notice_id(notice.notice_id());
    due.set_agency(notice.agency());
    due.set_contact_id(step.contact_id());
    due.set_practitioner(step.practitioner());
    due.set_channel(static_cast<uint32_t>(channel));
    due.set_kind(step.channels(channel));
    if (channel < step.channel_numbers_size())
      due.set_channel_number(step.channel_numbers(channel));
    due.set_urgency(notice.urgency());
    to_proto(unit.context().now, due.mutable_due_at());
    if (auto begun = unit.decide<Delivery>({delivery_stream(due.delivery_id()), notice.case_id()},
                                           Delivery::Begin{due});
        !begun)
      return begun;
  }
  return {};
}

}  // namespace mash::notification
