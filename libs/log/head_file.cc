#include "log/head_file.h"

#include <rocksdb/env.h>

#include <cstring>
#include <string>
#include <string_view>

#include "log/bytes.h"

namespace mash::log {
namespace {

constexpr size_t kSlotBytes = 4'096;
constexpr std::string_view kMagic = "MASHHEAD";
constexpr uint32_t kFormat = 1;
// magic 8, format 4, sequence 8, epoch 8, size 8, root 32, checksum 32
constexpr size_t kChecked = 8 + 4 + 8 + 8 + 8 + 32;

struct Slot {
  uint64_t sequence = 0;
  Head head;
};

std::string encode(const Slot& slot) {
  std::string bytes(kMagic);
  append_u32(bytes, kFormat);
  append_u64(bytes, slot.sequence);
  append_u64(bytes, slot.head.epoch);
  append_u64(bytes, slot.head.size);
  bytes.append(reinterpret_cast<const char*>(slot.head.root.data()), slot.head.root.size());
  const auto checksum = merkle::sha256({bytes});
  bytes.append(reinterpret_cast<const char*>(checksum.data()), checksum.size());
  bytes.resize(kSlotBytes);
  return bytes;
}

std::optional<Slot> decode(std::string_view bytes) {
  if (bytes.size() < kChecked + 32 || bytes.substr(0, kMagic.size()) != kMagic) return {};
  const auto checksum = merkle::sha256({bytes.substr(0, kChecked)});
  if (std::memcmp(checksum.data(), bytes.data() + kChecked, checksum.size()) != 0) return {};
  if (get_u32(bytes.data() + 8) != kFormat) return {};
  Slot slot;
  slot.sequence = get_u64(bytes.data() + 12);
  slot.head.epoch = get_u64(bytes.data() + 20);
  slot.head.size = get_u64(bytes.data() + 28);
  std::memcpy(slot.head.root.data(), bytes.data() + 36, slot.head.root.size());
  return slot;
}

std::string path_in(const std::filesystem::path& directory) {
  return (directory / "head").string();
}

tl::unexpected<Error> failed(const rocksdb::Status& status) {
  return refuse(Code::kUnavailable, "HEAD_FILE_FAILED", "The head file: " + status.ToString());
}

// The newest slot that can be read. A file that holds something but no readable slot is damaged; an
// empty one is new.
Result<std::optional<Slot>> newest_slot(std::string_view bytes) {
  std::optional<Slot> newest;
  for (size_t offset = 0; offset < bytes.size(); offset += kSlotBytes) {
    const auto slot = decode(bytes.substr(offset, kSlotBytes));
    if (slot && (!newest || slot->sequence > newest->sequence)) newest = slot;
  }
  const bool blank = bytes.find_first_not_of('\0') == std::string_view::npos;
  if (!newest && !blank)
    return refuse(
        Code::kDataLoss, "HEAD_FILE_DAMAGED",
        "Neither slot of the head file can be read, so what was acknowledged is not known.");
  return newest;
}

}  // namespace

HeadFile::HeadFile(std::unique_ptr<rocksdb::RandomRWFile> file, std::optional<Head> newest,
                   uint64_t sequence)
    : file_(std::move(file)), newest_(newest), sequence_(sequence) {}
HeadFile::HeadFile(HeadFile&&) noexcept = default;
HeadFile& HeadFile::operator=(HeadFile&&) noexcept = default;
HeadFile::~HeadFile() = default;

Result<std::optional<Head>> HeadFile::read(rocksdb::Env& env,
                                           const std::filesystem::path& directory) {
  if (env.FileExists(path_in(directory)).IsNotFound()) return std::nullopt;
  std::string bytes;
  if (const auto status = rocksdb::ReadFileToString(&env, path_in(directory), &bytes); !status.ok())
    return failed(status);
  return newest_slot(bytes).map([](const std::optional<Slot>& slot) {
    return slot ? std::optional<Head>(slot->head) : std::nullopt;
  });
}

Result<HeadFile> HeadFile::replace(rocksdb::Env& env, const std::filesystem::path& directory) {
  const std::string path = path_in(directory);
  if (const auto moved = env.RenameFile(path, path + ".damaged"); !moved.ok()) return failed(moved);
  return open(env, directory);
}

Result<HeadFile> HeadFile::open(rocksdb::Env& env, const std::filesystem::path& directory) {
  const std::string path = path_in(directory);
  std::string bytes;
  if (env.FileExists(path).IsNotFound()) {
    // Its full length from the start, and its name synced: later writes change no metadata.
    if (const auto made =
            rocksdb::WriteStringToFile(&env, std::string(2 * kSlotBytes, '\0'), path, true);
        !made.ok())
      return failed(made);
    std::unique_ptr<rocksdb::Directory> folder;
    auto synced = env.NewDirectory(directory.string(), &folder);
    if (synced.ok()) synced = folder->Fsync();
    if (!synced.ok()) return failed(synced);
  } else if (const auto status = rocksdb::ReadFileToString(&env, path, &bytes); !status.ok()) {
    return failed(status);
  }
  return newest_slot(bytes).and_then([&](const std::optional<Slot>& slot) -> Result<HeadFile> {
    std::unique_ptr<rocksdb::RandomRWFile> file;
    if (const auto opened = env.NewRandomRWFile(path, &file, {}); !opened.ok())
      return failed(opened);
    return HeadFile(std::move(file), slot ? std::optional<Head>(slot->head) : std::nullopt,
                    slot ? slot->sequence : 0);
  });
}

Result<void> HeadFile::write(const Head& head) {
  ++sequence_;
  const auto bytes = encode({.sequence = sequence_, .head = head});
  auto status = file_->Write((sequence_ % 2) * kSlotBytes, bytes);
  if (status.ok()) status = file_->Sync();
  if (!status.ok()) return failed(status);
  newest_ = head;
  return {};
}

}  // namespace mash::log
