#include "referral/person_service.h"

#include "log/appended.h"
#include "mash/referral/v1/context_events.pb.h"
#include "referral/contexts/context_reads.h"
#include "referral/contexts/find_contexts.h"
#include "referral/people/find_persons.h"
#include "referral/people/person.h"
#include "referral/people/person_commands.h"
#include "referral/people/person_reads.h"
#include "referral/people/proposals.h"
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
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return correct_person(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* PersonService::GetPerson(grpc::CallbackServerContext* call,
                                                   const v1::GetPersonRequest* request,
                                                   v1::GetPersonResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return get_person(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* PersonService::SamePerson(grpc::CallbackServerContext* call,
                                                    const v1::SamePersonRequest* request,
                                                    v1::SamePersonResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return same_person(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* PersonService::NotSamePerson(grpc::CallbackServerContext* call,
                                                       const v1::NotSamePersonRequest* request,
                                                       v1::NotSamePersonResponse* response) {
  return desk_.command(call, request, response, [request](log::UnitOfWork& unit) {
    return not_same_person(unit, *request);
  });
}

grpc::ServerUnaryReactor* PersonService::RelatePersons(grpc::CallbackServerContext* call,
                                                       const v1::RelatePersonsRequest* request,
                                                       v1::RelatePersonsResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return relate_persons(unit, *request); },
      {.fresh = {.plain = 1}, .fill = [this, response](const log::Appended& appended) {
         if (const auto first = log::first_event<v1::PersonEvent>(desk_.log(), appended))
           response->set_relation_id(first->event.related().relation().relation_id());
       }});
}

grpc::ServerUnaryReactor* PersonService::UnrelatePersons(grpc::CallbackServerContext* call,
                                                         const v1::UnrelatePersonsRequest* request,
                                                         v1::UnrelatePersonsResponse* response) {
  return desk_.command(call, request, response, [request](log::UnitOfWork& unit) {
    return unrelate_persons(unit, *request);
  });
}

grpc::ServerUnaryReactor* PersonService::RegisterContext(grpc::CallbackServerContext* call,
                                                         const v1::RegisterContextRequest* request,
                                                         v1::RegisterContextResponse* response) {
  return desk_.command(call, request, response,
                       [this, request](log::UnitOfWork& unit) {
                         return register_context(desk_.log(), unit, *request);
                       },
                       {.fresh = {.keyed = 1}, .fill = [response](const log::Appended& appended) {
                          response->set_context_id(id_in(appended.events.front().stream));
                        }});
}

grpc::ServerUnaryReactor* PersonService::CorrectContext(grpc::CallbackServerContext* call,
                                                        const v1::CorrectContextRequest* request,
                                                        v1::CorrectContextResponse* response) {
  return desk_.command(call, request, response, [this, request](log::UnitOfWork& unit) {
    return correct_context(desk_.log(), unit, *request);
  });
}

grpc::ServerUnaryReactor* PersonService::RelateContext(grpc::CallbackServerContext* call,
                                                       const v1::RelateContextRequest* request,
                                                       v1::RelateContextResponse* response) {
  return desk_.command(
      call, request, response,
      [request](log::UnitOfWork& unit) { return relate_context(unit, *request); },
      {.fresh = {.plain = 1}, .fill = [this, request, response](const log::Appended& appended) {
         response->set_relation_id(request->ends_relation_id());
         if (!request->ends_relation_id().empty()) return;
         if (const auto first = log::first_event<v1::ContextEvent>(desk_.log(), appended))
           response->set_relation_id(first->event.related().relation().relation_id());
       }});
}

grpc::ServerUnaryReactor* PersonService::GetContext(grpc::CallbackServerContext* call,
                                                    const v1::GetContextRequest* request,
                                                    v1::GetContextResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return get_context(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* PersonService::ListMatchProposals(
    grpc::CallbackServerContext* call, const v1::ListMatchProposalsRequest* request,
    v1::ListMatchProposalsResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return list_match_proposals(desk_.log(), *request, context, *response);
  });
}

grpc::ServerUnaryReactor* PersonService::FindPersons(grpc::CallbackServerContext* call,
                                                     const v1::FindPersonsRequest* request,
                                                     v1::FindPersonsResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    const PersonSearch search{
        .log = desk_.log(), .lookup = lookup_, .index = index_, .weights = weights_};
    return recorded(find_persons(search, *request, context, *response));
  });
}

grpc::ServerUnaryReactor* PersonService::FindContexts(grpc::CallbackServerContext* call,
                                                      const v1::FindContextsRequest* request,
                                                      v1::FindContextsResponse* response) {
  return desk_.query(call, request, [this, request, response](const Context& context) {
    return recorded(
        find_contexts(desk_.log(), lookup_, desk_.parts().keys, *request, context, *response));
  });
}

Result<host::Looks> PersonService::recorded(Result<host::Looks> found) const {
  if (!found || !found->empty()) return found;
  return desk_.parts().keys.fresh_key_id().map(
      [](std::string id) { return host::Looks{{.stream_id = std::move(id)}}; });
}

}  // namespace mash::referral
