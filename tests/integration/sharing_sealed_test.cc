#include <gmock/gmock.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"
#include "mash/log/v1/log_service.grpc.pb.h"
#include "mash/vault/v1/vault_service.grpc.pb.h"
#include "merkle/hash.h"

// What is personal in the sharing log: nowhere in plain, and gone with its case's key.
namespace mash::testing {
namespace {

namespace fs = std::filesystem;
namespace v1 = sharing::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Stands in every text that somebody gives the hub.
constexpr char kPlanted[] = "plantedsecret";

std::string planted(const std::string& text) { return text + " " + kPlanted; }

class SharingSealed : public SharingCase {
 protected:
  SharingSealed()
      : SharingCase([](host::Config& config) {
          config.metrics_listen = "127.0.0.1:0";
          config.log_calls = "all";
        }) {
    record_threshold();
    auto asked = question();
    asked.mutable_terms()->set_purpose(planted("To decide."));
    asked.mutable_terms()->set_questions(0, planted("What?"));
    asked.mutable_terms()->set_without_consent_reason(planted("Risk."));
    request_id_ = done(kTriage, &Stub::RequestInformation, asked).information_request_id();
    items_ = answer(request_id_, {planted("A fracture."), planted("Withdrawn.")});
    attach();
    auto terms = this->terms({"social-care"}, {items_[0]}, {items_[1]});
    terms.set_purpose(planted("To decide."));
    terms.set_necessity(planted("Nobody else."));
    terms.set_proportionality(planted("No more."));
    terms.mutable_items(1)->set_reasons(planted("No."));
    const auto decided = decide(terms);
    EXPECT_EQ(told(decided), "accepted");
    decision_id_ = decided.value_or(v1::RecordDecisionResponse()).decision_id();
    EXPECT_EQ(told(read(kTriage, items_[0])), "accepted");
    refuse_a_draft();
  }

  void attach() {
    v1::AttachFileRequest piece;
    piece.set_request_id(new_request_id());
    piece.set_item_id(items_[0]);
    piece.set_name(planted("letter") + ".txt");
    piece.set_media_type("text/plain");
    piece.set_data(planted("Dear colleague,") + "\n");
    piece.set_bytes(piece.data().size());
    piece.set_sha256(std::string(merkle::bytes_of(merkle::sha256({piece.data()}))));
    Stub stub(hub_.channel(kNurse.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kNurse);
    v1::AttachFileResponse response;
    const auto writer = stub.AttachFile(&context, &response);
    writer->Write(piece);
    writer->WritesDone();
    const auto status = writer->Finish();
    EXPECT_TRUE(status.ok()) << status.error_message();
    file_id_ = response.file().file_id();
  }

  // What the hub refuses it must not repeat.
  void refuse_a_draft() {
    auto draft = terms({"nobody"}, {items_[0]});
    draft.set_purpose(planted("To decide."));
    draft.set_basis(planted("6-1-e"));
    const auto refused = decide(draft);
    ASSERT_FALSE(refused.has_value());
    told_ += refused.error().message;
    for (const FieldFault& fault : refused.error().faults) told_ += fault.field + fault.description;
  }

  // Files of the hub that hold the planted text.
  std::vector<std::string> in_files() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(hub_.folder())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(file), {}};
      if (bytes.find(kPlanted) != std::string::npos) found.push_back(entry.path().string());
    }
    return found;
  }

  std::vector<std::string> faults() {
    log::v1::VerifyLogRequest request;
    request.set_log("sharing");
    request.set_with_views(true);
    log::v1::LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    const auto reader = stub.VerifyLog(&context, request);
    std::vector<std::string> faults;
    for (log::v1::VerifyLogResponse response; reader->Read(&response);)
      for (const auto& fault : response.faults()) faults.push_back(fault.message());
    EXPECT_TRUE(reader->Finish().ok());
    return faults;
  }

  // Everything that those who may see it are told of the case.
  std::string answers() {
    std::string all;
    for (const Caller& caller : {kNurse, kTriage, kAuditor}) {
      all += answer_to(read(caller, items_[0]));
      v1::GetDecisionRequest decision;
      decision.set_decision_id(decision_id_);
      decision.set_purpose("A complaint.");
      all += answer_to(call(caller, &Stub::GetDecision, decision));
      v1::GetRequestRequest asked;
      asked.set_information_request_id(request_id_);
      asked.set_purpose("A complaint.");
      all += answer_to(call(caller, &Stub::GetRequest, asked));
      all += answer_to(explain(caller));
    }
    return all;
  }

  template <class Response>
  static std::string answer_to(const Result<Response>& result) {
    return result ? result->ShortDebugString() + "\n" : result.error().reason + "\n";
  }

  std::string request_id_;
  std::string decision_id_;
  std::string file_id_;
  std::vector<std::string> items_;
  std::string told_;  // refusals
};

TEST_F(SharingSealed, WhatIsPersonalIsNowhereInPlain) {
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(answers(), HasSubstr(kPlanted));  // it is there to be found
  EXPECT_THAT(told_, Not(HasSubstr(kPlanted)));
  EXPECT_THAT(http_get(hub_.hub().metrics_port(), "/metrics"), Not(HasSubstr(kPlanted)));
  EXPECT_THAT(in_files(), IsEmpty());
  hub_.stop();
  EXPECT_THAT(in_files(), IsEmpty());
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(lines, HasSubstr("GetDecision"));  // they are the hub's log lines
  EXPECT_THAT(lines, Not(HasSubstr(kPlanted)));
}

TEST_F(SharingSealed, ErasingTheCaseTakesItsTextsAndFilesAndEveryProofHolds) {
  vault::v1::DestroyKeyRequest destroy;
  destroy.set_key_id(case_id);
  destroy.set_authority("RET-7");
  destroy.set_reason("Retention is over.");
  done(kRecordsManager, &vault::v1::VaultService::Stub::DestroyKey, destroy);
  for (const bool restarted : {false, true}) {
    if (restarted) {
      hub_.stop();
      hub_.start();
    }
    const std::string all = answers();
    EXPECT_THAT(all, Not(HasSubstr(kPlanted)));
    EXPECT_THAT(all, HasSubstr("erased: true"));
    EXPECT_THAT(faults(), IsEmpty());
    v1::ReadFileRequest file;
    file.set_item_id(items_[0]);
    file.set_file_id(file_id_);
    file.set_purpose("A complaint.");
    Stub stub(hub_.channel(kNurse.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kNurse);
    const auto reader = stub.ReadFile(&context, file);
    v1::ReadFileResponse piece;
    while (reader->Read(&piece)) EXPECT_EQ(piece.data(), "");
    EXPECT_FALSE(reader->Finish().ok());
  }
  EXPECT_NE(told(decide(terms({"police"}, {items_[0]}))), "accepted");
}

}  // namespace
}  // namespace mash::testing
