#include "generator/concerns.h"

#include <algorithm>
#include <utility>

namespace mash::generator {
namespace {

// A factor: its code in the children in need census, how many of a hundred children it is found
// with, whom it can concern, and the words for it.
struct Factor {
  std::string_view code;
  double share;
  int age_from;  // -1: an unborn child's too
  std::string_view words;
};

constexpr Factor kFactors[] = {
    {"3B", 0.34, -1, "There has been violence between the adults at home."},
    {"4B", 0.30, -1,
     "A parent is struggling with their mental health and has stopped answering the door."},
    {"17A", 0.18, 0, "The child is shouted at and called names in front of others."},
    {"16A", 0.16, 0,
     "Clothes are dirty, there is little food in the home and the bedroom is cold."},
    {"2B", 0.14, -1, "A parent uses drugs; paraphernalia was seen within reach."},
    {"1B", 0.13, -1, "A parent was found drunk in charge of the household."},
    {"4A", 0.13, 5, "The child is anxious and low, and hardly sleeps."},
    {"18C", 0.11, 0, "There are marks that do not fit the account given for them."},
    {"3A", 0.07, 10, "The child is hit by a boyfriend or girlfriend."},
    {"6A", 0.06, 0, "The child's health needs are not being met; appointments are missed."},
    {"14A", 0.06, 8, "The child's behaviour puts others at risk."},
    {"5A", 0.06, 3,
     "The child has a learning disability and needs more help than the family can give."},
    {"15A", 0.05, 9, "The child has cut their arms."},
    {"10A", 0.04, 8, "The child has been missing overnight more than once."},
    {"7A", 0.04, 7, "The child looks after a parent and younger ones, and misses school for it."},
    {"19C", 0.04, 0, "The child has said something that suggests sexual abuse by an adult."},
    {"24A", 0.04, 10, "The child has new phones and money and travels by train to another county."},
    {"11A", 0.03, 11, "An older person collects the child by car and gives them gifts."},
    {"13A", 0.02, 11, "The child is said to carry things for a gang."},
    {"2A", 0.03, 12, "The child smells of cannabis most mornings."},
    {"18B", 0.02, 3, "Another child has hurt the child, and not in play."},
    {"9A", 0.01, 12, "The young person arrived alone and has claimed asylum."},
    {"22A", 0.003, 0, "The family speaks of a journey abroad for a ceremony for girls."}};

struct Opening {
  std::string_view agency;
  std::string_view words;  // {} stands for the child
};

constexpr Opening kOpenings[] = {
    {"police",
     "Officers were called to the address last night. {} was in the home and was spoken to. "},
    {"police", "{} was found with others late in the evening and brought home by officers. "},
    {"police", "An arrest was made at the address; {} was present and saw it. "},
    {"education", "{} told a teacher about home today and was upset. "},
    {"education", "{} has missed eleven days this term and came in today without having eaten. "},
    {"education",
     "Staff have kept notes about {} since September and are now worried enough to ring. "},
    {"health", "{} was seen today with a parent. "},
    {"health", "{} was not brought to the third appointment in a row. "},
    {"health", "Midwifery, health visiting and the practice have spoken together about {}. "},
    {"social-care", "A caller rang the front door about {}. "},
    {"social-care", "A relative of {} asked for help and gave the following account. "},
    {"social-care", "A colleague in another team passed on a worry about {}. "}};

constexpr std::string_view kDangers[] = {
    "{} is alone with an adult who has threatened to hurt the children tonight.",
    "{} is not breathing well after a fall that nobody can explain; an ambulance has been called.",
    "{} has run from the house and has said that going back is not possible.",
    "An adult who may not be near {} is at the address now.",
    "{} has taken tablets and will not say how many."};

std::string about(std::string_view words, std::string_view child) {
  std::string text(words);
  const auto at = text.find("{}");
  if (at != std::string::npos) text.replace(at, 2, child);
  return text;
}

}  // namespace

Concern make_concern(Random& random, std::string_view agency, std::string_view child, int age) {
  Concern concern;
  Opening opening = random.pick(kOpenings);
  while (opening.agency != agency) opening = random.pick(kOpenings);
  concern.text = about(opening.words, child);
  for (const Factor& factor : kFactors) {
    if (age < factor.age_from || !random.chance(factor.share)) continue;
    concern.account.add_factors(std::string(factor.code));
    concern.text += std::string(factor.words) + " ";
    if (concern.account.factors_size() == 5) break;
  }
  if (concern.account.factors_size() == 0) {
    concern.text += "Nothing single stands out; it is the sum of small things. ";
  }
  concern.text.pop_back();
  if (age >= 0 && random.chance(0.35)) {
    concern.account.set_developmental_needs(
        "Growing and learning about as expected for the age, apart from what is said.");
  }
  if (random.chance(0.30)) {
    concern.account.set_parenting_capacity(
        "The parent wants to do well and accepts help on good days.");
  }
  if (random.chance(0.20)) {
    concern.account.set_external_factors(
        "Money is short and the tenancy is at risk. Grandparents live nearby.");
  }
  return concern;
}

std::string make_danger(Random& random, std::string_view child) {
  return about(random.pick(kDangers), child);
}

}  // namespace mash::generator
