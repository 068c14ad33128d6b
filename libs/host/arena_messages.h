#pragma once
#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>

namespace mash::host {

// Has gRPC make the messages of a method in an arena of the call's own, for requests of many parts:
// what would be an allocation for each part, and a walk over all of them when the call ends, is a
// few blocks. Given to SetMessageAllocatorFor_<Method>(), it outlives the server. Thread-safe.
template <class Request, class Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Messages; }

 private:
  class Messages final : public grpc::MessageHolder<Request, Response> {
   public:
    Messages() : arena_(first_block_.data(), first_block_.size()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    alignas(std::max_align_t) std::array<char, 4096> first_block_;  // enough for most
    google::protobuf::Arena arena_;
  };
};

}  // namespace mash::host
