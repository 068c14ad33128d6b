#include "sharing/items/attach_file.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "core/caller.h"
#include "core/check.h"
#include "log/blob.h"
#include "log/handle.h"
#include "merkle/running_sha256.h"
#include "sharing/items/file_type.h"
#include "sharing/items/item.h"
#include "sharing/items/item_content.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

constexpr size_t kPieceBytesMax = 64 << 10;
constexpr std::chrono::seconds kTooManyRetry{5};

tl::unexpected<Error> damaged() {
  return refuse(Code::kInvalidArgument, "FILE_DAMAGED",
                "What came is not the file that was announced: of another length, or with another "
                "digest.");
}

v1::ItemFile file_of(const v1::AttachFileRequest& said) {
  v1::ItemFile file;
  file.set_name(said.name());
  file.set_media_type(said.media_type());
  file.set_bytes(said.bytes());
  file.set_sha256(said.sha256());
  return file;
}

Result<void> check_description(const v1::AttachFileRequest& said) {
  Checks checks;
  check_id("request_id", said.request_id(), checks);
  check_id("item_id", said.item_id(), checks);
  check_file(file_of(said), checks);
  return checks.verdict().and_then([&] { return check_media_type(said.media_type()); });
}

// A message after the first: bytes and nothing else.
Result<void> check_piece(const v1::AttachFileRequest& piece) {
  v1::AttachFileRequest rest;
  rest.set_data(piece.data());
  Checks checks;
  if (piece.data().empty()) checks.fault("data", "is missing");
  if (piece.ByteSizeLong() != rest.ByteSizeLong())
    checks.fault("data", "is all that a message after the first one holds");
  return checks.verdict();
}

Result<void> check_size(const std::string& data) {
  Checks checks;
  if (data.size() > kPieceBytesMax)
    checks.fault("data", "is longer than " + std::to_string(kPieceBytesMax) + " bytes");
  return checks.verdict();
}

}  // namespace

class FileUploads::Impl {
 public:
  Impl(const host::Desk& desk, std::unique_ptr<FileTypes> types)
      : desk_(desk), types_(std::move(types)) {}

  const host::Desk& desk() const { return desk_; }
  const FileTypes& types() const { return *types_; }

  Result<void> enter(const std::string& agency) {
    const std::lock_guard lock(mutex_);
    size_t& of_agency = open_[agency];
    if (all_ >= kUploadsMax || of_agency >= kUploadsOfAgencyMax)
      return tl::unexpected(Error{.code = Code::kResourceExhausted,
                                  .reason = "TOO_MANY_UPLOADS",
                                  .message = "As many files are coming as the hub takes at once; "
                                             "send it again later.",
                                  .retry_after = kTooManyRetry});
    ++of_agency;
    ++all_;
    return {};
  }

  void leave(const std::string& agency) {
    const std::lock_guard lock(mutex_);
    --all_;
    if (--open_[agency] == 0) open_.erase(agency);
  }

 private:
  const host::Desk& desk_;
  const std::unique_ptr<FileTypes> types_;
  std::mutex mutex_;
  std::map<std::string, size_t> open_;  // uploads, by agency
  size_t all_ = 0;
};

class FileUploads::OneUpload final : public host::Upload {
 public:
  explicit OneUpload(std::shared_ptr<Impl> uploads) : uploads_(std::move(uploads)) {}
  ~OneUpload() override {
    if (!agency_.empty()) uploads_->leave(agency_);
  }
  OneUpload(const OneUpload&) = delete;
  OneUpload& operator=(const OneUpload&) = delete;

  bool in_order() const override { return true; }

  void take(Context context, size_t place, host::UploadedMessage message, Done done) override {
    v1::AttachFileRequest piece;
    auto taken = message.read_into(piece);
    if (taken) taken = place == 0 ? begin(context, piece) : check_piece(piece);
    if (taken) taken = take_bytes(piece.data());
    done(taken.map([] { return size_t{0}; }));
  }

  void finish(Context context, Done done) override {
    if (const auto whole = check_whole(); !whole) return done(tl::unexpected(whole.error()));
    attach(std::move(context), std::move(done));
  }

  Result<const google::protobuf::Message*> answer() override { return &response_; }

 private:
  // Judged before a byte is taken, so that nobody fills the disk who may not attach.
  Result<void> begin(const Context& context, const v1::AttachFileRequest& first) {
    said_ = first;
    said_.clear_data();
    if (auto sound = check_description(said_); !sound) return sound;
    if (auto room = uploads_->enter(context.actor.agency); !room) return room;
    agency_ = context.actor.agency;
    const auto known = is_known(context);
    if (!known) return tl::unexpected(known.error());
    known_ = *known;
    return known_ ? Result<void>() : judge(context);
  }

