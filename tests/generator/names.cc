#include "generator/names.h"

#include <string_view>
#include <utility>

namespace mash::generator {
namespace {

constexpr std::string_view kGirls[] = {
    "Olivia",  "Amelia",   "Isla",    "Ava",      "Ivy",    "Freya",    "Lily",     "Florence",
    "Mia",     "Willow",   "Rosie",   "Sophia",   "Grace",  "Isabella", "Evelyn",   "Poppy",
    "Elsie",   "Daisy",    "Ella",    "Maryam",   "Aisha",  "Fatima",   "Zainab",   "Hannah",
    "Chloe",   "Emily",    "Jessica", "Megan",    "Lacey",  "Skye",     "Zofia",    "Maja",
    "Ioana",   "Andreea",  "Priya",   "Ananya",   "Simran", "Amara",    "Chidinma", "Niamh",
    "Siobhán", "Caitlin",  "Thi Mai", "Mei",      "Yasmin", "Leila",    "Zoë",      "Beatrice",
    "Harriet", "Penelope", "Matilda", "Scarlett", "Ruby",   "Erin",     "Nevaeh",   "Ellie-Mae"};

constexpr std::string_view kBoys[] = {
    "Noah",   "Oliver", "George",    "Arthur",   "Muhammad", "Leo",     "Harry",    "Oscar",
    "Archie", "Henry",  "Theodore",  "Freddie",  "Jack",     "Charlie", "Theo",     "Alfie",
    "Jacob",  "Thomas", "Finley",    "Arlo",     "William",  "Lucas",   "Roman",    "Tommy",
    "Isaac",  "Teddy",  "Alexander", "Mohammed", "Yusuf",    "Ibrahim", "Ahmed",    "Omar",
    "Jakub",  "Antoni", "Andrei",    "Matei",    "Arjun",    "Rohan",   "Gurpreet", "Chukwuemeka",
    "Kwame",  "Kofi",   "Seán",      "Cillian",  "Callum",   "Kai",     "Jayden",   "Tyler",
    "Riley",  "Reuben", "Ezra",      "Louie",    "Joseph",   "Daniel",  "Samuel",   "Benjamin"};

constexpr std::string_view kAdults[] = {
    "Sarah",   "Emma",    "Laura",     "Rebecca", "Gemma",   "Claire",   "Kelly", "Stacey",
    "Natalie", "Donna",   "Michelle",  "Lisa",    "Nicola",  "Samantha", "Katie", "Amy",
    "Shabana", "Nasreen", "Agnieszka", "Elena",   "Ngozi",   "Sunita",   "David", "Paul",
    "Mark",    "Andrew",  "James",     "Michael", "Stephen", "Robert",   "Lee",   "Darren",
    "Craig",   "Wayne",   "Dean",      "Ryan",    "Liam",    "Imran",    "Tariq", "Piotr",
    "Ionut",   "Emeka",   "Rajesh",    "Patrick", "Gary",    "Carl",     "Shane", "Anthony"};

constexpr std::string_view kSurnames[] = {
    "Smith",    "Jones",   "Taylor",      "Brown",      "Williams",     "Wilson",    "Johnson",
    "Davies",   "Patel",   "Robinson",    "Wright",     "Thompson",     "Evans",     "Walker",
    "White",    "Roberts", "Green",       "Hall",       "Wood",         "Jackson",   "Clarke",
    "Khan",     "Hughes",  "Edwards",     "Turner",     "Hill",         "Moore",     "Clark",
    "Harrison", "Scott",   "Young",       "Morris",     "Ahmed",        "Hussain",   "Begum",
    "Ali",      "Singh",   "Kaur",        "Nowak",      "Kowalska",     "Popescu",   "Ionescu",
    "Okafor",   "Adeyemi", "Mensah",      "Nguyen",     "Chen",         "O'Brien",   "O'Connor",
    "Murphy",   "Kelly",   "McDonald",    "MacLeod",    "Campbell",     "Stewart",   "Bennett",
    "Cooper",   "Ward",    "Bailey",      "Parker",     "Miller",       "Cox",       "Richards",
    "Marshall", "Collins", "Fletcher",    "Hancock",    "Pritchard",    "Thorne",    "Yeates",
    "Gough",    "Tovey",   "Smith-Jones", "Clarke-Ali", "van der Berg", "Dos Santos"};

// Pairs that people and systems write for one another, both ways.
constexpr std::pair<std::string_view, std::string_view> kVariants[] = {
    {"Muhammad", "Mohammed"}, {"Sarah", "Sara"},
    {"Aisha", "Ayesha"},      {"Zofia", "Sophia"},
    {"Zoë", "Zoe"},           {"Siobhán", "Shivaun"},
    {"Seán", "Shaun"},        {"Caitlin", "Kaitlyn"},
    {"Yusuf", "Yousef"},      {"Alexander", "Alex"},
    {"Thomas", "Tom"},        {"William", "Billy"},
    {"Theodore", "Teddy"},    {"Isabella", "Bella"},
    {"Penelope", "Penny"},    {"Benjamin", "Ben"},
    {"Samuel", "Sam"},        {"Daniel", "Danny"},
    {"Joseph", "Joe"},        {"Matilda", "Tilly"},
    {"Rebecca", "Becky"},     {"Clarke", "Clark"},
    {"Hussain", "Hussein"},   {"O'Brien", "OBrien"},
    {"O'Connor", "OConnor"},  {"McDonald", "MacDonald"},
    {"Stewart", "Stuart"},    {"Nowak", "Novak"},
    {"Davies", "Davis"},      {"Thompson", "Thomson"},
    {"Smith", "Smyth"},       {"Kowalska", "Kowalski"}};

// One slip on ASCII letters: a neighbour twice, two swapped, or one left out.
std::string with_slip(Random& random, std::string name) {
  if (name.size() < 4) return name + name.back();
  const std::size_t at = 1 + random.below(name.size() - 2);
  for (std::size_t i = at - 1; i <= at + 1; ++i) {
    if (static_cast<unsigned char>(name[i]) >= 0x80) return name;  // Never split a UTF-8 letter.
  }
  switch (random.below(3)) {
    case 0:
      name.insert(at, 1, name[at]);
      break;
    case 1:
      std::swap(name[at], name[at + 1]);
      break;
    default:
      name.erase(at, 1);
  }
  return name;
}

}  // namespace

std::string girls_forename(Random& random) { return std::string(random.pick(kGirls)); }
std::string boys_forename(Random& random) { return std::string(random.pick(kBoys)); }
std::string adults_forename(Random& random) { return std::string(random.pick(kAdults)); }
std::string surname(Random& random) { return std::string(random.pick(kSurnames)); }

std::string as_misheard(Random& random, const std::string& name) {
  for (const auto& [one, other] : kVariants) {
    if (name == one) return std::string(other);
    if (name == other) return std::string(one);
  }
  return with_slip(random, name);
}

}  // namespace mash::generator
