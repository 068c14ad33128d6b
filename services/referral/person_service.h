#pragma once
#include "host/desk.h"
#include "mash/referral/v1/person_service.grpc.pb.h"

namespace mash::referral {

// PersonService over a desk, which outlives it. Thread-safe.
class PersonService final : public v1::PersonService::CallbackService {
 public:
  explicit PersonService(host::Desk& desk) : desk_(desk) {}

  grpc::ServerUnaryReactor* RegisterPerson(grpc::CallbackServerContext* call,
                                           const v1::RegisterPersonRequest* request,
                                           v1::RegisterPersonResponse* response) override;
  grpc::ServerUnaryReactor* CorrectPerson(grpc::CallbackServerContext* call,
                                          const v1::CorrectPersonRequest* request,
                                          v1::CorrectPersonResponse* response) override;
  grpc::ServerUnaryReactor* GetPerson(grpc::CallbackServerContext* call,
                                      const v1::GetPersonRequest* request,
                                      v1::GetPersonResponse* response) override;

  grpc::ServerUnaryReactor* SamePerson(grpc::CallbackServerContext* call,
                                       const v1::SamePersonRequest* request,
                                       v1::SamePersonResponse* response) override;
  grpc::ServerUnaryReactor* NotSamePerson(grpc::CallbackServerContext* call,
                                          const v1::NotSamePersonRequest* request,
                                          v1::NotSamePersonResponse* response) override;
  grpc::ServerUnaryReactor* RelatePersons(grpc::CallbackServerContext* call,
                                          const v1::RelatePersonsRequest* request,
                                          v1::RelatePersonsResponse* response) override;
  grpc::ServerUnaryReactor* UnrelatePersons(grpc::CallbackServerContext* call,
                                            const v1::UnrelatePersonsRequest* request,
                                            v1::UnrelatePersonsResponse* response) override;

  grpc::ServerUnaryReactor* RegisterContext(grpc::CallbackServerContext* call,
                                            const v1::RegisterContextRequest* request,
                                            v1::RegisterContextResponse* response) override;
  grpc::ServerUnaryReactor* CorrectContext(grpc::CallbackServerContext* call,
                                           const v1::CorrectContextRequest* request,
                                           v1::CorrectContextResponse* response) override;
  grpc::ServerUnaryReactor* RelateContext(grpc::CallbackServerContext* call,
                                          const v1::RelateContextRequest* request,
                                          v1::RelateContextResponse* response) override;

  grpc::ServerUnaryReactor* GetContext(grpc::CallbackServerContext* call,
                                       const v1::GetContextRequest* request,
                                       v1::GetContextResponse* response) override;
  grpc::ServerUnaryReactor* ListMatchProposals(grpc::CallbackServerContext* call,
                                               const v1::ListMatchProposalsRequest* request,
                                               v1::ListMatchProposalsResponse* response) override;

 private:
  host::Desk& desk_;
};

}  // namespace mash::referral
