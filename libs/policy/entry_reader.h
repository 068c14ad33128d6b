#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/map_reader.h"
#include "policy/pack_head.h"

namespace mash::policy {

// Reads what packs of both kinds are made of: the head, the sources, and sections of entries that
// each name a source and may have dates of their own. Made for one file, on one thread.
class EntryReader {
 public:
  explicit EntryReader(Faults& faults) : faults_(faults) {}

  // The head and the sources, into `head`, which outlives the reader.
  void read_head(MapReader& file, std::string_view kind, std::string_view file_text,
                 PackHead& head);

  // Each entry of a section, a map from code to entry: read(code, entry, mark).
  template <class Read>
  void each(MapReader& file, std::string_view section, Read read);

  // The source and dates of an entry; without dates of its own it holds as long as the pack.
  Basis basis(MapReader& entry);

  // A list of words; absent: none.
  std::vector<std::string> words(MapReader& entry, std::string_view key);

  // A source that no entry names is most likely a slip.
  void check_sources_used();

 private:
  struct KnownSource {
    Source source;
    Mark mark;
    bool used = false;
  };

  void read_dates(MapReader& file);

  Faults& faults_;
  PackHead* head_ = nullptr;
  std::map<std::string, KnownSource> sources_;
};

// The text of a pack's file. kNotFound, PACK_MISSING.
Result<std::string> read_pack(const std::string& path);

// What a fault calls a file: its name without the folders.
std::string file_name_of(const std::string& path);

// INVALID_PACK, with the faults.
Error invalid_pack(std::string_view file_name, Faults& faults);

template <class Read>
void EntryReader::each(MapReader& file, std::string_view section, Read read) {
  const Node* entries = file.map(section);
  if (entries == nullptr) return;
  if (entries->pairs.empty()) file.fault(section, "must not be empty");
  for (const auto& [name, node] : entries->pairs) {
    const std::string path = file.path(section) + "." + name;
    if (!is_code(name))
      faults_.add(node.mark, path + " must have a name of letters, digits and hyphens");
    MapReader entry(node, path, faults_);
    read(name, entry, node.mark);
    entry.finish();
  }
}

}  // namespace mash::policy
