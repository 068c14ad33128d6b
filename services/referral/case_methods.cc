#include "host/desk.h"
#include "referral/cases/case_commands.h"
#include "referral/cases/case_read.h"
#include "referral/referral_service.h"

// ReferralService's methods on cases.
namespace mash::referral {

grpc::ServerUnaryReactor* ReferralService::JoinCases(grpc::CallbackServerContext* call,
                                                     const v1::JoinCasesRequest* request,
                                                     v1::JoinCasesResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return join_cases(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* ReferralService::PartCases(grpc::CallbackServerContext* call,
                                                     const v1::PartCasesRequest* request,
                                                     v1::PartCasesResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return part_cases(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* ReferralService::RestrictCase(grpc::CallbackServerContext* call,
                                                        const v1::RestrictCaseRequest* request,
                                                        v1::RestrictCaseResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return restrict_case(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* ReferralService::BarPractitioner(
    grpc::CallbackServerContext* call, const v1::BarPractitionerRequest* request,
    v1::BarPractitionerResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return bar_practitioner(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* ReferralService::GetCase(grpc::CallbackServerContext* call,
                                                   const v1::GetCaseRequest* request,
                                                   v1::GetCaseResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return get_case(desk_.log(), *request, context, *response);
  });
}

}  // namespace mash::referral
