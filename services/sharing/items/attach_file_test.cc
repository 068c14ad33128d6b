#include "sharing/items/attach_file.h"

#include <gtest/gtest.h>

#include "log/testing/blobs.h"
#include "log/verify.h"
#include "merkle/hash.h"
#include "sharing/items/read_file.h"
#include "sharing/testing/files.h"
#include "sharing/testing/temp_desk.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr size_t kPiece = 50'000;

v1::AttachFileRequest describe(const std::string& item_id, const std::string& bytes,
                               const char* media_type = "application/pdf") {
  static int requests = 0;
  v1::AttachFileRequest said;
  said.set_request_id(uuid(5'000 + ++requests));
  said.set_item_id(item_id);
  said.set_name("letter.pdf");
  said.set_media_type(media_type);
  said.set_bytes(bytes.size());
  said.set_sha256(std::string(merkle::bytes_of(merkle::sha256({bytes}))));
  return said;
}

class AttachFile : public ::testing::Test {
 protected:
  // One upload on its way, message by message.
  struct Sending {
    std::unique_ptr<host::Upload> upload;
    size_t place = 0;
  };

  Sending begin() { return {.upload = uploads_->upload()}; }

  Result<void> send(Sending& sending, const Actor& actor, const v1::AttachFileRequest& message) {
    const std::string bytes = message.SerializeAsString();
    const grpc::Slice slice(bytes);
    Result<void> taken;
    sending.upload->take(desk_.desk().context_of(actor), sending.place++,
                         host::UploadedMessage(grpc::ByteBuffer(&slice, 1), 1 << 20),
                         [&](const Result<size_t>& done) { taken = done.map([](size_t) {}); });
    return taken;
  }

  Result<void> send_all(Sending& sending, const Actor& actor, const v1::AttachFileRequest& said,
                        std::string_view bytes) {
    if (auto begun = send(sending, actor, said); !begun) return begun;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(kPiece, bytes.size()))) {
      v1::AttachFileRequest piece;
      piece.set_data(std::string(bytes.substr(0, kPiece)));
      if (auto taken = send(sending, actor, piece); !taken) return taken;
    }
    return {};
  }

  Result<v1::AttachFileResponse> finish(Sending& sending, const Actor& actor) {
    std::promise<Result<size_t>> finished;
    sending.upload->finish(desk_.desk().context_of(actor),
                           [&](Result<size_t> done) { finished.set_value(std::move(done)); });
    if (auto done = finished.get_future().get(); !done) return tl::unexpected(done.error());
    return sending.upload->answer().map([](const google::protobuf::Message* answer) {
      return static_cast<const v1::AttachFileResponse&>(*answer);
    });
  }

  Result<v1::AttachFileResponse> attach(const Actor& actor, const v1::AttachFileRequest& said,
                                        std::string_view bytes) {
    Sending sending = begin();
    if (auto sent = send_all(sending, actor, said, bytes); !sent)
      return tl::unexpected(sent.error());
    return finish(sending, actor);
  }

  std::string reason(const Actor& actor, const v1::AttachFileRequest& said,
                     std::string_view bytes) {
    const auto attached = attach(actor, said, bytes);
    return attached ? "attached" : attached.error().reason;
  }

  Result<std::string> read(const Actor& actor, const std::string& file_id,
                           host::Looks* looked = nullptr) {
    v1::ReadFileRequest request;
    request.set_item_id(desk_.item());
    request.set_file_id(file_id);
    request.set_purpose("To assess the risk.");
    const auto pull = read_file(desk_.log(), request, desk_.desk().context_of(actor));
    if (!pull) return tl::unexpected(pull.error());
    std::string all;
    while (true) {
      v1::ReadFileResponse message;
      host::Looks looks;
      const auto next = (*pull)(message, looks);
      if (!next) return tl::unexpected(next.error());
      if (*next == host::Next::kEnd) return all;
      EXPECT_EQ(looks.size(), all.empty() ? 1u : 0u);  // with the first piece
      if (all.empty() && looked != nullptr) *looked = looks;
      EXPECT_LE(message.data().size(), size_t{64} << 10);
      all += message.data();
    }
  }

  std::string reason_to_read(const Actor& actor, const std::string& file_id) {
    const auto all = read(actor, file_id);
    return all ? "read" : all.error().reason;
  }

  size_t stored_chunks() { return mash::log::testing::stored_chunks(desk_.log()); }

  TempDesk desk_;
  std::unique_ptr<FileUploads> uploads_ = FileUploads::over(desk_.desk()).value();
};

