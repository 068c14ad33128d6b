#include <CLI/CLI.hpp>
#include <istream>
#include <ostream>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/print.h"
#include "mash/vault/v1/vault_service.pb.h"

// mash erase: destroys the key of a person or a case, and shows which are destroyed.
namespace mash::cli {
namespace {

constexpr uint32_t kPageSize = 1'000;

struct EraseOptions {
  std::string key_id;
  std::string authority;
  std::string reason;
  std::string request_id;
  bool list = false;
  bool yes = false;
};

Outcome<void> list_destroyed(const Client& client, Session& session) {
  vault::v1::ListDestroyedRequest request;
  request.set_page_size(kPageSize);
  Table table({"PERSON OR CASE", "ORDERED", "BY", "DESTROYED", "AUTHORITY", "REASON"});
  do {
    vault::v1::ListDestroyedResponse response;
    const auto got = client.unary("mash.vault.v1.VaultService/ListDestroyed", request, response);
    if (!got) return got;
    for (const auto& key : response.keys()) {
      if (session.settings.json) session.out << to_json(key, false) << '\n';
      table.add({shown(key.key_id()), shown(key.ordered_at()), shown(key.ordered_by()),
                 shown(key.destroyed_at()), shown(key.authority()), shown(key.reason())});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (!session.settings.json) table.print(session.out);
  return {};
}

Outcome<void> confirm(const EraseOptions& options, Session& session) {
  if (options.yes) return {};
  if (!session.asks)
    return wrong_usage("Nobody can be asked whether to erase.",
                       "Give --yes to go on without asking.");
  session.out << "What is sealed under " << options.key_id
              << " will be gone for ever, here and in every backup.\nType the id again to go on: "
              << std::flush;
  std::string answer;
  std::getline(session.in, answer);
  if (answer == options.key_id) return {};
  return fail(Exit::kUsage, Code::kAborted, "NOT_CONFIRMED", "Nothing was erased.");
}

Outcome<void> erase(const EraseOptions& options, Session& session) {
  if (!options.list && options.key_id.empty())
    return wrong_usage("Erase what? Give the id of a person or case.",
                       "'mash erase --list' shows what has been erased.");
  if (!options.list && (options.authority.empty() || options.reason.empty()))
    return wrong_usage("An erasure needs --authority and --reason.",
                       "They stay on the record for ever, so name nobody in them.");
  const auto request_id = request_id_or_new(options.request_id);
  if (!request_id) return tl::unexpected(request_id.error());
  const auto client = connect(session, {.agency = "operator", .role = "records-manager"});
  if (!client) return tl::unexpected(client.error());
  if (options.list) return list_destroyed(*client, session);
  if (auto sure = confirm(options, session); !sure) return sure;
  vault::v1::DestroyKeyRequest request;
  request.set_request_id(*request_id);
  request.set_key_id(options.key_id);
  request.set_authority(options.authority);
  request.set_reason(options.reason);
  vault::v1::DestroyKeyResponse response;
  const auto got = client->unary("mash.vault.v1.VaultService/DestroyKey", request, response);
  if (!got) return got;
  if (session.settings.json)
    session.out << to_json(response, false) << '\n';
  else
    session.out << "Erased: the key of " << shown(options.key_id) << " is destroyed, and "
                << response.sealed_parts_removed()
                << " sealed parts are gone. Every proof holds.\n";
  return {};
}

}  // namespace

void add_erase(CLI::App& app, Session& session) {
  auto options = std::make_shared<EraseOptions>();
  CLI::App* command = add_command(
      app, "erase", "Erases a person's identity or a case's content by destroying its key.",
      "  mash erase 0192f3a4-... --authority 'retention schedule 4.2' \\\n"
      "      --reason 'case closed 75 years ago' --user r-1\n"
      "  mash erase --list\n");
  command->add_option("id", options->key_id, "the person's or case's id");
  command->add_option("--authority", options->authority,
                      "on whose authority: a reference, naming nobody");
  command->add_option("--reason", options->reason, "why, in words that name nobody");
  command->add_option("--request-id", options->request_id, "of an order that was sent before");
  command->add_flag("--list", options->list, "show the erasures ordered and done");
  command->add_flag("--yes", options->yes, "do not ask");
  command->callback([options, &session] {
    session.run = [options, &session] { return erase(*options, session); };
  });
}

}  // namespace mash::cli
