#pragma once
#include <iosfwd>

namespace google::protobuf {
class Message;
}

namespace mash::cli {

// Lists of the sharing log as people read them: a line for each.
void print_requests(const google::protobuf::Message& reply, std::ostream& out);
void print_decisions(const google::protobuf::Message& reply, std::ostream& out);
void print_disclosed(const google::protobuf::Message& reply, std::ostream& out);
void print_holdings(const google::protobuf::Message& reply, std::ostream& out);

// What the rules say: each fault with its remedy and source.
void print_judgements(const google::protobuf::Message& reply, std::ostream& out);

}  // namespace mash::cli
