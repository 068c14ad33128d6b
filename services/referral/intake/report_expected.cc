#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "log/event_log.h"
#include "referral/intake/expectation.h"
#include "referral/intake/reconciliation.h"
#include "referral/referral_service.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using Contacts = std::vector<v1::ExpectedContact>;

// A report on its way: what the hub has is looked up before it is recorded, and answered after.
// What the request holds outlives it.
class ExpectedReport {
 public:
  ExpectedReport(const log::EventLog& log, const Reconciliation& reconciliation,
                 const v1::ReportExpectedRequest& request)
      : log_(log), reconciliation_(reconciliation), request_(request) {}

  Result<void> decide(log::UnitOfWork& unit) {
    return reconciliation_.contacts(request_, unit.context().actor).and_then([&](Contacts found) {
      contacts_ = std::move(found);
      return unit.decide<Expectation>({"expected/" + fresh_id(unit.context())},
                                      Expectation::Report{request_, contacts_});
    });
  }

  void fill(const log::Appended& appended, v1::ReportExpectedResponse& response) {
    if (appended.repeated) look_again(appended.position);
    for (v1::ExpectedContact& contact : contacts_) {
      response.set_missing(response.missing() + (is_missing(contact) ? 1 : 0));
      response.set_unanswered(response.unanswered() + (is_unanswered(contact) ? 1 : 0));
      *response.add_contacts() = std::move(contact);
    }
  }

 private:
  // A repeated request has the first one's answer: what the hub had when that was recorded.
  void look_again(uint64_t position) {
    const auto record = log_.read(position);
    if (!record) return;
    const auto& by = record->body.actor();
    const Actor actor{by.agency(), by.system(), by.practitioner(), by.role()};
    if (auto then = reconciliation_.contacts(request_, actor, position))
      contacts_ = std::move(*then);
  }

  const log::EventLog& log_;
  const Reconciliation& reconciliation_;
  const v1::ReportExpectedRequest& request_;
  Contacts contacts_;
};

}  // namespace

grpc::ServerUnaryReactor* ReferralService::ReportExpected(grpc::CallbackServerContext* call,
                                                          const v1::ReportExpectedRequest* request,
                                                          v1::ReportExpectedResponse* response) {
  const auto report = std::make_shared<ExpectedReport>(desk_.log(), reconciliation_, *request);
  return desk_.command(
      call, request, response, [report](log::UnitOfWork& unit) { return report->decide(unit); },
      {.check = [request](const Context& context) { return faults_of(*request, context.now); },
       .fresh = {.keyed = 1},
       .fill = [report,
                response](const log::Appended& appended) { report->fill(appended, *response); }});
}

}  // namespace mash::referral
