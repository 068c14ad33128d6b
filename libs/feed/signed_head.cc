#include "feed/signed_head.h"

#include <span>

#include "merkle/checkpoint.h"
#include "merkle/note.h"

namespace mash::feed {

Result<SignedHead> open_head(const std::string& note, const std::string& log,
                             const merkle::VerifierKey& key) {
  const auto parsed = merkle::parse_note(note).and_then(
      [](const merkle::Note& each) { return merkle::Checkpoint::parse(each.text); });
  if (!parsed) return tl::unexpected(parsed.error());
  const auto origin = merkle::Origin::parse(parsed->origin);
  if (!origin) return tl::unexpected(origin.error());
  if (!merkle::same_log(parsed->origin, log))
    return refuse(Code::kDataLoss, "CHECKPOINT_ORIGIN", "The checkpoint is another log's.");
  const auto named = key.named(parsed->origin);
  if (!named) return tl::unexpected(named.error());
  return merkle::open_checkpoint(note, std::span(&*named, 1)).map([&](const auto& checkpoint) {
    return SignedHead{.epoch = origin->epoch, .size = checkpoint.size, .root = checkpoint.root};
  });
}

}  // namespace mash::feed
