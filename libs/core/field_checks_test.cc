#include "core/field_checks.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mash {
namespace {

Ids list(const std::vector<std::string>& values) { return {values.begin(), values.end()}; }

std::vector<std::string> faults_of(const Checks& checks) {
  std::vector<std::string> fields;
  for (const FieldFault& fault : checks.faults()) fields.push_back(fault.field);
  return fields;
}
using Fields = std::vector<std::string>;

const std::string kOne = "01925f3a-0000-7000-8000-000000000001";
const std::string kOther = "01925f3a-0000-7000-8000-000000000002";

TEST(FieldChecks, TellWhichIdsAreNoneOrAreNamedTwice) {
  Checks checks;
  check_id("one", kOne, checks);
  check_ids("all", list({kOne, kOther}), 2, checks);
  EXPECT_EQ(faults_of(checks), Fields{});
  check_id("one", "1", checks);
  check_ids("all", list({kOne, "1", kOne}), 3, checks);
  EXPECT_EQ(faults_of(checks), (Fields{"one", "all[1]", "all[2]"}));
}

TEST(FieldChecks, TellThatThereAreTooManyAndNoMoreOfThem) {
  Checks checks;
  check_ids("all", list({"1", "1", "1"}), 2, checks);
  EXPECT_EQ(faults_of(checks), Fields{"all"});
}

TEST(FieldChecks, KnowTheAgenciesOfTheHub) {
  const Agencies agencies = {{"police", "police-force"}, {"health", "nhs-body"}};
  Context context;
  Checks checks;
  check_agency("agency", "police", context, checks);  // of a hub that has none
  context.agencies = &agencies;
  check_agencies("agencies", list({"police", "health"}), context, checks);
  check_agencies("agencies", list({"police", "navy", "police"}), context, checks);
  EXPECT_EQ(faults_of(checks), (Fields{"agency", "agencies[1]", "agencies[2]"}));
}

TEST(FieldChecks, TakeNoNameForAPractitioner) {
  Checks checks;
  check_practitioner("by", "pc-4821", checks);
  EXPECT_EQ(faults_of(checks), Fields{});
  for (const char* wrong : {"", "Jane Smith", "jane@school.example"})
    check_practitioner("by", wrong, checks);
  EXPECT_EQ(checks.faults().size(), 3u);
}

}  // namespace
}  // namespace mash