  // Sent again, it gets its first answer however things stand by now.
  Result<bool> is_known(const Context& context) const {
    const host::Desk& desk = uploads_->desk();
    const std::string& method = desk.parts().access.method_of(*said_.GetDescriptor()).name;
    return desk.log()
        .find_request(desk.request_key(context.actor, method, said_.request_id(), said_))
        .map([](const auto& answered) { return answered.has_value(); });
  }

  Result<void> judge(const Context& context) {
    const host::Desk& desk = uploads_->desk();
    const log::CommandCall call{.context = context};
    log::UnitOfWork unit(desk.log(), call);
    const std::string stream = item_stream(said_.item_id());
    const auto case_id = unit.case_of(stream);
    if (!case_id) return tl::unexpected(case_id.error());
    if (case_id->empty()) return no_such("item");
    if (desk.parts().guard)
      if (auto admitted = desk.parts().guard(unit, stream, *case_id); !admitted) return admitted;
    return unit.observe<Item>(stream)
        .and_then([&](const Item::State& item) { return may_attach(item, context); })
        .map([&] {
          file_id_ = desk.parts().ids.next();
          writer_.emplace(desk.log(), *case_id, file_id_, said_.bytes());
        });
  }

  Result<void> take_bytes(const std::string& data) {
    if (auto sound = check_size(data); !sound) return sound;
    if (data.size() > said_.bytes() - taken_) return damaged();
    taken_ += data.size();
    digest_.add(data);
    if (known_) return {};
    if (auto told = look_into(data); !told) return told;
    return writer_->write(data);
  }

  // What it is, as soon as enough of it has come to tell.
  Result<void> look_into(std::string_view data) {
    const size_t telling = std::min<uint64_t>(said_.bytes(), kTellingBytes);
    if (told_ || data.empty()) return {};
    head_.append(data.substr(0, telling - head_.size()));
    if (head_.size() < telling) return {};
    told_ = true;
    const std::string head = std::exchange(head_, {});
    return uploads_->types().check(head, said_.media_type());
  }

  Result<void> check_whole() {
    if (said_.request_id().empty()) return check_description(said_);  // nothing came at all
    if (taken_ < said_.bytes() || merkle::bytes_of(digest_.finish()) != said_.sha256())
      return damaged();
    return {};
  }

  void attach(Context context, Done done) {
    log::Blobs blobs;
    if (!known_) {
      auto blob = writer_->finish();
      if (!blob) return done(tl::unexpected(blob.error()));
      blobs.push_back(std::move(*blob));
    }
    Item::Attach command{file_of(said_)};
    command.file.set_file_id(file_id_.text());
    uploads_->desk().perform(
        std::move(context), said_, response_,
        [this, command = std::move(command), blobs = std::move(blobs)](log::UnitOfWork& unit) {
          MASH_CHECK(!blobs.empty());  // what is known is not decided again
          return unit.decide<Item>({item_stream(said_.item_id())}, command, blobs);
        },
        {.fill = [this](const log::Appended& appended) { show(appended); }},
        [this, done = std::move(done)](const Result<void>& performed) {
          done(performed.map([this] { return response_.ByteSizeLong(); }));
        });
  }

  // The file as it was attached, by this call or by one before it.
  void show(const log::Appended& appended) {
    const log::EventLog& log = uploads_->desk().log();
    for (const log::AppendedEvent& event : appended.events) {
      const auto record = log.read(event.position, true);
      if (!record) continue;
      const auto opened = log::opened_events<v1::ItemEvent>(log, {*record});
      if (opened && opened->events.front().has_file_attached())
        *response_.mutable_file() = opened->events.front().file_attached().file();
    }
  }

  const std::shared_ptr<Impl> uploads_;
  std::string agency_;          // empty: not counted
  v1::AttachFileRequest said_;  // the first message, without its bytes
  bool known_ = false;
  Uuid file_id_;
  uint64_t taken_ = 0;
  merkle::RunningSha256 digest_;
  std::string head_;
  bool told_ = false;
  std::optional<log::BlobWriter> writer_;
  v1::AttachFileResponse response_;
};

FileUploads::FileUploads(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
FileUploads::~FileUploads() = default;

Result<std::unique_ptr<FileUploads>> FileUploads::over(const host::Desk& desk) {
  return FileTypes::load().map([&](std::unique_ptr<FileTypes> types) {
    return std::unique_ptr<FileUploads>(
        new FileUploads(std::make_shared<Impl>(desk, std::move(types))));
  });
}

std::unique_ptr<host::Upload> FileUploads::upload() { return std::make_unique<OneUpload>(impl_); }

}  // namespace mash::sharing
