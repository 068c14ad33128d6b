#include "referral/person_service.h"

#include "referral/detail.h"
#include "referral/person.h"
#include "referral/rules.h"

namespace mash::referral {

grpc::ServerUnaryReactor* PersonService::RegisterPerson(grpc::CallbackServerContext* call,
                                                        const v1::RegisterPersonRequest* request,
                                                        v1::RegisterPersonResponse* response) {
  return desk_.command(call, request, response,
                       [request](log::UnitOfWork& unit) {
                         return unit.decide<Person>({person_stream(fresh_id(unit.context()))},
                                                    *request);
                       },
                       {.fresh = {.keyed = 1}, .fill = [response](const log::Appended& appended) {
                          response->set_person_id(id_in(appended.events.front().stream));
                        }});
}

grpc::ServerUnaryReactor* PersonService::CorrectPerson(grpc::CallbackServerContext* call,
                                                       const v1::CorrectPersonRequest* request,
                                                       v1::CorrectPersonResponse* response) {
  return desk_.command<Person>(call, request, response, {person_stream(request->person_id())});
}

grpc::ServerUnaryReactor* PersonService::GetPerson(grpc::CallbackServerContext* call,
                                                   const v1::GetPersonRequest* request,
                                                   v1::GetPersonResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return get_person(desk_.log(), *request, context, *response);
  });
}

}  // namespace mash::referral
