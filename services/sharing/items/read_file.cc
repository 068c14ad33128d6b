#include "sharing/items/read_file.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "core/caller.h"
#include "log/blob.h"
#include "log/event_log.h"
#include "sharing/items/item_reads.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

// A file on its way to its reader.
struct Sending {
  v1::ItemFile file;
  host::Look look;
  log::BlobReader bytes;
  const log::EventLog& log;
  bool begun = false;

  // A slow reader gets no more once what its right rests on has moved.
  Result<void> still_may() const {
    for (const log::StreamExpectation& stream : look.expectations) {
      const auto version = log.stream_version(stream.stream);
      if (!version) return tl::unexpected(version.error());
      if (*version != stream.version)
        return refuse(Code::kAborted, "ACCESS_CHANGED",
                      "Who may read the file has changed meanwhile: read it again.");
    }
    return {};
  }

  Result<host::Next> next(v1::ReadFileResponse& message, host::Looks& looks) {
    if (begun)
      if (auto may = still_may(); !may) return tl::unexpected(may.error());
    return bytes.next().map([&](std::string piece) {
      if (piece.empty()) return host::Next::kEnd;
      message.set_data(std::move(piece));
      if (!std::exchange(begun, true)) {
        *message.mutable_file() = file;
        message.set_decision_id(look.decision_id);
        looks.push_back(look);
      }
      return host::Next::kMessage;
    });
  }
};

tl::unexpected<Error> erased() {
  return refuse(Code::kFailedPrecondition, "FILE_ERASED", "The file was erased with its case.");
}

// Where the file was attached; as long as nothing but it says.
std::optional<size_t> place_of(const ReadableItem& item, const std::string& file_id) {
  const auto found = std::ranges::find_if(item.events, [&](const v1::ItemEvent& event) {
    return event.has_file_attached() && event.file_attached().file().file_id() == file_id;
  });
  if (found == item.events.end()) return std::nullopt;
  return static_cast<size_t>(found - item.events.begin());
}

}  // namespace

Result<host::Pull<v1::ReadFileResponse>> read_file(const log::EventLog& log,
                                                   const v1::ReadFileRequest& request,
                                                   const Context& context) {
  auto item =
      readable_item(log, request.item_id(), {.size = {}, .time = context.now}, context.actor);
  if (!item) return tl::unexpected(item.error());
  const auto place = place_of(*item, request.file_id());
  const auto id = Uuid::parse(request.file_id());
  if (!place || !id) return no_such("file");
  if (item->erased) return erased();
  const auto history = log.read_stream(item_stream(request.item_id()));
  if (!history) return tl::unexpected(history.error());
  const log::Record& record = history->records.at(*place);
  const log::v1::Blob* blob = log::find_blob(record, *id);
  if (blob == nullptr)
    return refuse(Code::kDataLoss, "BLOB_MISSING", "The record of the file cites no bytes of it.");
  item->look.ids.push_back(request.file_id());
  auto sending =
      std::make_shared<Sending>(Sending{.file = item->events[*place].file_attached().file(),
                                        .look = std::move(item->look),
                                        .bytes = log::BlobReader(log, record.body.case_id(), *blob),
                                        .log = log});
  return [sending = std::move(sending)](v1::ReadFileResponse& message, host::Looks& looks) {
    return sending->next(message, looks);
  };
}

}  // namespace mash::sharing
