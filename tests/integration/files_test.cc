#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"
#include "mash/log/v1/log_events.pb.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/log/v1/record.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "merkle/hash.h"

// Files of items, over gRPC and mutual TLS, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = sharing::v1;
using ::testing::ElementsAre;

constexpr size_t kRecordPrefixBytes = 32;
constexpr size_t kPieceBytes = 64 << 10;
constexpr size_t kFileBytes = 8 << 20;

std::string pdf(size_t bytes) {
  std::string file = "%PDF-1.4\n%\xE2\xE3\xCF\xD3\n";
  for (int i = 0; file.size() < bytes; ++i) file += "% line " + std::to_string(i) + "\n";
  file.resize(bytes);
  return file;
}

// What this process, the hub in it, holds in memory.
size_t resident_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmRSS:") {
      size_t kilobytes = 0;
      status >> kilobytes;
      return kilobytes << 10;
    }
  return 0;
}

class Files : public SharingCase {
 protected:
  Files() {
    record_threshold();
    item_ = answer(ask(), {"A fracture on 3 March."}).at(0);
  }

  v1::AttachFileRequest describe(const std::string& bytes,
                                 const char* type = "application/pdf") const {
    v1::AttachFileRequest said;
    said.set_request_id(new_request_id());
    said.set_item_id(item_);
    said.set_name("letter.pdf");
    said.set_media_type(type);
    said.set_bytes(bytes.size());
    said.set_sha256(std::string(merkle::bytes_of(merkle::sha256({bytes}))));
    return said;
  }

  // Sends a file, or as much of it as the hub takes. `cut`: the caller goes before the end.
  Result<v1::AttachFileResponse> attach(const Caller& caller, const v1::AttachFileRequest& said,
                                        std::string_view bytes, bool cut = false) {
    Service::Stub stub(hub_.channel(caller.agency));
    grpc::ClientContext context;
    TestHub::dress(context, caller);
    v1::AttachFileResponse response;
    const auto writer = stub.AttachFile(&context, &response);
    bool open = writer->Write(said);
    for (; open && !bytes.empty(); bytes.remove_prefix(std::min(kPieceBytes, bytes.size()))) {
      v1::AttachFileRequest piece;
      piece.set_data(std::string(bytes.substr(0, kPieceBytes)));
      open = writer->Write(piece);
    }
    if (cut) context.TryCancel();
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return tl::unexpected(host::from_status(status));
    return response;
  }

