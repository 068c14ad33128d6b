#pragma once
#include <iosfwd>

namespace google::protobuf {
class Message;
}

namespace mash::cli {

// What the strategy log holds as people read it: a line for each of a list; a discussion from the
// people in it to what they agreed.
void print_discussions(const google::protobuf::Message& reply, std::ostream& out);
void print_discussion(const google::protobuf::Message& reply, std::ostream& out);
void print_actions(const google::protobuf::Message& reply, std::ostream& out);
void print_conferences(const google::protobuf::Message& reply, std::ostream& out);
void print_missing(const google::protobuf::Message& reply, std::ostream& out);

}  // namespace mash::cli
