#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "vault/sealing.h"

namespace mash::log {

// How a look-up is opened.
struct LookupOptions {
  std::filesystem::path directory;  // its own; made if absent
  // What its entries are made of and how: the origin of the log they follow, and the version of
  // what makes tokens of it. A look-up that holds anything else begins anew, empty, at cursor 0.
  std::string content;
  size_t block_cache_bytes = 32 << 20;
  size_t memtable_bytes = 8 << 20;
};

// One way of finding something.
struct LookupEntry {
  vault::Hash32 token{};  // what it is found by: KeyRing::token of it
  Uuid id;                // what is found
  Uuid key;  // the data key that seals what the token was made of, and takes the entry with it
};

// What a reader of a log makes of a stretch of it.
struct LookupChanges {
  std::vector<Uuid> replaced;         // keys whose entries so far go first
  std::vector<LookupEntry> added;     // what is there already stays once
  std::map<Uuid, std::string> notes;  // of a key, in place of the one before
  uint64_t cursor = 0;                // the events below this position are in
};

// Finds ids by keyed tokens of what is known of them: persons by name and date of birth, a referral
// by its agency's reference. Nothing in it can be read: tokens are keyed digests, ids are opaque.
// It is derived from a log by a reader of its own, which writes how far it has come together with
// what it found (docs/formats/lookup.md); so a crash or a lost folder costs time and nothing else,
// and no write is synced.
//
// Thread-safe. One reader applies; any number of threads find and erase.
class Lookup {
 public:
  // A store that is damaged begins anew, like one of another content.
  static Result<std::unique_ptr<Lookup>> open(LookupOptions options);
  ~Lookup();
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  // All of it or nothing. Entries under an erased key are left out.
  Result<void> apply(const LookupChanges& changes);

  // The ids under a token, ascending (so the longest known first), at most `limit`.
  Result<std::vector<Uuid>> find(const vault::Hash32& token, size_t limit) const;

  // What its reader noted of a key: where in the log to read what its entries were made of. Empty:
  // nothing.
  Result<std::string> note(const Uuid& key) const;

  // How far its reader has come.
  uint64_t cursor() const;

  // Waits until the events below `position` are in, at most so long. False: they are not yet.
  bool wait_until(uint64_t position, std::chrono::milliseconds patience) const;

  // Removes every entry and the note under a key, from the files too, and takes none in any more.
  // The key is destroyed first: what nobody can open cannot come back by beginning anew either.
  // Durable when it returns. Returns how many entries there were.
  Result<uint64_t> erase(std::string_view key_id);

 private:
  class Impl;
  explicit Lookup(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mash::log
