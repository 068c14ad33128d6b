#pragma once
#include <optional>
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/person_service.pb.h"
#include "referral/as_at.h"

namespace mash::referral {

// A context of risk with who is related to it, those that have ended too: with its content and how
// many children are in it now, or without. Nothing where there is none.
Result<std::optional<v1::ContextDetail>> read_context(const log::EventLog& log,
                                                      const std::string& context_id, const AsAt& at,
                                                      bool with_content);

// Leaves out who is related to it and whom the caller may not see (case_guard.h).
Result<void> keep_admitted(const log::EventLog& log, const Actor& actor, v1::ContextDetail& detail);

// The look that showing it is.
host::Look look_at(const v1::ContextDetail& detail, uint64_t as_at_size = 0);

// Reads a context for the hub, or for an auditor, now or as at a time, and answers with what it
// showed.
Result<host::Looks> get_context(const log::EventLog& log, const v1::GetContextRequest& request,
                                const Context& context, v1::GetContextResponse& response);

}  // namespace mash::referral
