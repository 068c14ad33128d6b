#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "cli/commands.h"
#include "cli/form.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "mash/notification/v1/notification_service.pb.h"

// mash inbox list, watch, deadlines and ack: what an agency was told, and that it knows.
namespace mash::cli {
namespace {

namespace v1 = notification::v1;

constexpr uint32_t kPageSizeMax = 500;

struct ListOptions {
  v1::ListInboxRequest request;
  std::string at_least;
  std::string at;
  uint64_t limit = 50;
};

struct WatchOptions {
  v1::SubscribeRequest request;
  std::string at_least;
  uint64_t count = 0;  // 0: until interrupted
};

template <class Request>
Outcome<void> put_urgency(const std::string& word, Request& request) {
  if (word.empty()) return {};
  const auto value = read_enum(*v1::Urgency_descriptor(), word, "--at-least");
  if (!value) return tl::unexpected(value.error());
  request.set_at_least(static_cast<v1::Urgency>(*value));
  return {};
}

std::string urgency_of(const v1::Notice& notice) {
  return enum_word(v1::Urgency_Name(notice.urgency()), "Urgency");
}

std::string state_of(const v1::InboxNotice& inbox) {
  std::string state = enum_word(v1::NoticeState_Name(inbox.state()), "NoticeState");
  if (!inbox.acknowledged_by().empty()) state += " by " + shown(inbox.acknowledged_by());
  if (inbox.contacts_told() > 0)
    state += ", " + std::to_string(inbox.contacts_told()) + " contacts told";
  if (inbox.has_escalated_at()) state += ", escalated";
  return state;
}

// What happened: the rule that says so, and which deadline it was.
std::string what_of(const v1::Notice& notice) {
  std::string what = shown(notice.rule());
  if (!notice.deadline().empty()) what += " (" + shown(notice.deadline()) + ")";
  if (!notice.escalated_from().empty()) what += ", not seen by " + shown(notice.escalated_from());
  if (!notice.tell_by_hand().empty()) what += ", tell " + shown(notice.tell_by_hand()) + " by hand";
  return what;
}

std::string about_of(const google::protobuf::RepeatedPtrField<v1::About>& abouts) {
  std::string about;
  for (const v1::About& each : abouts)
    about += (about.empty() ? "" : ", ") + shown(each.kind()) + " " + shown(each.id());
  return about;
}

void print_list(const std::vector<v1::InboxNotice>& notices, std::ostream& out) {
  if (notices.empty()) {
    out << "nothing\n";
    return;
  }
  Table table({"notice", "raised", "urgency", "what", "about", "acknowledge by", "state"});
  for (const v1::InboxNotice& inbox : notices) {
    const v1::Notice& notice = inbox.notice();
    table.add({notice.notice_id(), shown(notice.raised_at()), urgency_of(notice), what_of(notice),
               about_of(notice.about()),
               notice.has_acknowledge_by() ? shown(notice.acknowledge_by()) : "-",
               state_of(inbox)});
  }
  table.print(out);
}

Outcome<void> list(ListOptions& options, Session& session) {
  v1::ListInboxRequest& request = options.request;
  if (auto put = put_urgency(options.at_least, request); !put) return put;
  if (auto put = put_time(options.at, [&] { return request.mutable_as_at(); }); !put) return put;
  const auto client = connect(session, kUsualTriage);
  if (!client) return tl::unexpected(client.error());
  std::vector<v1::InboxNotice> found;
  bool more = true;
  while (more && found.size() < options.limit) {
    const uint64_t wanted = options.limit - found.size();
    request.set_page_size(static_cast<uint32_t>(std::min<uint64_t>(wanted, kPageSizeMax)));
    v1::ListInboxResponse response;
    const auto got =
        client->unary("mash.notification.v1.NotificationService/ListInbox", request, response);
    if (!got) return got;
    found.insert(found.end(), response.notices().begin(), response.notices().end());
    request.set_page_token(response.next_page_token());
    more = !response.next_page_token().empty();
  }
  if (session.settings.json) {
    for (const v1::InboxNotice& inbox : found) session.out << to_json(inbox, false) << '\n';
    return {};
  }
  print_list(found, session.out);
  if (more) session.err << "There are more: --limit shows more than " << options.limit << ".\n";
  return {};
}

void print_line(const v1::InboxNotice& inbox, std::ostream& out) {
  const v1::Notice& notice = inbox.notice();
  out << inbox.cursor() << "  " << shown(notice.raised_at()) << "  " << urgency_of(notice) << "  "
      << what_of(notice) << "  " << about_of(notice.about()) << "  " << state_of(inbox)
      << "  notice " << shown(notice.notice_id()) << '\n';
}

Outcome<void> watch(WatchOptions& options, Session& session) {
  if (auto put = put_urgency(options.at_least, options.request); !put) return put;
  const auto client = connect(session, kUsualTriage);
  if (!client) return tl::unexpected(client.error());
  uint64_t told = 0;
  v1::SubscribeResponse message;
  return client->read("mash.notification.v1.NotificationService/Subscribe", options.request,
                      message, [&]() -> Outcome<bool> {
                        for (const v1::InboxNotice& inbox : message.notices()) {
                          if (session.settings.json)
                            session.out << to_json(inbox, false) << '\n';
                          else
                            print_line(inbox, session.out);
                          if (++told == options.count) break;
                        }
                        session.out.flush();
                        return options.count == 0 || told < options.count;
                      });
}

// What both ways of looking at an inbox filter by.
template <class Options>
void add_filter(CLI::App* command, Options& options) {
  command->add_option("--at-least", options.at_least,
                      "only so urgent or more: routine, urgent, immediate");
  command->add_option_function<std::string>(
      "--for", [&](const std::string& id) { options.request.set_practitioner(id); },
      "only for this practitioner, or for whoever of the agency looks");
  command->add_flag_callback(
      "--for-managers", [&] { options.request.set_role("mash-manager"); },
      "only what was escalated to the hub's managers");
}

void add_list(CLI::App& inbox, Session& session) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = add_command(inbox, "list", "What the agency was told, newest first.",
                                  "  mash inbox list --open --user t-1\n"
                                  "  mash inbox list --at-least urgent --as police --user p-7\n"
                                  "  mash inbox list --at '2026-03-03 10:00'    as it stood then\n"
                                  "  mash inbox list --of police --as auditor --user a-7\n");
  add_filter(command, *options);
  command->add_flag_callback(
      "--open", [options] { options->request.set_open(true); }, "only what nobody acknowledged");
  command->add_option_function<std::string>(
      "--case", [options](const std::string& id) { options->request.set_case_id(id); },
      "only about this case");
  command->add_option_function<std::string>(
      "--of", [options](const std::string& agency) { options->request.set_agency(agency); },
      "of this agency: for auditors");
  command->add_option("--at", options->at, "as the inbox stood at this time");
  command->add_option("--limit", options->limit, "at most so many")->capture_default_str();
  command->callback([options, &session] {
    session.run = [options, &session] { return list(*options, session); };
  });
}

void add_watch(CLI::App& inbox, Session& session) {
  auto options = std::make_shared<WatchOptions>();
  CLI::App* command =
      add_command(inbox, "watch", "What the agency is told, as it comes, until interrupted.",
                  "  mash inbox watch --user t-1\n"
                  "  mash inbox watch --after 120 --json --as police --role referrer-system\n"
                  "  mash inbox watch --count 1 --timeout 60      until something comes\n");
  add_filter(command, *options);
  command->add_option_function<uint64_t>(
      "--after", [options](uint64_t cursor) { options->request.set_after(cursor); },
      "only what came after this cursor: that of the last notice dealt with");
  command->add_option("--count", options->count, "end after so many notices")
      ->check(CLI::PositiveNumber);
  command->callback([options, &session] {
    session.run = [options, &session] { return watch(*options, session); };
  });
}

void show_deadlines(const v1::ListDeadlinesResponse& reply, std::ostream& out) {
  if (reply.deadlines().empty()) {
    out << "nothing\n";
    return;
  }
  Table table({"due", "deadline", "state", "about", "notice"});
  for (const v1::TrackedDeadline& deadline : reply.deadlines())
    table.add({shown(deadline.due()),
               shown(deadline.kind()) + (deadline.id().empty() ? "" : " " + shown(deadline.id())),
               enum_word(common::v1::DeadlineState_Name(deadline.state()), "DeadlineState"),
               about_of(deadline.about()), deadline.notice_id()});
  table.print(out);
}

Form deadlines_form() {
  return {.name = "deadlines",
          .about = "Deadlines that the agency was told of and nobody has met since.",
          .examples =
              "  mash inbox deadlines --user t-1\n"
              "  mash inbox deadlines --missed --as police --role practitioner --user p-7\n",
          .method = "NotificationService/ListDeadlines",
          .usual = kUsualTriage,
          .options = {{"--missed", "missed", "only those that were missed"},
                      {"--case", "case_id", "only about this case"},
                      {"--of", "agency", "of this agency: for auditors"},
                      {"--page-size", "page_size", "at most so many"},
                      {"--page", "page_token", "from the page before"}},
          .show = [](const google::protobuf::Message& reply, std::ostream& out) {
            show_deadlines(static_cast<const v1::ListDeadlinesResponse&>(reply), out);
          }};
}

}  // namespace

void add_inbox(CLI::App& app, Session& session) {
  CLI::App* inbox = add_command(app, "inbox", "What an agency was told, and that it knows.", "");
  inbox->require_subcommand(1);
  add_list(*inbox, session);
  add_watch(*inbox, session);
  add_form(*inbox, session, deadlines_form());
  add_form(*inbox, session,
           {.name = "ack",
            .about = "Says that the agency knows: it is passed on no further.",
            .examples = "  mash inbox ack 0192f3a4-... --as police --role practitioner --user "
                        "p-7\n",
            .method = "NotificationService/AcknowledgeNotice",
            .usual = kUsualTriage,
            .options = {{"id", "notice_id", "the notice's id", true}}});
  add_inbox_contacts(*inbox, session);
}

}  // namespace mash::cli
