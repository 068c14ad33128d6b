#include "generator/area_names.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <vector>

#include "generator/names.h"

namespace mash::generator {
namespace {

// The commonest first.
constexpr std::string_view kGirls[] = {
    "Olivia",     "Amelia",  "Isla",      "Ava",        "Emily",    "Lily",     "Sophia",
    "Mia",        "Grace",   "Isabella",  "Ella",       "Poppy",    "Evie",     "Freya",
    "Charlotte",  "Jessica", "Daisy",     "Sophie",     "Ruby",     "Chloe",    "Alice",
    "Florence",   "Willow",  "Phoebe",    "Rosie",      "Elsie",    "Maryam",   "Fatima",
    "Aisha",      "Matilda", "Evelyn",    "Sienna",     "Ivy",      "Millie",   "Lucy",
    "Erin",       "Layla",   "Eva",       "Holly",      "Maisie",   "Esme",     "Harriet",
    "Molly",      "Eleanor", "Elizabeth", "Imogen",     "Zara",     "Hannah",   "Megan",
    "Scarlett",   "Bella",   "Thea",      "Lola",       "Summer",   "Amber",    "Violet",
    "Robyn",      "Abigail", "Leah",      "Penelope",   "Georgia",  "Beatrice", "Rebecca",
    "Katherine",  "Zainab",  "Safa",      "Amina",      "Khadija",  "Sumaya",   "Zofia",
    "Maja",       "Hanna",   "Lena",      "Ioana",      "Andreea",  "Bianca",   "Priya",
    "Ananya",     "Simran",  "Jasleen",   "Amara",      "Chidinma", "Temitope", "Adaeze",
    "Niamh",      "Siobhán", "Caitlin",   "Orla",       "Mei",      "Xin",      "Linh",
    "Thi Mai",    "Yasmin",  "Leila",     "Noor",       "Roksana",  "Zoë",      "Skye",
    "Nevaeh",     "Lacey",   "Ellie-Mae", "Lilly-Rose", "Gracie",   "Paige",    "Courtney",
    "Shannon",    "Demi",    "Tia",       "Kayleigh",   "Margaret", "Victoria", "Theresa",
    "Yulia",      "Oksana",  "Daria",     "Ayumi",      "Selam",    "Hodan",    "Ifrah",
    "Esther",     "Miriam",  "Rivka",     "Naomi",      "Delilah",  "Aurora",   "Ottilie",
    "Clementine", "Juno"};

constexpr std::string_view kBoys[] = {
    "Muhammad",  "Oliver",      "Noah",        "George",   "Jack",    "Harry",   "Arthur",
    "Oscar",     "Charlie",     "Leo",         "Jacob",    "Thomas",  "William", "James",
    "Alfie",     "Henry",       "Joshua",      "Freddie",  "Archie",  "Ethan",   "Isaac",
    "Alexander", "Joseph",      "Edward",      "Samuel",   "Max",     "Daniel",  "Mohammed",
    "Lucas",     "Benjamin",    "Logan",       "Mason",    "Theo",    "Finley",  "Harrison",
    "Adam",      "Sebastian",   "Theodore",    "Toby",     "Dylan",   "Luke",    "Zachary",
    "Teddy",     "Riley",       "Elijah",      "Michael",  "Jayden",  "Jude",    "Louie",
    "Reuben",    "Stanley",     "Albert",      "Ibrahim",  "Yusuf",   "Ali",     "Omar",
    "Ahmed",     "Hamza",       "Bilal",       "Zayn",     "Matthew", "David",   "Nathan",
    "Connor",    "Callum",      "Tyler",       "Ryan",     "Liam",    "Kai",     "Reggie",
    "Ronnie",    "Tommy",       "Bobby",       "Frankie",  "Jakub",   "Antoni",  "Szymon",
    "Filip",     "Andrei",      "Matei",       "Luca",     "Arjun",   "Rohan",   "Aarav",
    "Gurpreet",  "Harpreet",    "Chukwuemeka", "Ayomide",  "Tobi",    "Kwame",   "Kofi",
    "Seán",      "Cillian",     "Oisín",       "Rhys",     "Gethin",  "Wei",     "Jun",
    "Minh",      "Christopher", "Anthony",     "Robert",   "Richard", "Peter",   "Nicholas",
    "Stephen",   "Andrew",      "Jonathan",    "Patrick",  "Kian",    "Jamal",   "Marcus",
    "Tyrone",    "Dmytro",      "Yuriy",       "Haruto",   "Dawit",   "Abdi",    "Yaqub",
    "Moshe",     "Shlomo",      "Ezra",        "Rafferty", "Caspian", "Barnaby", "Rupert",
    "Otis",      "Cosmo"};

constexpr std::string_view kCommon[] = {
    "Smith",    "Jones",    "Taylor",   "Williams", "Brown",    "Davies",   "Evans",
    "Wilson",   "Thomas",   "Johnson",  "Roberts",  "Khan",     "Patel",    "Ali",
    "Ahmed",    "Hussain",  "Robinson", "Wright",   "Thompson", "Walker",   "White",
    "Hughes",   "Edwards",  "Green",    "Hall",     "Wood",     "Harris",   "Lewis",
    "Martin",   "Jackson",  "Clarke",   "Clark",    "Turner",   "Hill",     "Cooper",
    "Morris",   "Ward",     "Moore",    "Begum",    "Singh",    "Kaur",     "King",
    "Watson",   "Baker",    "Harrison", "Morgan",   "Allen",    "James",    "Scott",
    "Young",    "Phillips", "Mitchell", "Parker",   "Bennett",  "Shah",     "Murphy",
    "Kelly",    "Cook",     "Carter",   "Bailey",   "Shaw",     "Bell",     "Richardson",
    "Miller",   "Cox",      "Marshall", "Anderson", "Collins",  "Simpson",  "Campbell",
    "Stewart",  "Stevens",  "Adams",    "Mills",    "Rogers",   "Akhtar",   "Hunt",
    "Gibson",   "Chapman",  "Knight",   "Palmer",   "Foster",   "Webb",     "Barnes",
    "Reynolds", "Owen",     "Lloyd",    "Pearson",  "O'Brien",  "O'Connor", "McDonald",
    "Byrne",    "Ryan",     "Walsh",    "Doyle",    "Gallagher"};

constexpr std::string_view kFromElsewhere[] = {
    "Nowak",        "Kowalski",  "Kowalska",   "Wiśniewski", "Wójcik",    "Kamiński",
    "Lewandowska",  "Zielińska", "Popescu",    "Ionescu",    "Dumitru",   "Stan",
    "Ivanova",      "Petrov",    "Shevchenko", "Kovalenko",  "Okafor",    "Adeyemi",
    "Okonkwo",      "Balogun",   "Mensah",     "Owusu",      "Boateng",   "Abebe",
    "Tesfaye",      "Warsame",   "Mohamud",    "Nguyen",     "Tran",      "Chen",
    "Wang",         "Zhang",     "Li",         "Chowdhury",  "Rahman",    "Islam",
    "Miah",         "Uddin",     "Sharma",     "Gupta",      "Desai",     "Mehta",
    "Gill",         "Dhillon",   "Sandhu",     "Malik",      "Iqbal",     "Qureshi",
    "Siddiqui",     "Mirza",     "Bashir",     "Yılmaz",     "Demir",     "Kaya",
    "Haddad",       "Khoury",    "al-Hassan",  "Rossi",      "Ferreira",  "Dos Santos",
    "da Silva",     "García",    "Fernández",  "Müller",     "Schneider", "van der Berg",
    "de Vries",     "Dubois",    "Lefèvre",    "Kowalczyk",  "Goldberg",  "Cohen",
    "Papadopoulos", "Hernandez", "Gonçalves",  "Silva",      "Tanaka"};

constexpr std::string_view kPlaceFirst[] = {
    "Ash",   "Ban",  "Barn", "Beau", "Black", "Brad", "Bram",  "Brid", "Brock", "Burn",
    "Cal",   "Carr", "Chad", "Clay", "Cole",  "Copp", "Crow",  "Dal",  "Dunn",  "East",
    "Edge",  "Elm",  "Fair", "Farn", "Fen",   "Fox",  "Gar",   "Glen", "Gold",  "Grey",
    "Had",   "Hal",  "Hart", "Hay",  "Hazel", "Hol",  "Horn",  "Kil",  "Kings", "Lang",
    "Lin",   "Long", "Mar",  "Mel",  "Mill",  "Nor",  "Oak",   "Pen",  "Pick",  "Rad",
    "Raven", "Red",  "Rush", "Sand", "Shel",  "Stan", "Stock", "Sud",  "Thorn", "Wake",
    "Wal",   "Wel",  "West", "Whit", "Wil",   "Win",  "Wool",  "Yar"};
constexpr std::string_view kPlaceLast[] = {
    "bank",  "berry", "borne", "bridge", "brook", "burn", "bury", "by",    "combe", "cott",
    "croft", "dale",  "den",   "don",    "field", "ford", "gate", "ham",   "hill",  "house",
    "hurst", "land",  "ley",   "low",    "man",   "mere", "more", "ridge", "shaw",  "side",
    "stead", "stone", "ton",   "ward",   "well",  "wick", "wood", "worth"};

// A name, and forms others tell of it by. Some of them no weights know.
struct Forms {
  std::string_view name;
  std::string_view forms[4];
};
constexpr Forms kForms[] = {{"William", {"Bill", "Billy", "Will", "Liam"}},
                            {"Elizabeth", {"Lizzie", "Beth", "Libby", "Eliza"}},
                            {"Katherine", {"Kate", "Katie", "Kitty", "Kat"}},
                            {"Isabella", {"Izzy", "Bella", "Belle", "Isabel"}},
                            {"Amelia", {"Millie", "Mia", "Amy", "Melia"}},
                            {"Olivia", {"Liv", "Livvy", "Livi", "Olive"}},
                            {"Charlotte", {"Lottie", "Charlie", "Lotte", "Char"}},
                            {"Abigail", {"Abi", "Abbie", "Gail", "Abs"}},
                            {"Jessica", {"Jess", "Jessie", "Jessy", "Jes"}},
                            {"Rebecca", {"Becky", "Becca", "Bex", "Beck"}},
                            {"Eleanor", {"Ellie", "Nell", "Nora", "Elle"}},
                            {"Matilda", {"Tilly", "Tilda", "Mattie", "Tills"}},
                            {"Florence", {"Flo", "Florrie", "Flossie", "Flora"}},
                            {"Penelope", {"Penny", "Nell", "Poppy", "Pen"}},
                            {"Victoria", {"Vicky", "Tori", "Vix", "Вікторія"}},
                            {"Margaret", {"Maggie", "Meg", "Peggy", "Greta"}},
                            {"Beatrice", {"Bea", "Trixie", "Beattie", "Bee"}},
                            {"Georgia", {"Georgie", "Gigi", "George", "Gia"}},
                            {"Oliver", {"Ollie", "Olly", "Oli", "Noll"}},
                            {"Alexander", {"Alex", "Xander", "Lex", "Sasha"}},
                            {"Theodore", {"Theo", "Teddy", "Ted", "Dory"}},
                            {"Thomas", {"Tom", "Tommy", "Tomas", "Thom"}},
                            {"James", {"Jim", "Jimmy", "Jamie", "Jay"}},
                            {"Joshua", {"Josh", "Joshy", "Jos", "Yeshua"}},
                            {"Joseph", {"Joe", "Joey", "Jo", "Yusuf"}},
                            {"Samuel", {"Sam", "Sammy", "Samm", "Shmuel"}},
                            {"Daniel", {"Dan", "Danny", "Dani", "Данило"}},
                            {"Benjamin", {"Ben", "Benji", "Benny", "Benj"}},
                            {"Edward", {"Ed", "Eddie", "Ted", "Ned"}},
                            {"Henry", {"Harry", "Hal", "Hen", "Hank"}},
                            {"Zachary", {"Zac", "Zach", "Zak", "Zacky"}},
                            {"Michael", {"Mike", "Mikey", "Mick", "Michal"}},
                            {"Matthew", {"Matt", "Matty", "Mateusz", "Mat"}},
                            {"Christopher", {"Chris", "Kit", "Topher", "Christy"}},
                            {"Anthony", {"Tony", "Ant", "Anton", "Tone"}},
                            {"Robert", {"Bob", "Rob", "Robbie", "Bobby"}},
                            {"Richard", {"Rick", "Richie", "Dick", "Rich"}},
                            {"Nicholas", {"Nick", "Nicky", "Nico", "Niko"}},
                            {"Stephen", {"Steve", "Steven", "Stevie", "Stefan"}},
                            {"Andrew", {"Andy", "Drew", "Andrei", "Ands"}},
                            {"Jonathan", {"Jon", "Jonny", "John", "Jono"}},
                            {"Patrick", {"Paddy", "Pat", "Patryk", "Rick"}},
                            {"Muhammad", {"Mohammed", "Mohamed", "Mo", "محمد"}},
                            {"Mohammed", {"Muhammad", "Mohammad", "Md", "محمد"}},
                            {"Yusuf", {"Yousef", "Yousuf", "Joseph", "يوسف"}},
                            {"Ibrahim", {"Ibraheem", "Ebrahim", "Ibby", "Abraham"}},
                            {"Aisha", {"Ayesha", "Aysha", "Aishah", "عائشة"}},
                            {"Fatima", {"Fatema", "Fatimah", "Fatma", "فاطمة"}},
                            {"Maryam", {"Mariam", "Miriam", "Maria", "مريم"}},
                            {"Zainab", {"Zaynab", "Zeinab", "Zee", "زينب"}},
                            {"Yulia", {"Julia", "Юлия", "Yuliia", "Iulia"}},
                            {"Oksana", {"Oxana", "Оксана", "Ksenia", "Ksana"}},
                            {"Yuriy", {"Yuri", "Юрій", "George", "Yura"}},
                            {"Dmytro", {"Dmitry", "Дмитро", "Dima", "Dimitri"}},
                            {"Mei", {"May", "美", "Mae", "Meimei"}},
                            {"Zofia", {"Sophia", "Zosia", "Sofia", "Sophie"}},
                            {"Jakub", {"Jacob", "Kuba", "Jake", "Jacub"}},
                            {"Antoni", {"Anthony", "Antek", "Tony", "Anton"}},
                            {"Siobhán", {"Shivaun", "Siobhan", "Shevaun", "Chevonne"}},
                            {"Niamh", {"Neve", "Neeve", "Niav", "Nieve"}},
                            {"Caitlin", {"Kaitlyn", "Katelyn", "Cait", "Kate"}},
                            {"Seán", {"Shaun", "Shawn", "Sean", "John"}},
                            {"Cillian", {"Killian", "Kilian", "Cill", "Killy"}},
                            {"Chukwuemeka", {"Emeka", "Chuks", "Mekus", "Chukwuemaka"}},
                            {"Chidinma", {"Chichi", "Dinma", "Chi", "Chidimma"}},
                            {"Gurpreet", {"Preet", "Gopi", "Gurprit", "Gary"}},
                            {"Zoë", {"Zoe", "Zoey", "Zo", "Zowie"}}};

// One spelling of a sound for another.
struct Sound {
  std::string_view one;
  std::string_view other;
};
constexpr Sound kSounds[] = {{"ph", "f"},  {"f", "ph"},  {"ie", "y"},  {"y", "ie"},  {"ck", "k"},
                             {"c", "k"},   {"k", "c"},   {"ee", "ea"}, {"ea", "ee"}, {"ll", "l"},
                             {"l", "ll"},  {"nn", "n"},  {"n", "nn"},  {"ss", "s"},  {"tt", "t"},
                             {"t", "tt"},  {"ai", "ay"}, {"ay", "ai"}, {"ei", "ie"}, {"e", "a"},
                             {"a", "e"},   {"i", "y"},   {"o", "u"},   {"gh", ""},   {"h", ""},
                             {"th", "t"},  {"wh", "w"},  {"z", "s"},   {"s", "z"},   {"r", "rr"},
                             {"er", "or"}, {"or", "er"}, {"ow", "oe"}, {"oo", "u"},  {"sh", "sch"}};

// The commoner, the earlier in the list: as one over the rank, flattened at the top.
std::string_view pick_ranked(Random& random, std::span<const std::string_view> names) {
  constexpr double kFlat = 12;
  const double size = static_cast<double>(names.size());
  const double drawn = kFlat * (std::exp(random.fraction() * std::log1p(size / kFlat)) - 1);
  return names[std::min(names.size() - 1, static_cast<std::size_t>(drawn))];
}

}  // namespace

std::string area_girls_name(Random& random) {
  return random.chance(0.85) ? std::string(pick_ranked(random, kGirls)) : girls_forename(random);
}

std::string area_boys_name(Random& random) {
  return random.chance(0.85) ? std::string(pick_ranked(random, kBoys)) : boys_forename(random);
}

std::string area_family_name(Random& random) {
  const double kind = random.fraction();
  if (kind < 0.36) return std::string(pick_ranked(random, kCommon));
  if (kind < 0.52) return std::string(random.pick(kFromElsewhere));
  return std::string(random.pick(kPlaceFirst)) + std::string(random.pick(kPlaceLast));
}

std::string another_form(Random& random, const std::string& name) {
  const auto* const found = std::ranges::find(kForms, name, &Forms::name);
  return found == std::end(kForms) ? name : std::string(random.pick(found->forms));
}

std::string as_heard(Random& random, std::string name) {
  std::vector<std::pair<std::size_t, Sound>> places;
  for (const Sound& sound : kSounds)
    for (auto at = name.find(sound.one, 1); at != std::string::npos;
         at = name.find(sound.one, at + 1))
      places.emplace_back(at, sound);
  if (places.empty()) return name;
  const auto& [at, sound] = places[random.below(places.size())];
  return name.replace(at, sound.one.size(), sound.other);
}

}  // namespace mash::generator
