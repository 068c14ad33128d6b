#include "policy/rating.h"

namespace mash::policy {

std::string_view code_of(referral::v1::Rating rating) {
  switch (rating) {
    case referral::v1::RATING_RED:
      return "red";
    case referral::v1::RATING_AMBER:
      return "amber";
    case referral::v1::RATING_GREEN:
      return "green";
    default:
      return "";
  }
}

}  // namespace mash::policy
