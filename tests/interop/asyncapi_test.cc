#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "core/timestamp.h"
#include "feed/kafka.h"
#include "feed/messages.h"
#include "node/part.h"
#include "notification/part.h"
#include "referral/part.h"
#include "sharing/part.h"
#include "strategy/part.h"
#include "vault/part.h"

// docs/asyncapi.yaml says what the relay publishes, and nothing else.
namespace mash {
namespace {

using Headers = std::map<std::string, std::string>;

const std::string kSource = MASH_SOURCE_DIR;
constexpr char kLog[] = "mash/E10000013/referral";

class AsyncApi : public ::testing::Test {
 protected:
  // What a "$ref" leads to.
  YAML::Node follow(const YAML::Node& node) const {
    if (!node["$ref"]) return node;
    YAML::Node at = YAML::Clone(document_);
    std::istringstream path(node["$ref"].as<std::string>().substr(2));
    for (std::string step; std::getline(path, step, '/');) at.reset(at[step]);
    return at;
  }

  YAML::Node message(const std::string& name) const {
    return document_["components"]["messages"][name];
  }

  void expect_as_told(const std::string& name, const Headers& headers) const {
    const YAML::Node schema = follow(message(name)["headers"]);
    EXPECT_FALSE(schema["additionalProperties"].as<bool>());
    std::set<std::string> told;
    for (const auto& property : schema["properties"]) {
      told.insert(property.first.as<std::string>());
      expect_value(property.first.as<std::string>(), follow(property.second), headers);
    }
    std::set<std::string> given;
    for (const auto& [header, value] : headers) given.insert(header);
    EXPECT_EQ(told, given) << name;
    EXPECT_EQ(names_in(schema["required"]), given) << name;
  }

  static std::set<std::string> names_in(const YAML::Node& list) {
    std::set<std::string> names;
    for (const auto& each : list) names.insert(each.as<std::string>());
    return names;
  }

  const YAML::Node document_ = YAML::LoadFile(kSource + "/docs/asyncapi.yaml");

 private:
  static void expect_value(const std::string& header, const YAML::Node& schema,
                           const Headers& headers) {
    ASSERT_TRUE(headers.contains(header)) << header;
    const std::string& value = headers.at(header);
    if (schema["const"]) {
      EXPECT_EQ(value, schema["const"].as<std::string>()) << header;
    }
    if (schema["pattern"]) {
      EXPECT_TRUE(std::regex_search(value, std::regex(schema["pattern"].as<std::string>())))
          << header << ": " << value;
    }
    EXPECT_TRUE(schema["const"] || schema["pattern"]) << header << " may be anything";
  }
};

Headers headers_of(const feed::Outgoing& message) {
  Headers headers;
  for (const auto& [name, value] : message.headers) headers.emplace(name, value);
  return headers;
}

log::Record record_at(Time time) {
  log::Record record;
  record.prefix = {.epoch = 3, .position = 20'481, .stream_version = 2, .recorded_at = time};
  record.body.set_event_id(Uuid::parse("01925f3a-7c1e-7b43-9d52-0242ac120002").value().to_bytes());
  record.body.set_type("mash.referral.v1.ReferralEvent");
  record.leaf = "the leaf";
  return record;
}

TEST_F(AsyncApi, TellsEveryHeaderOfARecord) {
  for (const char* time :
       {"2026-03-04T07:31:02Z", "2026-03-04T07:31:02.5Z", "2026-03-04T07:31:02.000417Z"}) {
    const auto sent = feed::outgoing(record_at(from_rfc3339(time).value()), kLog);
    expect_as_told("record", headers_of(sent));
  }
}

TEST_F(AsyncApi, TellsEveryHeaderOfACheckpoint) {
  for (const uint64_t size : {uint64_t{0}, uint64_t{20'482}})
    expect_as_told("checkpoint", headers_of(feed::outgoing_checkpoint("a note", kLog, 1, size)));
}

TEST_F(AsyncApi, ShowsExamplesThatAreAsItTells) {
  for (const char* name : {"record", "checkpoint"}) {
    ASSERT_TRUE(message(name)["examples"]) << name;
    for (const auto& example : message(name)["examples"])
      expect_as_told(name, example["headers"].as<Headers>());
  }
}

TEST_F(AsyncApi, SaysInWhichFormPayloadsAre) {
  for (const auto& [name, sent] :
       {std::pair("record", feed::outgoing(record_at(Time{}), kLog)),
        std::pair("checkpoint", feed::outgoing_checkpoint("a note", kLog, 1, 2))})
    EXPECT_EQ(message(name)["contentType"].as<std::string>(), headers_of(sent).at("content-type"));
  EXPECT_EQ(follow(message("record")["payload"])["x-protobuf-message"].as<std::string>(),
            feed::v1::TopicRecord::descriptor()->full_name());
}

TEST_F(AsyncApi, HasAChannelForEachTopicThatDeployMakes) {
  std::map<std::string, int> days;
  std::ifstream topics(kSource + "/deploy/kafka/topics");
  for (std::string line; std::getline(topics, line);) {
    std::istringstream words(line);
    std::string topic;
    int kept = 0;
    if (words >> topic >> kept && topic.front() != '#') days[topic] = kept;
  }
  std::map<std::string, int> told;
  for (const auto& channel : document_["channels"]) {
    const std::string address = channel.second["address"].as<std::string>();
    EXPECT_EQ(address, feed::topic_of(channel.first.as<std::string>()));
    constexpr int64_t kDay = 24 * 3'600 * 1'000;
    told[address] = static_cast<int>(
        channel.second["bindings"]["kafka"]["topicConfiguration"]["retention.ms"].as<int64_t>() /
        kDay);
  }
  EXPECT_EQ(told, days);
}

TEST_F(AsyncApi, NamesTheEventsOfEachService) {
  for (const node::Part& part :
       {referral::part(), sharing::part(), strategy::part(), notification::part(), vault::part()}) {
    std::set<std::string> events;
    for (const auto* event : part.events) events.insert(event->full_name());
    EXPECT_EQ(names_in(document_["channels"][part.name]["x-event-types"]), events) << part.name;
  }
}

}  // namespace
}  // namespace mash
