#include "cli/sharing_shown.h"

#include <ostream>
#include <string>

#include "cli/print.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::cli {
namespace {

namespace v1 = sharing::v1;
using google::protobuf::Message;

void print_next_page(const std::string& token, std::ostream& out) {
  if (!token.empty()) out << "There are more: --page " << token << '\n';
}

std::string answer_of(const v1::InformationRequest& request) {
  if (request.answer() == v1::REQUEST_ANSWER_UNSPECIFIED) return "-";
  return enum_word(v1::RequestAnswer_Name(request.answer()), "RequestAnswer");
}

std::string state_of(const v1::InformationRequest& request) {
  return enum_word(common::v1::DeadlineState_Name(request.deadline().state()), "DeadlineState");
}

// How many go out, and how many do not.
std::string items_of(const v1::DecisionTerms& terms) {
  int out = 0;
  for (const v1::DecidedItem& item : terms.items())
    out += item.disposition() == v1::ITEM_DISPOSITION_WITHHELD ? 0 : 1;
  return std::to_string(out) + " of " + std::to_string(terms.items_size());
}

std::string recipients_of(const v1::DecisionTerms& terms) {
  std::string names;
  for (const v1::Recipient& recipient : terms.recipients())
    names += (names.empty() ? "" : ", ") + shown(recipient.agency());
  return names;
}

// "police; social-care until 2026-03-04 10:00:00Z", of those who were given it or were not.
std::string agencies_with(const v1::Holding& holding, bool disclosed) {
  std::string names;
  for (const v1::Access& access : holding.access()) {
    if (access.disclosed() != disclosed) continue;
    names += (names.empty() ? "" : "; ") + shown(access.agency());
    if (!access.ground().empty()) names += " (" + shown(access.ground()) + ")";
    if (access.has_until()) names += " until " + shown(access.until());
  }
  return names.empty() ? "-" : names;
}

// What somebody should look at.
std::string notes_on(const v1::Holding& holding) {
  std::string notes = holding.recalled() ? "RECALLED" : holding.corrected() ? "corrected" : "";
  for (const v1::Access& access : holding.access())
    if (access.has_recall() && !access.recall().has_acknowledged_at())
      notes += ", not acknowledged by " + shown(access.agency());
  return notes;
}

void print_judgement(const std::string& heading, const v1::Judgement& judgement,
                     std::ostream& out) {
  out << heading << " (" << shown(judgement.law()) << ", " << shown(judgement.day()) << "): ";
  if (judgement.faults().empty()) {
    out << "lawful";
    if (judgement.needs_second_signature()) out << "; a second signature is needed";
    out << '\n';
    return;
  }
  out << judgement.faults_size() << (judgement.faults_size() == 1 ? " fault\n" : " faults\n");
  for (const v1::RuleFault& fault : judgement.faults())
    out << "  " << shown(fault.field()) << ": " << shown(fault.problem())
        << "\n    to mend it: " << shown(fault.remedy()) << "\n    " << shown(fault.rule()) << ": "
        << shown(fault.source()) << '\n';
}

}  // namespace

void print_requests(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListRequestsResponse&>(reply);
  Table table({"REQUEST", "CASE", "OF", "ASKED", "DUE", "STATE", "ANSWER"});
  for (const v1::InformationRequest& request : found.requests())
    table.add({shown(request.information_request_id()), shown(request.case_id()),
               shown(request.terms().agency()), shown(request.requested_at()),
               shown(request.deadline().due()), state_of(request), answer_of(request)});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_decisions(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListDecisionsResponse&>(reply);
  Table table({"DECISION", "CASE", "BY", "DECIDED", "STATUS", "OUTCOME", "GO OUT", "TO"});
  for (const v1::Decision& decision : found.decisions())
    table.add({shown(decision.decision_id()), shown(decision.terms().case_id()),
               shown(decision.agency()), shown(decision.decided_at()),
               enum_word(v1::DecisionStatus_Name(decision.status()), "DecisionStatus"),
               enum_word(v1::SharingOutcome_Name(decision.terms().outcome()), "SharingOutcome"),
               items_of(decision.terms()), recipients_of(decision.terms())});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_disclosed(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ListDisclosedResponse&>(reply);
  Table table({"ITEM", "OWNER", "ASK", "DISCLOSED", "DECISION", "TO NOTE"});
  for (const v1::DisclosedItem& disclosed : found.items()) {
    std::string notes = disclosed.item().recalled()    ? "RECALLED"
                        : disclosed.item().corrected() ? "corrected"
                                                       : "";
    if (disclosed.acknowledge()) notes += ", to acknowledge";
    table.add({shown(disclosed.item().item_id()), shown(disclosed.item().owner()),
               shown(disclosed.item().ask()), shown(disclosed.disclosed_at()),
               shown(disclosed.decision_id()), notes});
  }
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_holdings(const Message& reply, std::ostream& out) {
  const auto& found = static_cast<const v1::ExplainAccessResponse&>(reply);
  Table table({"ITEM", "HELD BY", "ASK", "SINCE", "GIVEN TO", "WITHHELD FROM", "TO NOTE"});
  for (const v1::Holding& holding : found.holdings())
    table.add({shown(holding.item_id()), shown(holding.owner()), shown(holding.ask()),
               shown(holding.held_since()), agencies_with(holding, true),
               agencies_with(holding, false), notes_on(holding)});
  table.print(out);
  print_next_page(found.next_page_token(), out);
}

void print_judgements(const Message& reply, std::ostream& out) {
  const auto& judged = static_cast<const v1::EvaluateDecisionResponse&>(reply);
  print_judgement(judged.has_today() ? "under the law of its day" : "judged", judged.judgement(),
                  out);
  if (judged.has_today()) print_judgement("under today's", judged.today(), out);
}

}  // namespace mash::cli
