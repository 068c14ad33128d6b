#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// A file of an item, for whoever may read the item (item_reads.h): its pieces in order, the first
// with what it is. One piece is in memory. The look that the first piece brings rests on what the
// right to read does; no byte leaves before it is recorded. NOT_FOUND where the item has no such
// file; FILE_ERASED, with its case.
//
//   desk.stream<v1::ReadFileResponse>(call, request, [this, request](const Context& context) {
//     return read_file(desk_.log(), *request, context); });
Result<host::Pull<v1::ReadFileResponse>> read_file(const log::EventLog& log,
                                                   const v1::ReadFileRequest& request,
                                                   const Context& context);

}  // namespace mash::sharing