TEST_F(AttachFile, AttachesWhatCameInPiecesAndGivesItBack) {
  const std::string bytes = pdf(200'000);
  const auto attached = attach(kHealth, describe(desk_.item(), bytes), bytes);
  ASSERT_TRUE(attached.has_value()) << attached.error().message;
  EXPECT_EQ(attached->file().name(), "letter.pdf");
  EXPECT_EQ(attached->file().bytes(), 200'000u);
  EXPECT_TRUE(attached->file().has_attached_at());
  EXPECT_EQ(attached->receipt().version(), 2u);
  EXPECT_EQ(read(kHealth, attached->file().file_id()).value(), bytes);
  EXPECT_TRUE(log::verify(desk_.log(), {})->intact());
}

TEST_F(AttachFile, TakesTheFirstBytesWithTheDescription) {
  const std::string bytes = pdf(1'000);
  auto said = describe(desk_.item(), bytes);
  said.set_data(bytes);
  Sending sending = begin();
  ASSERT_TRUE(send(sending, kHealth, said).has_value());
  const auto attached = finish(sending, kHealth);
  ASSERT_TRUE(attached.has_value());
  EXPECT_EQ(read(kHealth, attached->file().file_id()).value(), bytes);
}

TEST_F(AttachFile, SentAgainGivesItsFirstAnswerAlsoOnceTheItemIsReleased) {
  const std::string bytes = pdf(100'000);
  const auto said = describe(desk_.item(), bytes);
  const auto first = attach(kHealth, said, bytes);
  ASSERT_TRUE(first.has_value());
  const size_t chunks = stored_chunks();
  desk_.decide(kHealth, desk_.item(), release("d-1", "recipients { agency: 'police' }"));
  const auto again = attach(kHealth, said, bytes);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->file().file_id(), first->file().file_id());
  EXPECT_TRUE(again->receipt().repeated_request());
  EXPECT_EQ(stored_chunks(), chunks);
  auto other = said;
  other.set_name("another.pdf");
  EXPECT_EQ(reason(kHealth, other, bytes), "REQUEST_ID_REUSED");
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes), bytes), "ITEM_RELEASED");
}

TEST_F(AttachFile, RefusesAStrangerBeforeAByteIsTaken) {
  const std::string bytes = pdf(100'000);
  const auto said = describe(desk_.item(), bytes);
  for (const auto& [actor, why] :
       std::vector<std::pair<Actor, std::string>>{{kSchool, "NOT_FOUND"},
                                                  {kRefuge, "NOT_FOUND"},
                                                  {kPolice, "NOT_THE_OWNER"},
                                                  {kTriage, "NOT_THE_OWNER"}}) {
    Sending sending = begin();
    const auto begun = send(sending, actor, said);
    ASSERT_FALSE(begun.has_value()) << actor.agency;
    EXPECT_EQ(begun.error().reason, why) << actor.agency;
  }
  EXPECT_EQ(reason(kHealth, describe(uuid(404), bytes), bytes), "NOT_FOUND");
  EXPECT_EQ(stored_chunks(), 0u);
}

TEST_F(AttachFile, KeepsNothingOfAFileThatIsNotWhatItsSenderSaid) {
  const std::string bytes = pdf(100'000);
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes, "image/png"), bytes),
            "FILE_TYPE_MISMATCH");
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes, "application/x-msdownload"), bytes),
            "FILE_TYPE_NOT_ALLOWED");
  std::string changed = bytes;
  changed.back() ^= 1;
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes), changed), "FILE_DAMAGED");
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes), bytes.substr(0, 99'999)),
            "FILE_DAMAGED");
  EXPECT_EQ(reason(kHealth, describe(desk_.item(), bytes), bytes + "x"), "FILE_DAMAGED");
  EXPECT_EQ(stored_chunks(), 0u);
  EXPECT_EQ(desk_.log().stream_version(item_stream(desk_.item())).value(), 1u);
}

