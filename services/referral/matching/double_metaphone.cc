#include "referral/matching/double_metaphone.h"

#include <algorithm>
#include <initializer_list>

namespace mash::referral::matching {
namespace {

using Any = std::initializer_list<std::string_view>;

constexpr std::size_t kSoundsMax = 8;

// Goes over a word from left to right. Each letter's rule looks around itself, adds to the codes,
// and says how many letters it has dealt with.
class Encoder {
 public:
  explicit Encoder(std::string_view word)
      : word_(word),
        last_(static_cast<int>(word.size()) - 1),
        slavo_germanic_(word.find_first_of("wk") != std::string_view::npos ||
                        word.find("cz") != std::string_view::npos) {}

  Sounds encode();

 private:
  // What stands at a place, counted from the word's start; a space outside it.
  char at(int place) const {
    return place >= 0 && place <= last_ ? word_[static_cast<std::size_t>(place)] : ' ';
  }
  // Whether one of these begins there.
  bool is(int place, Any any) const {
    return std::ranges::any_of(any, [&](std::string_view text) {
      for (std::size_t i = 0; i < text.size(); ++i)
        if (at(place + static_cast<int>(i)) != text[i]) return false;
      return true;
    });
  }
  // Whether the letter there is one of these.
  bool in(int place, std::string_view letters) const {
    return letters.find(at(place)) != std::string_view::npos;
  }
  bool vowel(int place) const { return in(place, "aeiouy"); }
  int skip_double(char letter) const { return at(at_ + 1) == letter ? 2 : 1; }

  void add(std::string_view both) { add(both, both); }
  void add(std::string_view primary, std::string_view alternate) {
    sounds_.primary += primary;
    sounds_.alternate += alternate;
  }

  int letter();
  int c();
  int ch();
  int cc();
  int d();
  int g();
  int gh();
  int gn();
  int soft_g();
  int j();
  int l();
  int m();
  int r();
  int s();
  int sch();
  int t();
  int w();
  int x();
  int z();
  bool germanic() const { return is(0, {"sch"}); }

