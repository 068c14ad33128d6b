#include "referral/matching/folding.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "core/check.h"

namespace mash::referral::matching {
namespace {

// A name has at most 300 characters where it is taken in; what is longer is not worth its time.
constexpr std::size_t kNameBytesMax = 1'200;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Made once, which takes milliseconds; transliterating is const and thread-safe.
const icu::Transliterator& to_latin() {
  static const std::unique_ptr<const icu::Transliterator> made = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<const icu::Transliterator> transliterator(icu::Transliterator::createInstance(
        "NFKC; Any-Latin; Latin-ASCII", UTRANS_FORWARD, status));
    MASH_CHECK(U_SUCCESS(status));
    return transliterator;
  }();
  return *made;
}

std::string in_latin(std::string_view name) {
  const icu::StringPiece bytes(name.data(), static_cast<int32_t>(name.size()));
  auto text = icu::UnicodeString::fromUTF8(bytes);
  to_latin().transliterate(text);
  std::string latin;
  text.toUTF8String(latin);
  return latin;
}

// Stands within a word: an apostrophe, or what is left of a letter or mark without a Latin form.
bool is_within_word(char c) {
  return c == '\'' || c == '`' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

Words fold(std::string_view name) {
  name = name.substr(0, kNameBytesMax);
  const std::string latin = is_ascii(name) ? std::string(name) : in_latin(name);
  Words words;
  bool in_word = false;
  for (const char c : latin) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower >= 'a' && lower <= 'z') {
      if (!in_word && words.size() == kWordsMax) return words;
      if (!in_word) words.emplace_back();
      in_word = true;
      if (words.back().size() < kWordLettersMax) words.back() += lower;
    } else if (!is_within_word(c)) {
      in_word = false;
    }
  }
  return words;
}

std::string joined(const Words& words) {
  std::string all;
  for (const auto& word : words) all += word;
  return all;
}

}  // namespace mash::referral::matching
