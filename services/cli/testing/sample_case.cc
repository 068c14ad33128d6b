#include "cli/testing/sample_case.h"

#include "core/timestamp.h"
#include "mash/referral/v1/referral_events.pb.h"

namespace mash::cli::testing {
namespace {

constexpr const char* kOrigin = "mash/E10000013/referral/1";

std::string make_record(uint64_t position, const SampleOptions& options) {
  const bool ours = position % 2 == 0;
  referral::v1::ReferralEvent event;
  if (position < 2) {
    event.mutable_contact_received()->set_agency("police");
    event.mutable_contact_received()->set_source("6");
  } else {
    auto* rating = event.mutable_referral_rated()->mutable_rating();
    rating->set_rating(referral::v1::RATING_RED);
    rating->mutable_rated_at()->set_seconds(1'774'778'531);
  }
  log::v1::RecordBody body;
  body.set_event_id(std::string(16, static_cast<char>(position)));
  body.set_case_id(ours ? kSampleCase : kOtherCase);
  body.set_stream("referral/" + body.case_id());
  body.set_type("mash.referral.v1.ReferralEvent");
  body.set_schema_version(1);
  body.mutable_actor()->set_agency("police");
  body.mutable_actor()->set_system("pol-01");
  body.mutable_actor()->set_practitioner("p-7");
  body.mutable_actor()->set_role("practitioner");
  body.set_area(options.area);
  body.set_event(event.SerializeAsString());
  std::string leaf = log::encode_body(body);
  const auto start = *from_rfc3339("2026-03-29T10:00:00Z");
  log::put_prefix(leaf, {.epoch = options.record_epoch,
                         .position = position,
                         .stream_version = position / 2 + 1,
                         .recorded_at = start + std::chrono::seconds(position)});
  return leaf;
}

}  // namespace

SampleLog::SampleLog(uint64_t size, const SampleOptions& options)
    : key_(*merkle::SigningKey::generate(kOrigin)) {
  for (uint64_t position = 0; position < size; ++position) {
    records_.push_back(make_record(position, options));
    tree_.append(merkle::leaf_hash(records_.back()),
                 [&](merkle::TileId id, std::string_view bytes) { tiles_.emplace(id, bytes); });
  }
}

merkle::TreeReader SampleLog::reader() const {
  return {std::make_shared<const merkle::Tree>(tree_),
          [this](merkle::TileId id) -> Result<std::string> { return tiles_.at(id); }};
}

std::string SampleLog::checkpoint(uint64_t size) const {
  return *merkle::sign_checkpoint(
      {.origin = kOrigin, .size = size, .root = *reader().root_at(size)}, key_);
}

std::vector<merkle::Hash> SampleLog::inclusion(uint64_t position, uint64_t size) const {
  return *reader().inclusion_proof(position, size);
}

std::vector<merkle::Hash> SampleLog::consistency(uint64_t from, uint64_t to) const {
  return *reader().consistency_proof(from, to);
}

Bundle::Entry SampleLog::entry(uint64_t position) const {
  return {position, record(position), inclusion(position, size())};
}

Bundle SampleLog::bundle() const {
  Bundle out{.case_id = kSampleCase, .keys = {key_.verifier()}, .checkpoint = checkpoint(size())};
  for (uint64_t position = 0; position < size(); position += 2)
    out.entries.push_back(entry(position));
  return out;
}

}  // namespace mash::cli::testing
