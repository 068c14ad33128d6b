#pragma once
#include <optional>
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "log/as_at.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::referral {

class CaseGuard;

// A context of risk with who is related to it, those that have ended too: with its content and how
// many children are in it now, or without. Whom the guard does not admit the caller to is left out,
// and not counted. Nothing where there is no such context.
Result<std::optional<v1::ContextDetail>> read_context(const log::EventLog& log,
                                                      const std::string& context_id,
                                                      const log::AsAt& at, bool with_content,
                                                      CaseGuard& guard);

// The look that showing it is.
host::Look look_at(const v1::ContextDetail& detail, uint64_t as_at_size = 0);

// Reads a context for the hub, or for an auditor, now or as at a time, and answers with what it
// showed.
Result<host::Looks> get_context(const log::EventLog& log, const v1::GetContextRequest& request,
                                const Context& context, v1::GetContextResponse& response);

}  // namespace mash::referral
