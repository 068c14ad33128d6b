#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "core/london.h"
#include "core/result.h"

namespace mash::policy {

// From a day on, until and with another one or for good.
struct Dates {
  std::chrono::year_month_day from;
  std::optional<std::chrono::year_month_day> until{};

  bool hold(Day day) const { return day >= Day(from) && (!until || day <= Day(*until)); }
};

// What every rule of a pack carries: where it comes from and when it holds.
struct Basis {
  Source source;
  Dates in_force;
};

// What a pack of either kind says of itself (pack.h, lawful_basis.h).
class PackHead {
 public:
  const std::string& name() const { return name_; }    // "working-together-2018"
  int version() const { return version_; }             // counts up with every change
  const std::string& title() const { return title_; }  // for people
  const Dates& in_force() const { return in_force_; }
  bool in_force(Day day) const { return in_force_.hold(day); }

  // "working-together-2018@2".
  std::string id() const { return name_ + "@" + std::to_string(version_); }
  // SHA-256 of the file, 64 hexadecimal digits.
  const std::string& sha256() const { return sha256_; }
  // What an event names: "working-together-2018@2 sha256:9f86d0...", id and digest.
  std::string citation() const { return id() + " sha256:" + sha256_; }

 private:
  friend class EntryReader;

  std::string name_;
  int version_ = 0;
  std::string title_;
  std::string sha256_;
  Dates in_force_;
};

}  // namespace mash::policy