TEST_F(AttachFile, KeepsNothingOfAnUploadThatIsCut) {
  const std::string bytes = pdf(200'000);
  {
    Sending sending = begin();
    ASSERT_TRUE(send_all(sending, kHealth, describe(desk_.item(), bytes), bytes.substr(0, 150'000))
                    .has_value());
    EXPECT_EQ(stored_chunks(), 2u);
  }
  EXPECT_EQ(stored_chunks(), 0u);
}

TEST_F(AttachFile, NamesWhatIsWrongWithTheDescription) {
  v1::AttachFileRequest said;
  said.set_name("two\nlines");
  said.set_bytes(kFileBytesMax + 1);
  Sending sending = begin();
  const auto refused = send(sending, kHealth, said);
  ASSERT_FALSE(refused.has_value());
  std::vector<std::string> fields;
  for (const FieldFault& fault : refused.error().faults) fields.push_back(fault.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"request_id", "item_id", "name", "bytes", "sha256"}));
  Sending empty = begin();
  EXPECT_EQ(finish(empty, kHealth).error().reason, "INVALID_REQUEST");
}

TEST_F(AttachFile, TakesNothingButBytesAfterTheFirstMessage) {
  const std::string bytes = pdf(100'000);
  const auto said = describe(desk_.item(), bytes);
  auto piece = describe(desk_.item(), bytes);
  piece.set_data("more");
  v1::AttachFileRequest too_long;
  too_long.set_data(std::string(70'000, 'x'));
  for (const v1::AttachFileRequest& second : {piece, v1::AttachFileRequest(), too_long}) {
    Sending sending = begin();
    ASSERT_TRUE(send(sending, kHealth, said).has_value());
    EXPECT_EQ(send(sending, kHealth, second).error().reason, "INVALID_REQUEST");
  }
}

TEST_F(AttachFile, TakesOnlySoManyAtOnceAndOfOneAgencyFewer) {
  const std::string bytes = pdf(100'000);
  std::vector<Sending> open;
  for (size_t i = 0; i < FileUploads::kUploadsOfAgencyMax; ++i) {
    open.push_back(begin());
    ASSERT_TRUE(send(open.back(), kHealth, describe(desk_.item(), bytes)).has_value());
  }
  const auto said = describe(desk_.item(), bytes);
  Sending refused = begin();
  const auto full = send(refused, kHealth, said);
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().reason, "TOO_MANY_UPLOADS");
  EXPECT_TRUE(full.error().retry_after.has_value());
  open.pop_back();
  EXPECT_EQ(reason(kHealth, said, bytes), "attached");
}

TEST_F(AttachFile, IsTooLateOnceTheItemWasReleasedMeanwhile) {
  const std::string bytes = pdf(100'000);
  Sending sending = begin();
  ASSERT_TRUE(send_all(sending, kHealth, describe(desk_.item(), bytes), bytes).has_value());
  desk_.decide(kHealth, desk_.item(), release("d-1", "recipients { agency: 'police' }"));
  EXPECT_EQ(finish(sending, kHealth).error().reason, "ITEM_RELEASED");
  sending.upload.reset();
  EXPECT_EQ(stored_chunks(), 0u);
}

TEST_F(AttachFile, IsReadByWhomTheItemIsReleasedToAndTheLookSaysSo) {
  const std::string bytes = pdf(100'000);
  const auto attached = attach(kHealth, describe(desk_.item(), bytes), bytes);
  ASSERT_TRUE(attached.has_value());
  const std::string& file_id = attached->file().file_id();
  EXPECT_EQ(reason_to_read(kPolice, file_id), "NOT_DISCLOSED");
  EXPECT_EQ(reason_to_read(kSchool, file_id), "NOT_FOUND");
  desk_.decide(kHealth, desk_.item(), release("d-1", "recipients { agency: 'police' }"));
  host::Looks looks;
  EXPECT_EQ(read(kPolice, file_id, &looks).value(), bytes);
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_EQ(looks.front().decision_id, "d-1");
  EXPECT_EQ(looks.front().ids, (std::vector<std::string>{desk_.item(), file_id}));
  EXPECT_FALSE(looks.front().expectations.empty());
  EXPECT_EQ(reason_to_read(kPolice, uuid(404)), "NOT_FOUND");
  desk_.decide(kHealth, desk_.item(), Item::EndDecision{"d-1"});
  EXPECT_EQ(reason_to_read(kPolice, file_id), "NOT_DISCLOSED");
}

TEST_F(AttachFile, OfAnErasedCaseIsSaidToBeErased) {
  const std::string bytes = pdf(100'000);
  const auto attached = attach(kHealth, describe(desk_.item(), bytes), bytes);
  ASSERT_TRUE(attached.has_value());
  ASSERT_TRUE(desk_.temp_log().vault().destroy(std::vector{desk_.case_id()}).has_value());
  ASSERT_TRUE(desk_.log().erase_sealed(desk_.case_id()).has_value());
  EXPECT_EQ(reason_to_read(kHealth, attached->file().file_id()), "FILE_ERASED");
  EXPECT_EQ(stored_chunks(), 0u);
}

}  // namespace
}  // namespace mash::sharing
