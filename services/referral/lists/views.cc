#include "referral/lists/views.h"

#include "clocks/alarms_view.h"
#include "log/view.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "referral/clocks.h"
#include "referral/lists/row.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

constexpr std::string_view kStreams = "referral/";
constexpr std::string_view kPersonStreams = "person/";
constexpr std::string_view kCaseStreams = "case/";
// An order holds 64 bytes, of which a referrer's list takes 10. Longer names share a place; readers
// look at the row as well.
constexpr size_t kAgencyBytesMax = 48;

const v1::PersonEvent& person_event(const log::ViewEvent& event) {
  return static_cast<const v1::PersonEvent&>(event.event);
}

class ReferralView : public log::View {
 public:
  explicit ReferralView(std::string_view name) : name_(name) {}

  std::string_view name() const override { return name_; }
  uint32_t version() const override { return 6; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (event.stream.starts_with(kStreams)) return id_in(event.stream);
    if (event.stream.starts_with(kPersonStreams)) return referral_changed_by(person_event(event));
    return {};
  }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::ReferralRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    columns.mutable_summary()->set_referral_id(row_id(event));
    if (event.stream.starts_with(kPersonStreams))
      evolve_row(columns, person_event(event));
    else
      evolve_row(columns, static_cast<const v1::ReferralEvent&>(event.event));
    return log::ViewRow{.order = order(columns), .columns = columns.SerializeAsString()};
  }

 private:
  virtual std::string order(const v1::ReferralRow& row) const = 0;

  std::string_view name_;
};

class TriageView final : public ReferralView {
 public:
  TriageView() : ReferralView(kTriageView) {}

 private:
  std::string order(const v1::ReferralRow& row) const override { return order_of(row.summary()); }
};

class SentView final : public ReferralView {
 public:
  SentView() : ReferralView(kSentView) {}

 private:
  std::string order(const v1::ReferralRow& row) const override {
    return sent_from(row.summary().agency()) + order_for_referrer(row);
  }
};

// A row for each person, those with a likeness to decide on first.
class PersonsView final : public log::View {
 public:
  std::string_view name() const override { return kPersonsView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (!event.stream.starts_with(kPersonStreams)) return {};
    return id_in(event.stream);
  }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::PersonRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, person_event(event), event.position);
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

class CaseAccessView final : public log::View {
 public:
  std::string_view name() const override { return kCaseAccessView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (!event.stream.starts_with(kCaseStreams)) return {};
    return id_in(event.stream);
  }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    log::ViewRow after = row.value_or(log::ViewRow{});
    const auto& happened = static_cast<const v1::CaseEvent&>(event.event);
    if (happened.has_joined()) after.columns = happened.joined().into_case_id();
    if (happened.has_parted()) after.columns.clear();
    return after;
  }
};

}  // namespace

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> all;
  all.push_back(std::make_unique<TriageView>());
  all.push_back(std::make_unique<SentView>());
  all.push_back(std::make_unique<PersonsView>());
  all.push_back(std::make_unique<CaseAccessView>());
  std::vector<std::unique_ptr<clocks::AlarmedStreams>> alarmed;
  alarmed.push_back(
      std::make_unique<clocks::Alarmed<v1::ReferralEvent, ReferralClocks>>(std::string(kStreams)));
  all.push_back(clocks::alarms_view(std::move(alarmed), 2));
  return all;
}

std::string sent_from(std::string_view agency) {
  return std::string(agency.substr(0, kAgencyBytesMax)) + '\0';
}

std::string sent_below(std::string_view agency) {
  return std::string(agency.substr(0, kAgencyBytesMax)) + '\1';
}

}  // namespace mash::referral
