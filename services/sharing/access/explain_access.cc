#include "sharing/access/explain_access.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "core/caller.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "host/pages.h"
#include "log/event_log.h"
#include "sharing/access/search.h"
#include "sharing/lists/rows.h"

namespace mash::sharing {
namespace {

constexpr uint32_t kPageSize = 1'000;
constexpr uint32_t kPageSizeMax = 10'000;

void to_timestamp(int64_t microseconds, google::protobuf::Timestamp* out) {
  to_proto(Time(std::chrono::microseconds(microseconds)), out);
}

std::string id_text(std::string_view bytes) {
  const auto id = Uuid::from_bytes(bytes);
  return id ? id->text() : std::string();
}

// Tells of one item after another what one caller may know of it.
class Telling {
 public:
  Telling(const SearchScope& scope, const Actor& actor, v1::ExplainAccessResponse& response)
      : scope_(scope),
        actor_(actor),
        entitled_(is_hub(actor) || is_auditor(actor)),
        response_(response) {}

  // The bytes it takes in the answer.
  size_t tell(const FoundItem& item);

 private:
  void tell_persons(const FoundItem& item, v1::Holding& holding) const;
  void tell_access(const v1::ItemRow& row, v1::Holding& holding, bool all) const;

  const SearchScope& scope_;
  const Actor& actor_;
  const bool entitled_;  // to lines on others, grounds and persons
  v1::ExplainAccessResponse& response_;
};

void Telling::tell_persons(const FoundItem& item, v1::Holding& holding) const {
  const std::string_view asked = scope_.persons;
  const std::string_view ids = item.row.person_ids();
  for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes) {
    const std::string_view person = ids.substr(at, kIdBytes);
    bool wanted = asked.empty();
    for (size_t of = 0; !wanted && of + kIdBytes <= asked.size(); of += kIdBytes)
      wanted = asked.substr(of, kIdBytes) == person;
    if (wanted) holding.add_person_ids(id_text(person));
  }
}

void tell_recall(const v1::ItemRowRecall& recall, v1::RecallNotice& notice) {
  notice.set_agency(recall.agency());
  to_timestamp(recall.told_us(), notice.mutable_told_at());
  if (recall.acknowledged_us() == 0) return;
  to_timestamp(recall.acknowledged_us(), notice.mutable_acknowledged_at());
  notice.set_acknowledged_by(recall.acknowledged_by());
}

std::set<std::string> agencies_of(const v1::ItemRowDecision& decision) {
  std::set<std::string> agencies(decision.agencies().begin(), decision.agencies().end());
  for (const v1::Recipient& recipient : decision.narrow()) agencies.insert(recipient.agency());
  return agencies;
}

void Telling::tell_access(const v1::ItemRow& row, v1::Holding& holding, bool all) const {
  for (const v1::ItemRowDecision& decision : row.decisions()) {
    // That a version went out instead would tell whose it is a version of.
    if (!all && (decision.sanitised() || !names(decision, actor_))) continue;
    for (const std::string& agency : agencies_of(decision)) {
      if (!all && agency != actor_.agency) continue;
      v1::Access& access = *holding.add_access();
      access.set_agency(agency);
      access.set_disclosed(decision.disclosed());
      access.set_decision_id(id_text(decision.decision_id()));
      to_timestamp(decision.since_us(), access.mutable_since());
      if (decision.until_us() != 0) to_timestamp(decision.until_us(), access.mutable_until());
      if (all) access.set_ground(decision.ground());
      if (!decision.disclosed()) continue;
      if (const auto* recall = recall_of(row, agency))
        tell_recall(*recall, *access.mutable_recall());
    }
  }
}

size_t Telling::tell(const FoundItem& item) {
  const v1::ItemRow& row = item.row;
  v1::Holding& holding = *response_.add_holdings();
  holding.set_item_id(item.item_id.data(), item.item_id.size());
  holding.set_case_id(item.case_id);
  holding.set_owner(row.owner());
  holding.set_ask(row.ask());
  *holding.mutable_held_since() = row.held_since();
  holding.set_corrected(row.corrected());
  holding.set_recalled(row.recalled());
  const bool all = entitled_ || actor_.agency == row.owner();
  if (all || given_to(row, actor_) != nullptr) tell_persons(item, holding);
  tell_access(row, holding, all);
  return holding.ByteSizeLong();
}

}  // namespace

Result<host::Looks> explain_access(const log::EventLog& log,
                                   const v1::ExplainAccessRequest& request, const Context& context,
                                   v1::ExplainAccessResponse& response) {
  const auto start = host::page_start(log, request, kPageSizeMax);
  if (!start) return tl::unexpected(start.error());
  auto scope = scope_of(log, {request.case_id(), request.person_id(), request.purpose()},
                        start->as_at_size, context.actor);
  if (!scope) return tl::unexpected(scope.error());
  Telling telling(*scope, context.actor, response);
  const WalkLimits limits{.items_max = request.page_size() == 0 ? kPageSize : request.page_size()};
  const auto next = walk(log, *scope, *start, limits,
                         [&](const FoundItem& item) { return Result<size_t>(telling.tell(item)); });
  if (!next) return tl::unexpected(next.error());
  response.set_as_at_size(scope->size);
  if (*next) response.set_next_page_token(host::page_token(request, **next));
  for (const v1::Holding& holding : response.holdings())
    scope->look.ids.push_back(holding.item_id());
  return host::Looks{std::move(scope->look)};
}

}  // namespace mash::sharing
