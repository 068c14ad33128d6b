#pragma once
#include "host/desk.h"
#include "log/lookup.h"
#include "mash/referral/v1/person_service.grpc.pb.h"
#include "referral/joining/person_index.h"

namespace mash::referral {

// PersonService over a desk and what finds persons and contexts. What it is made of outlives it.
// Thread-safe.
class PersonService final : public v1::PersonService::CallbackService {
 public:
  PersonService(host::Desk& desk, const log::Lookup& lookup, const matching::Matcher& matcher)
      : desk_(desk),
        lookup_(lookup),
        weights_(matcher.weights()),
        index_(desk.log(), desk.parts().keys, lookup, matcher) {}

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

  grpc::ServerUnaryReactor* FindPersons(grpc::CallbackServerContext* call,
                                        const v1::FindPersonsRequest* request,
                                        v1::FindPersonsResponse* response) override;
  grpc::ServerUnaryReactor* FindContexts(grpc::CallbackServerContext* call,
                                         const v1::FindContextsRequest* request,
                                         v1::FindContextsResponse* response) override;

 private:
  // A search that found nothing is recorded too: a look of its own, under a key of its own.
  Result<host::Looks> recorded(Result<host::Looks> found) const;

  host::Desk& desk_;
  const log::Lookup& lookup_;
  const matching::Weights& weights_;
  const PersonIndex index_;
};

}  // namespace mash::referral
