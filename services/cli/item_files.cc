#include "cli/item_files.h"

#include <openssl/sha.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cli/files.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "cli/story.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::cli {
namespace {

namespace v1 = sharing::v1;

constexpr size_t kFileBytesMax = 8 << 20;
constexpr size_t kPieceBytesMax = 64 << 10;

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

struct AttachOptions {
  std::string item_id;
  std::string file;
  std::string media_type;
  std::string request_id;
};

// Sends a file's description with its first bytes, and then the others.
class Pieces {
 public:
  Pieces(const AttachOptions& options, const std::string& request_id, std::string_view bytes)
      : bytes_(bytes) {
    next_.set_request_id(request_id);
    next_.set_item_id(options.item_id);
    next_.set_name(std::filesystem::path(options.file).filename().string());
    next_.set_media_type(options.media_type);
    next_.set_bytes(bytes.size());
    next_.set_sha256(sha256(bytes));
  }

  std::optional<std::string> next() {
    if (sent_ && bytes_.empty()) return std::nullopt;
    sent_ = true;
    const std::string_view piece = bytes_.substr(0, kPieceBytesMax);
    bytes_.remove_prefix(piece.size());
    next_.set_data(piece.data(), piece.size());
    std::string message = next_.SerializeAsString();
    next_.Clear();
    return message;
  }

 private:
  std::string_view bytes_;
  v1::AttachFileRequest next_;
  bool sent_ = false;
};

Outcome<void> attach(const AttachOptions& options, Session& session) {
  const auto bytes = read_file(options.file, kFileBytesMax);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto request_id = request_id_or_new(options.request_id);
  if (!request_id) return tl::unexpected(request_id.error());
  const auto client = connect(session, {});
  if (!client) return tl::unexpected(client.error());
  Pieces pieces(options, *request_id, *bytes);
  v1::AttachFileResponse response;
  const auto sent = client->call(
      "mash.sharing.v1.SharingService/AttachFile",
      [&]() -> Outcome<std::optional<std::string>> { return pieces.next(); },
      [&](const std::string& reply) -> Outcome<bool> {
        if (response.ParseFromString(reply)) return true;
        return fail(Exit::kRefused, Code::kInternal, "REPLY_MALFORMED",
                    "The reply of AttachFile cannot be read.");
      },
      false);
  if (!sent) return sent;
  if (session.settings.json)
    session.out << to_json(response, false) << '\n';
  else
    print_fields(response, "", session.out);
  return {};
}

struct FetchOptions {
  v1::ReadFileRequest request;
  std::string out;
};

Outcome<void> fetch(const FetchOptions& options, Session& session) {
  const auto client = connect(session, {});
  if (!client) return tl::unexpected(client.error());
  v1::ReadFileResponse piece;
  v1::ItemFile file;
  std::string bytes;
  const auto read = client->read("mash.sharing.v1.SharingService/ReadFile", options.request, piece,
                                 [&]() -> Outcome<bool> {
                                   if (piece.has_file()) file = piece.file();
                                   bytes += piece.data();
                                   return true;
                                 });
  if (!read) return read;
  if (bytes.size() != file.bytes() || sha256(bytes) != file.sha256())
    return fail(Exit::kNotProven, Code::kDataLoss, "FILE_DAMAGED",
                "The file did not arrive as it was attached: " + std::to_string(bytes.size()) +
                    " of " + std::to_string(file.bytes()) + " bytes.");
  if (auto written = write_file(options.out, bytes); !written) return written;
  if (session.settings.json)
    session.out << to_json(file, false) << '\n';
  else
    session.out << shown(file.name()) << ", " << shown(file.media_type()) << ", " << bytes.size()
                << " bytes, is in " << options.out << '\n';
  return {};
}

}  // namespace

void add_item_files(CLI::App& item, Session& session) {
  auto attached = std::make_shared<AttachOptions>();
  CLI::App* command = add_command(
      item, "attach", "Attaches a file to an item, before the item is released to anyone.",
      "  mash item attach 0192f3a4-... letter.pdf --type application/pdf --as health --user n-4\n");
  command->add_option("id", attached->item_id, "the item's id")->required();
  command->add_option("file", attached->file, "the file, to 8 MiB")->required();
  command->add_option("--type", attached->media_type, "what it is: application/pdf, image/jpeg")
      ->required();
  command->add_option("--request-id", attached->request_id,
                      "of a request that was sent before: a UUID");
  command->callback([attached, &session] {
    session.run = [attached, &session] { return attach(*attached, session); };
  });

  auto fetched = std::make_shared<FetchOptions>();
  command = add_command(item, "fetch", "Fetches a file of an item that you may read.",
                        "  mash item fetch 0192f3a4-... 0192f3b0-... --out letter.pdf --purpose "
                        "'For the paediatrician.' --as police --user p-7\n");
  const auto into = [](std::string* field) {
    return [field](const std::string& value) { *field = value; };
  };
  command
      ->add_option_function<std::string>("id", into(fetched->request.mutable_item_id()),
                                         "the item's id")
      ->required();
  command
      ->add_option_function<std::string>("file", into(fetched->request.mutable_file_id()),
                                         "the file's id")
      ->required();
  command->add_option("--out", fetched->out, "where to write it")->required();
  command
      ->add_option_function<std::string>("--purpose", into(fetched->request.mutable_purpose()),
                                         "why it is read; it goes on the record")
      ->required();
  command->callback([fetched, &session] {
    session.run = [fetched, &session] { return fetch(*fetched, session); };
  });
}

}  // namespace mash::cli
