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

 private:
  host::Desk& desk_;
};

}  // namespace mash::referral
