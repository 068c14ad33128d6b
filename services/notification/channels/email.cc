#include "notification/channels/email.h"

#include <array>
#include <optional>
#include <string_view>

#include "core/timestamp.h"
#include "notification/channels/addresses.h"

namespace mash::notification {
namespace {

constexpr std::size_t kColumnsMax = 76;
constexpr std::string_view kIndent = "    ";

constexpr std::array kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                  "Thursday", "Friday", "Saturday"};
constexpr std::array kMonths = {"January",   "February", "March",    "April",
                                "May",       "June",     "July",     "August",
                                "September", "October",  "November", "December"};

std::string two_digits(long number) {
  const std::string text = std::to_string(number);
  return text.size() < 2 ? "0" + text : text;
}

// What a calendar and a clock on the wall show.
struct Shown {
  explicit Shown(LocalTime time)
      : day(std::chrono::floor<std::chrono::days>(time)),
        date(day),
        clock(std::chrono::floor<std::chrono::seconds>(
            time - std::chrono::floor<std::chrono::days>(time))) {}

  std::string_view weekday() const { return kWeekdays.at(std::chrono::weekday(day).c_encoding()); }
  std::string_view month() const { return kMonths.at(static_cast<unsigned>(date.month()) - 1); }
  std::string hour_and_minute() const {
    return two_digits(clock.hours().count()) + ":" + two_digits(clock.minutes().count());
  }

  Day day;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> clock;
};

// "Thu, 26 Nov 2026 14:09:29 +0000". In English whatever the process's language is, so not
// strftime.
std::string date_header(Time now) {
  const Shown shown(LocalTime(now.time_since_epoch()));
  std::string text(shown.weekday().substr(0, 3));
  text += ", " + two_digits(static_cast<unsigned>(shown.date.day())) + " ";
  text += shown.month().substr(0, 3);
  return text + " " + std::to_string(static_cast<int>(shown.date.year())) + " " +
         shown.hour_and_minute() + ":" + two_digits(shown.clock.seconds().count()) + " +0000";
}

// "14:30 on Thursday 26 November 2026", by the clocks in London; nothing: nobody need acknowledge.
std::optional<std::string> acknowledge_by(const v1::Notice& notice, const London& london) {
  if (!notice.has_acknowledge_by()) return std::nullopt;
  const auto time = from_proto(notice.acknowledge_by());
  if (!time) return std::nullopt;
  const Shown shown(london.local(*time));
  std::string text = shown.hour_and_minute() + " on ";
  text += shown.weekday();
  text += " " + std::to_string(static_cast<unsigned>(shown.date.day())) + " ";
  text += shown.month();
  return text + " " + std::to_string(static_cast<int>(shown.date.year()));
}

struct UrgencyWords {
  std::string_view subject;
  std::string_view text;
};

UrgencyWords words_of(v1::Urgency urgency) {
  switch (urgency) {
    case v1::URGENCY_IMMEDIATE:
      return {"Immediate", "immediate: look at it at once"};
    case v1::URGENCY_URGENT:
      return {"Urgent", "urgent: look at it soon"};
    default:
      return {"Routine", "routine: look at it when you next look"};
  }
}

// An id or a code, as it is or, if it is not what ids and codes are made of, harmless.
std::string plain(std::string_view text) {
  std::string safe(text);
  for (char& c : safe)
    if (c < ' ' || c > '~') c = '?';
  return safe;
}

// A line of the text; what is too long for one goes on, indented, in the next.
void line(std::string& text, std::string_view content) {
  std::string_view rest = content;
  while (rest.size() > kColumnsMax) {
    text.append(rest.substr(0, kColumnsMax)).append("\r\n").append(kIndent);
    rest.remove_prefix(kColumnsMax);
  }
  text.append(rest).append("\r\n");
}

std::string body_of(const v1::Notice& notice, const std::optional<std::string>& by) {
  std::string text;
  line(text, "There is a notice for your agency in the safeguarding hub.");
  line(text, "");
  line(text, "Urgency: " + std::string(words_of(notice.urgency()).text));
  line(text, by ? "Acknowledge by: " + *by + " (London time)" : "Nobody need acknowledge it.");
  line(text, "");
  line(text, "What happened is not said here. Look at it in your agency's own system, or");
  line(text, "with:");
  line(text, "");
  line(text, "    mash inbox list --open");
  line(text, "");
  if (by) {
    line(text, "Say that your agency knows there too, or with:");
    line(text, "");
    line(text, "    mash inbox ack " + plain(notice.notice_id()));
    line(text, "");
  }
  line(text, "Notice: " + plain(notice.notice_id()));
  line(text, "Case: " + plain(notice.case_id()));
  line(text, "Rule: " + plain(notice.rule()));
  if (!notice.role().empty()) line(text, "For: " + plain(notice.role()));
  if (!notice.tell_by_hand().empty())
    line(text, "To be told by hand: authority " + plain(notice.tell_by_hand()));
  for (const v1::About& about : notice.about())
    line(text, "About: " + plain(about.kind()) + " " + plain(about.id()));
  line(text, "");
  line(text, "A program sent this; nobody reads answers to it.");
  return text;
}

}  // namespace

std::string email_text(const Outgoing& outgoing, const std::string& from, Time now,
                       const London& london) {
  const v1::Notice& notice = outgoing.notice;
  const auto by = acknowledge_by(notice, london);
  const std::string urgency(words_of(notice.urgency()).subject);
  std::string text;
  // A header is never folded here: 998 characters are allowed, and none comes near.
  text += "Date: " + date_header(now) + "\r\n";
  text += "From: <" + from + ">\r\n";
  text += "To: <" + outgoing.channel.address() + ">\r\n";
  text += "Message-ID: <" + outgoing.delivery_id + "@" + std::string(domain_of(from)) + ">\r\n";
  text += "Subject: " + urgency + " notice" + (by ? ": acknowledge by " + *by : "") + "\r\n";
  text += "Auto-Submitted: auto-generated\r\n";
  text += "MIME-Version: 1.0\r\n";
  text += "Content-Type: text/plain; charset=us-ascii\r\n";
  text += "Content-Transfer-Encoding: 7bit\r\n";
  text += "\r\n";
  return text + body_of(notice, by);
}

}  // namespace mash::notification
