#pragma once
#include <iosfwd>
#include <memory>
#include <string>

#include "core/result.h"
#include "log/record.h"

namespace google::protobuf {
class Message;
}

namespace mash::cli {

// Events as a person reads them: when, who, what, and what it said.

// The event of a record, with its personal fields when `event_json` (LogEntry) has them.
Result<std::unique_ptr<google::protobuf::Message>> event_of(const log::Record& record,
                                                            const std::string& event_json);

// What happened, in words: "contact received".
std::string happening(const google::protobuf::Message& event);

// "police/pol-01, p-7 as practitioner".
std::string actor_of(const log::Record& record);

// What became of the content sealed with a record, as far as it was asked for.
enum class Content { kNotAskedFor, kShown, kErased };

// One step of a story, numbered.
void tell(size_t number, const log::Record& record, const std::string& event_json, Content content,
          std::ostream& out);

// The fields that are set, one a line, those of messages inside further in.
void print_fields(const google::protobuf::Message& message, const std::string& indent,
                  std::ostream& out);

}  // namespace mash::cli