  // What came of a file: its length, its digest, and what the first message said.
  struct Received {
    size_t bytes = 0;
    size_t longest_piece = 0;
    size_t resident_bytes_max = 0;
    std::string all;
    v1::ReadFileResponse first;
  };
  Result<Received> receive(const Caller& caller, const std::string& file_id,
                           bool keep_bytes = true) {
    v1::ReadFileRequest request;
    request.set_item_id(item_);
    request.set_file_id(file_id);
    request.set_purpose("The assessment.");
    Service::Stub stub(hub_.channel(caller.agency));
    grpc::ClientContext context;
    TestHub::dress(context, caller);
    const auto reader = stub.ReadFile(&context, request);
    Received received;
    for (v1::ReadFileResponse message; reader->Read(&message);) {
      if (received.bytes == 0) {
        received.first = message;
        received.first.clear_data();
      }
      received.bytes += message.data().size();
      received.longest_piece = std::max(received.longest_piece, message.data().size());
      received.resident_bytes_max = std::max(received.resident_bytes_max, resident_bytes());
      if (keep_bytes) received.all += message.data();
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return tl::unexpected(host::from_status(status));
    return received;
  }

  // The looks at files on record in the case: under which decision.
  std::vector<std::string> decisions_of_looks(const std::string& file_id) {
    log::v1::ReadLogRequest request;
    request.set_log("sharing");
    request.set_stream("look/" + case_id);
    log::v1::LogService::Stub stub(hub_.channel("auditor"));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    const auto reader = stub.ReadLog(&context, request);
    std::vector<std::string> decisions;
    for (log::v1::ReadLogResponse message; reader->Read(&message);)
      for (const log::v1::LogEntry& entry : message.entries()) {
        log::v1::RecordBody body;
        log::v1::LookEvent look;
        EXPECT_TRUE(body.ParseFromString(entry.record().substr(kRecordPrefixBytes)));
        EXPECT_TRUE(look.ParseFromString(body.event()));
        const auto& ids = look.content_shown().ids();
        if (std::ranges::find(ids, file_id) != ids.end())
          decisions.push_back(look.content_shown().decision_id());
      }
    EXPECT_TRUE(reader->Finish().ok());
    return decisions;
  }

  // As its owner sees the item.
  int files() {
    const auto seen = read(kNurse, item_);
    EXPECT_TRUE(seen.has_value()) << told(seen);
    return seen ? seen->item().files_size() : 0;
  }

  std::string item_;
};

TEST_F(Files, OfEightMebibytesGoRoundUnchanged) {
  const std::string bytes = pdf(kFileBytes);
  const auto said = describe(bytes);
  const auto attached = attach(kNurse, said, bytes);
  ASSERT_TRUE(attached.has_value()) << told(attached) << ": " << attached.error().message;
  EXPECT_EQ(attached->file().bytes(), kFileBytes);
  EXPECT_EQ(attached->file().media_type(), "application/pdf");
  const auto again = attach(kNurse, said, bytes);
  ASSERT_TRUE(again.has_value()) << told(again);
  EXPECT_EQ(again->file().file_id(), attached->file().file_id());
  EXPECT_EQ(files(), 1);

  const std::string& file_id = attached->file().file_id();
  EXPECT_EQ(told(receive(kSocialWorker, file_id)), "NOT_DISCLOSED");
  const auto decided = decide(terms({"social-care"}, {item_}));
  ASSERT_TRUE(decided.has_value()) << told(decided) << ": " << decided.error().message;
  const auto received = receive(kSocialWorker, file_id);
  ASSERT_TRUE(received.has_value()) << told(received) << ": " << received.error().message;
  EXPECT_TRUE(received->all == bytes);
  EXPECT_LE(received->longest_piece, kPieceBytes);
  EXPECT_EQ(received->first.file().name(), "letter.pdf");
  EXPECT_EQ(received->first.file().sha256(), said.sha256());
  EXPECT_EQ(received->first.decision_id(), decided->decision_id());
  EXPECT_THAT(decisions_of_looks(file_id), ElementsAre(decided->decision_id()));
  EXPECT_EQ(told(receive(kSchool, file_id)), "NOT_FOUND");
  EXPECT_EQ(told(receive(kPolice, file_id)), "NOT_DISCLOSED");
}

TEST_F(Files, ThatLieAboutTheirTypeOrLengthLeaveNothing) {
  const std::string program = "MZ\x90" + std::string(100'000, '\0');
  EXPECT_EQ(told(attach(kNurse, describe(program), program)), "FILE_TYPE_MISMATCH");
  EXPECT_EQ(told(attach(kNurse, describe(program, "application/x-msdownload"), program)),
            "FILE_TYPE_NOT_ALLOWED");
  const std::string bytes = pdf(200'000);
  EXPECT_EQ(told(attach(kNurse, describe(bytes), bytes + "more")), "FILE_DAMAGED");
  EXPECT_EQ(told(attach(kNurse, describe(bytes), bytes.substr(0, 100'000))), "FILE_DAMAGED");
  const std::string too_long = pdf(kFileBytes + 1);
  EXPECT_EQ(told(attach(kNurse, describe(too_long), too_long)), "INVALID_REQUEST");
  EXPECT_EQ(files(), 0);
}

TEST_F(Files, ThatAreCutOnTheWayLeaveNothingAndAreSentAgain) {
  const std::string bytes = pdf(1'000'000);
  const auto said = describe(bytes);
  EXPECT_FALSE(attach(kNurse, said, bytes.substr(0, 500'000), true).has_value());
  EXPECT_FALSE(attach(kNurse, said, bytes, true).has_value());
  EXPECT_LE(files(), 1);  // its caller may have gone a moment too late to cut it
  const auto attached = attach(kNurse, said, bytes);
  ASSERT_TRUE(attached.has_value()) << told(attached);
  EXPECT_EQ(files(), 1);
  EXPECT_TRUE(receive(kNurse, attached->file().file_id())->all == bytes);
}

TEST_F(Files, AreAttachedByNobodyButTheOwner) {
  const std::string bytes = pdf(1'000'000);
  EXPECT_EQ(told(attach(kSchool, describe(bytes), bytes)), "NOT_FOUND");
  EXPECT_EQ(told(attach(kPolice, describe(bytes), bytes)), "NOT_THE_OWNER");
  EXPECT_EQ(told(attach(kAuditor, describe(bytes), bytes)), "ROLE_MAY_NOT_CALL");
  EXPECT_EQ(files(), 0);
}

TEST_F(Files, AreErasedWithTheirCase) {
  const std::string bytes = pdf(200'000);
  const auto attached = attach(kNurse, describe(bytes), bytes);
  ASSERT_TRUE(attached.has_value()) << told(attached);
  vault::v1::DestroyKeyRequest erase;
  erase.set_key_id(case_id);
  erase.set_authority("CH-2026-17");
  erase.set_reason("The period for keeping it has ended.");
  done(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey, erase);
  EXPECT_EQ(told(receive(kNurse, attached->file().file_id())), "FILE_ERASED");
  EXPECT_EQ(told(attach(kNurse, describe(bytes), bytes)), "KEY_DESTROYED");
}

TEST_F(Files, AreReadAfterARestartWithLittleMemory) {
  std::string bytes = pdf(kFileBytes);
  const auto attached = attach(kNurse, describe(bytes), bytes);
  ASSERT_TRUE(attached.has_value()) << told(attached);
  ASSERT_TRUE(decide(terms({"social-care"}, {item_})).has_value());
  bytes = std::string();
  hub_.stop();
  hub_.start();
  ASSERT_TRUE(read(kSocialWorker, item_).has_value());  // what a first call costs is not counted
  const size_t before = resident_bytes();
  ASSERT_GT(before, 0u);
  const auto received = receive(kSocialWorker, attached->file().file_id(), false);
  ASSERT_TRUE(received.has_value()) << told(received);
  EXPECT_EQ(received->bytes, kFileBytes);
  EXPECT_LT(received->resident_bytes_max, before + (32 << 20));
}

}  // namespace
}  // namespace mash::testing
