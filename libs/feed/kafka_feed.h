#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "feed/feed.h"
#include "feed/kafka.h"
#include "feed/origin.h"

namespace mash::feed {

struct KafkaFeedParts {
  std::string log;  // "mash/E10000013/referral"
  KafkaOptions kafka;
  TopicPartition from;
  std::shared_ptr<Origin> origin;
  // Nothing heard for so long, not even that there is nothing: refused with FEED_SILENT.
  std::chrono::milliseconds silent_max{20'000};
  std::chrono::milliseconds origin_patience{5'000};
};

// Another process's log, as one follows it over Kafka. It hands out only what the log's owner has
// signed: records wait, a bounded number of them, until the checkpoint comes that covers them, and
// the tree's root that they give must be the one it says. Whatever is wrong with the topic, records
// that are missing, repeated, out of order or not what they were, is read from the owner instead,
// and held to its signature as well; so nothing that Kafka does can change what is followed.
//
// Refused with kDataLoss, so that it stops until a person has looked:
//   FEED_AHEAD_OF_BROKER  the brokers have lost what was read from them before, or the topic was
//                         made anew: when it is told to go on, it finds its place by positions.
//                         Where more was published since than was lost, that shows when it begins
//                         anew or records are missing: what stands before its place is another
//                         message than the one it read there (topic_place.h)
//   ROOT_MISMATCH         the owner's own records do not give what it has signed
class KafkaFeed final : public Feed {
 public:
  explicit KafkaFeed(KafkaFeedParts parts);
  ~KafkaFeed() override;

  const std::string& log() const override;
  Result<uint64_t> go_on_from(const log::Cursor& stored) override;
  Result<Batch> next(std::chrono::milliseconds patience) override;
  log::Cursor cursor_at(uint64_t position) const override;
  Result<std::vector<log::Record>> read_stream(std::string_view stream, uint64_t from,
                                               uint64_t below) const override;
  uint64_t size() const override;
  Result<uint64_t> ask_size(std::chrono::milliseconds patience) const override;
  void interrupt() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::feed
