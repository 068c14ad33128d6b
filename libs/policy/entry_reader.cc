#include "policy/entry_reader.h"

#include "policy/file.h"

namespace mash::policy {

void EntryReader::read_head(MapReader& file, std::string_view kind, std::string_view file_text,
                            PackHead& head) {
  head_ = &head;
  head.sha256_ = sha256_hex(file_text);
  head.name_ = file.text("pack");
  if (!head.name_.empty() && !is_code(head.name_))
    file.fault("pack", "must be a name of letters, digits and hyphens");
  if (file.optional_text("kind") != kind)
    file.fault("kind", kind.empty() ? "goes with a lawful-basis pack, which this is not"
                                    : "must be " + std::string(kind));
  head.version_ = file.integer("version", 1, 1'000'000);
  head.title_ = file.text("title");
  read_dates(file);
  each(file, "sources", [this](const std::string& name, MapReader& entry, Mark mark) {
    const std::string title = entry.text("title");
    const std::string url = entry.optional_text("url");
    sources_[name] = {.source = {title, url}, .mark = mark};
  });
}

void EntryReader::read_dates(MapReader& file) {
  const Node* dates = file.map("in_force");
  if (dates == nullptr) return;
  MapReader in_force(*dates, "in_force", faults_);
  head_->in_force_ = {in_force.date("from"), in_force.optional_date("until")};
  if (head_->in_force_.until && *head_->in_force_.until < head_->in_force_.from)
    in_force.fault("until", "must not be before from");
  in_force.finish();
}

Basis EntryReader::basis(MapReader& entry) {
  Basis basis{.source = {}, .in_force = head_->in_force_};
  const std::string name = entry.text("source");
  const auto known = sources_.find(name);
  if (known != sources_.end()) {
    known->second.used = true;
    basis.source = known->second.source;
  } else if (!name.empty()) {
    entry.fault("source", "names no source of this pack: " + name);
  }
  if (const auto from = entry.optional_date("from")) basis.in_force.from = *from;
  if (const auto until = entry.optional_date("until")) basis.in_force.until = *until;
  const Dates& pack = head_->in_force_;
  if (basis.in_force.from < pack.from) entry.fault("from", "must not be before the pack's own");
  if (pack.until && *basis.in_force.until > *pack.until)
    entry.fault("until", "must not be after the pack's own");
  if (basis.in_force.until && *basis.in_force.until < basis.in_force.from)
    entry.fault("until", "must not be before from");
  return basis;
}

std::vector<std::string> EntryReader::words(MapReader& entry, std::string_view key) {
  std::vector<std::string> words;
  const Node* list = entry.optional_list(key);
  if (list == nullptr) return words;
  for (const Node& item : list->items) {
    if (item.kind == Node::Kind::kScalar) {
      words.push_back(item.text);
    } else {
      faults_.add(item.mark, entry.path(key) + " must be a list of words");
    }
  }
  return words;
}

void EntryReader::check_sources_used() {
  for (const auto& [name, known] : sources_)
    if (!known.used) faults_.add(known.mark, "sources." + name + " is not used by any rule");
}

Result<std::string> read_pack(const std::string& path) {
  auto text = read_file(path);
  if (!text) return refuse(Code::kNotFound, "PACK_MISSING", "Cannot read the policy pack " + path);
  return *std::move(text);
}

std::string file_name_of(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

Error invalid_pack(std::string_view file_name, Faults& faults) {
  return {.code = Code::kInvalidArgument,
          .reason = "INVALID_PACK",
          .message = "The policy pack " + std::string(file_name) + " is not valid.",
          .faults = faults.take()};
}

}  // namespace mash::policy