  const std::string_view word_;
  const int last_;
  const bool slavo_germanic_;
  int at_ = 0;
  Sounds sounds_;
};

Sounds Encoder::encode() {
  if (is(0, {"gn", "kn", "pn", "wr", "ps"})) at_ = 1;
  while (at_ <= last_ && std::min(sounds_.primary.size(), sounds_.alternate.size()) < kSoundsMax)
    at_ += letter();
  sounds_.primary.resize(std::min(sounds_.primary.size(), kSoundsMax));
  sounds_.alternate.resize(std::min(sounds_.alternate.size(), kSoundsMax));
  return std::move(sounds_);
}

int Encoder::letter() {
  const auto plain = [this](std::string_view sound, int letters) {
    add(sound);
    return letters;
  };
  switch (at(at_)) {
    case 'b':
      return plain("P", skip_double('b'));
    case 'c':
      return c();
    case 'd':
      return d();
    case 'f':
      return plain("F", skip_double('f'));
    case 'g':
      return g();
    case 'h':
      if ((at_ != 0 && !vowel(at_ - 1)) || !vowel(at_ + 1)) return 1;
      return plain("H", 2);
    case 'j':
      return j();
    case 'k':
      return plain("K", skip_double('k'));
    case 'l':
      return l();
    case 'm':
      return m();
    case 'n':
      return plain("N", skip_double('n'));
    case 'p':
      if (at(at_ + 1) == 'h') return plain("F", 2);
      return plain("P", in(at_ + 1, "pb") ? 2 : 1);
    case 'q':
      return plain("K", skip_double('q'));
    case 'r':
      return r();
    case 's':
      return s();
    case 't':
      return t();
    case 'v':
      return plain("F", skip_double('v'));
    case 'w':
      return w();
    case 'x':
      return x();
    case 'z':
      return z();
    default:  // vowels are heard at the beginning only
      if (at_ == 0) add("A");
      return 1;
  }
}

int Encoder::c() {
  // "Bacher", "Macher"
  if (at_ > 1 && !vowel(at_ - 2) && is(at_ - 1, {"ach"}) && at(at_ + 2) != 'i' &&
      (at(at_ + 2) != 'e' || is(at_ - 2, {"bacher", "macher"}))) {
    add("K");
    return 2;
  }
  if (at_ == 0 && is(0, {"caesar"})) {
    add("S");
    return 2;
  }
  if (is(at_, {"ch"})) return ch();
  if (is(at_, {"cz"}) && !is(at_ - 2, {"wicz"})) {
    add("S", "X");
    return 2;
  }
  if (is(at_ + 1, {"cia"})) {  // "focaccia"
    add("X");
    return 3;
  }
  if (is(at_, {"cc"}) && !(at_ == 1 && at(0) == 'm')) return cc();
  if (is(at_, {"ck", "cg", "cq"})) {
    add("K");
    return 2;
  }
  if (is(at_, {"ci", "ce", "cy"})) {
    add("S", is(at_, {"cio", "cie", "cia"}) ? "X" : "S");
    return 2;
  }
  add("K");
  return in(at_ + 1, "ckq") && !is(at_ + 1, {"ce", "ci"}) ? 2 : 1;
}

int Encoder::ch() {
  const bool greek_start =
      at_ == 0 && is(1, {"harac", "haris", "hor", "hym", "hia", "hem"}) && !is(0, {"chore"});
  const bool hard = germanic() || is(at_ - 2, {"orches", "archit", "orchid"}) ||
                    in(at_ + 2, "ts") ||
                    ((at_ == 0 || in(at_ - 1, "aoue")) && in(at_ + 2, "lrnmbhfvw"));
  if (at_ > 0 && is(at_, {"chae"})) {  // "Michael"
    add("K", "X");
  } else if (is(at_, {"chia"}) || greek_start || hard || (at_ > 0 && is(0, {"mc"}))) {
    add("K");
  } else if (at_ > 0) {
    add("X", "K");
  } else {
    add("X");
  }
  return 2;
}

int Encoder::cc() {
  if (!in(at_ + 2, "ieh") || is(at_ + 2, {"hu"})) {  // "Bacchus"
    add("K");
    return 2;
  }
  const bool apart = (at_ == 1 && at(0) == 'a') || is(at_ - 1, {"uccee", "ucces"});  // "accident"
  add(apart ? "KS" : "X");
  return 3;
}

int Encoder::d() {
  if (is(at_, {"dg"})) {
    const bool soft = in(at_ + 2, "iey");  // "edge", but "Edgar"
    add(soft ? "J" : "TK");
    return soft ? 3 : 2;
  }
  add("T");
  return in(at_ + 1, "dt") ? 2 : 1;
}

int Encoder::g() {
  if (at(at_ + 1) == 'h') return gh();
  if (at(at_ + 1) == 'n') return gn();
  if (is(at_ + 1, {"li"}) && !slavo_germanic_) {  // "Tagliaro"
    add("KL", "L");
    return 2;
  }
  if (at_ == 0 && is(1, {"y", "es", "ep", "eb", "el", "ey", "ib", "il", "in", "ie", "ei", "er"})) {
    add("K", "J");
    return 2;
  }
  if (is(at_ + 1, {"er", "y"}) && !is(0, {"danger", "ranger", "manger"}) && !in(at_ - 1, "ei") &&
      !is(at_ - 1, {"rgy", "ogy"})) {
    add("K", "J");
    return 2;
  }
  if (in(at_ + 1, "eiy") || is(at_ - 1, {"aggi", "oggi"})) return soft_g();
  add("K");
  return skip_double('g');
}

int Encoder::gh() {
  const bool after_vowel = at_ > 0 && vowel(at_ - 1);
  if (at_ == 0) {
    add(at(2) == 'i' ? "J" : "K");  // "Ghislaine", "Ghent"
  } else if (after_vowel && (in(at_ - 2, "bhd") || in(at_ - 3, "bhd") || in(at_ - 4, "bh"))) {
    return 2;  // "Hugh" is silent
  } else if (at_ > 2 && at(at_ - 1) == 'u' && in(at_ - 3, "cglrt")) {
    add("F");  // "Gough"
  } else if (at(at_ - 1) != 'i') {
    add("K");
  }
  return 2;
}

int Encoder::gn() {
  if (at_ == 1 && vowel(0) && !slavo_germanic_) {
    add("KN", "N");
  } else if (!is(at_ + 2, {"ey"}) && !slavo_germanic_) {
    add("N", "KN");
  } else {
    add("KN");
  }
  return 2;
}

int Encoder::soft_g() {
  if (germanic() || is(at_ + 1, {"et"})) {
    add("K");
  } else if (is(at_ + 1, {"ier "})) {
    add("J");
  } else {
    add("J", "K");
  }
  return 2;
}

int Encoder::j() {
  if (is(at_, {"jose"})) {
    const bool whole = at_ == 0 && at(4) == ' ';
    add(whole ? "H" : "J", "H");
    return 1;
  }
  if (at_ == 0) {
    add("J", "A");  // "Jankelowicz" is heard as "Yankelovich" too
  } else if (vowel(at_ - 1) && !slavo_germanic_ && in(at_ + 1, "ao")) {
    add("J", "H");  // "bajador"
  } else if (at_ == last_) {
    add("J", "");
  } else if (!in(at_ + 1, "ltksnmbz") && !in(at_ - 1, "skl")) {
    add("J");
  }
  return skip_double('j');
}

int Encoder::l() {
  if (at(at_ + 1) != 'l') {
    add("L");
    return 1;
  }
  // Spanish: "Cabrillo", "gallegos"
  const bool spanish = (at_ == last_ - 2 && is(at_ - 1, {"illo", "illa", "alle"})) ||
                       ((is(last_ - 1, {"as", "os"}) || in(last_, "ao")) && is(at_ - 1, {"alle"}));
  add("L", spanish ? "" : "L");
  return 2;
}

int Encoder::m() {
  add("M");
  const bool silent_b =
      is(at_ - 1, {"umb"}) && (at_ + 1 == last_ || is(at_ + 2, {"er"}));  // "dumb"
  return silent_b || at(at_ + 1) == 'm' ? 2 : 1;
}

int Encoder::r() {
  // French: "Rogier", but "Hochmeier"
  const bool silent =
      at_ == last_ && !slavo_germanic_ && is(at_ - 2, {"ie"}) && !is(at_ - 4, {"me", "ma"});
  add(silent ? "" : "R", "R");
  return skip_double('r');
}

int Encoder::s() {
  if (is(at_ - 1, {"isl", "ysl"})) return 1;  // "Isla", "Carlisle"
  if (at_ == 0 && is(0, {"sugar"})) {
    add("X", "S");
    return 1;
  }
  if (is(at_, {"sh"})) {
    add(is(at_ + 1, {"heim", "hoek", "holm", "holz"}) ? "S" : "X");
    return 2;
  }
  if (is(at_, {"sio", "sia"})) {
    add("S", slavo_germanic_ ? "S" : "X");
    return 3;
  }
  // "Smith" and "Schmidt", "Snider" and "Schneider" are one
  if ((at_ == 0 && in(1, "mnlw")) || at(at_ + 1) == 'z') {
    add("S", "X");
    return skip_double('z');
  }
  if (is(at_, {"sc"})) return sch();
  const bool silent = at_ == last_ && is(at_ - 2, {"ai", "oi"});  // French: "Artois"
  add(silent ? "" : "S", "S");
  return in(at_ + 1, "sz") ? 2 : 1;
}

int Encoder::sch() {
  if (at(at_ + 2) == 'h') {
    if (is(at_ + 3, {"er", "en"})) {
      add("X", "SK");  // "Schermerhorn"
    } else if (is(at_ + 3, {"oo", "uy", "ed", "em"})) {
      add("SK");  // Dutch: "Schooner"
    } else if (at_ == 0 && !vowel(3) && at(3) != 'w') {
      add("X", "S");
    } else {
      add("X");
    }
  } else {
    add(in(at_ + 2, "iey") ? "S" : "SK");
  }
  return 3;
}

int Encoder::t() {
  if (is(at_, {"tion", "tia", "tch"})) {
    add("X");
    return 3;
  }
  if (is(at_, {"th", "tth"})) {
    const bool hard = is(at_ + 2, {"om", "am"}) || germanic();  // "Thomas"
    add(hard ? "T" : "0", "T");
    return 2;
  }
  add("T");
  return in(at_ + 1, "td") ? 2 : 1;
}

int Encoder::w() {
  if (is(at_, {"wr"})) {
    add("R");
    return 2;
  }
  if (at_ == 0 && vowel(1)) {
    add("A", "F");  // "Wasserman" and "Vasserman"
  } else if (at_ == 0 && at(1) == 'h') {
    add("A");
  }
  if ((at_ == last_ && vowel(at_ - 1)) || is(at_ - 1, {"ewski", "ewsky", "owski", "owsky"}) ||
      germanic()) {
    add("", "F");
    return 1;
  }
  if (is(at_, {"wicz", "witz"})) {
    add("TS", "FX");
    return 4;
  }
  return 1;
}

int Encoder::x() {
  if (at_ == 0) {
    add("S");  // "Xavier"
    return 1;
  }
  const bool silent =
      at_ == last_ && (is(at_ - 3, {"iau", "eau"}) || is(at_ - 2, {"au", "ou"}));  // "Breaux"
  if (!silent) add("KS");
  return in(at_ + 1, "cx") ? 2 : 1;
}

int Encoder::z() {
  if (at(at_ + 1) == 'h') {
    add("J");  // "Zhao"
    return 2;
  }
  const bool hard =
      is(at_ + 1, {"zo", "zi", "za"}) || (slavo_germanic_ && at_ > 0 && at(at_ - 1) != 't');
  add("S", hard ? "TS" : "S");
  return skip_double('z');
}

}  // namespace

Sounds double_metaphone(std::string_view word) { return Encoder(word).encode(); }

bool sound_alike(const Sounds& one, const Sounds& other) {
  const auto shares = [&](const std::string& code) {
    return !code.empty() && (code == other.primary || code == other.alternate);
  };
  return shares(one.primary) || shares(one.alternate);
}

}  // namespace mash::referral::matching
