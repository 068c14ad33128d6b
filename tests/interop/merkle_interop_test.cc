// MASH's tiles, proofs, notes and checkpoints against Go's golang.org/x/mod/sumdb/note and tlog,
// both ways: Go verifies what we write, we verify what Go writes, and where there is only one right
// answer (tiles, proofs, Ed25519 signatures) the two are the same byte for byte. go/main.go says
// what stands in the folders they exchange.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "merkle/checkpoint.h"
#include "merkle/note.h"
#include "merkle/proof.h"
#include "merkle/tlog_proof.h"
#include "merkle/tree.h"
#include "merkle/verify.h"

namespace mash::merkle {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOrigin = "mash/E09000001/interop/1";
constexpr std::array<uint64_t, 8> kSizes{1, 2, 3, 7, 255, 256, 257, 700};

std::string record(uint64_t i) { return "record " + std::to_string(i); }

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// As in go/main.go: all of a small tree, a spread of a large one.
std::vector<uint64_t> spread(uint64_t size) {
  std::vector<uint64_t> chosen;
  for (uint64_t i = 0; i < size; i += size / 23 + 1) chosen.push_back(i);
  chosen.push_back(size - 1);
  return chosen;
}

// A tree of "record 0", "record 1"... with the tiles it gave out.
struct Log {
  explicit Log(uint64_t size) {
    Tree grown;
    for (uint64_t i = 0; i < size; ++i) {
      grown.append(leaf_hash(record(i)),
                   [this](TileId id, std::string_view tile) { tiles->emplace(id, tile); });
    }
    tree = std::make_shared<const Tree>(std::move(grown));
  }
  TreeReader reader() const {
    return {tree, [tiles = tiles](TileId id) -> Result<std::string> { return tiles->at(id); }};
  }

  std::shared_ptr<std::map<TileId, std::string>> tiles =
      std::make_shared<std::map<TileId, std::string>>();
  std::shared_ptr<const Tree> tree;
};

// The folder of one tree size, as a map from path to contents; checkpoints and what quotes them
// differ with the key, everything else does not.
std::map<std::string, std::string> files_of(const Log& log, const SigningKey& key) {
  const uint64_t size = log.tree->size();
  TreeReader reader = log.reader();
  std::map<std::string, std::string> files;
  const std::string checkpoint = *sign_checkpoint({kOrigin, size, log.tree->root()}, key);
  files["checkpoint"] = checkpoint;
  for (const auto& [id, tile] : *log.tiles) files[tile_path(id)] = tile;
  for (uint8_t level = 0; level < kTileLevels; ++level) {
    const std::size_t width = log.tree->edge(level).size();
    if (width == 0) continue;
    const uint64_t index = size >> (kTileHeight * (level + 1U));
    files[tile_path({level, index}, width)] = *reader.tile({level, index}, width);
  }
  for (const uint64_t index : spread(size)) {
    const TlogProof proof{index, *reader.inclusion_proof(index, size), checkpoint, ""};
    files["inclusion/" + std::to_string(index)] = proof.str();
    // A hash a line, as in a proof file: from after its index to before its empty line.
    const TlogProof growth{0, *reader.consistency_proof(index + 1, size), "", ""};
    const std::string text = growth.str();
    const std::size_t first = text.find("index 0\n") + 8;
    files["consistency/" + std::to_string(index + 1)] = text.substr(first, text.size() - first - 1);
  }
  return files;
}

// The hashes of a consistency file: each line is read as a checkpoint's root.
std::vector<Hash> consistency_of(const std::string& lines) {
  std::vector<Hash> hashes;
  std::istringstream text(lines);
  for (std::string line; std::getline(text, line);) {
    const auto checkpoint = Checkpoint::parse("line\n1\n" + line + "\n");
    EXPECT_TRUE(checkpoint) << line;
    hashes.push_back(checkpoint ? checkpoint->root : Hash{});
  }
  return hashes;
}

class GoInterop : public ::testing::Test {
 public:
  // Compiles the Go program without network and without modules: Debian's sources are a GOPATH.
  static void SetUpTestSuite() {
    std::string pattern = (fs::temp_directory_path() / "mash-interop-XXXXXX").string();
    folder_ = new fs::path(::mkdtemp(pattern.data()));
    const std::string build =
        "export PATH=\"$PATH:/usr/local/go/bin\" GO111MODULE=off GOPATH=/usr/share/gocode "
        "GOPROXY=off GOTOOLCHAIN=local GOFLAGS= CGO_ENABLED=0 "
        "GOCACHE=\"${GOCACHE:-" MASH_GO_CACHE
        "}\"; command -v go >/dev/null || { echo 'needs the Debian packages golang-go and "
        "golang-golang-x-mod-dev' >&2; exit 1; }; cd '" MASH_GO_SOURCES "' && go build -o '" +
        program() + "' .";
    built_ = std::system(build.c_str()) == 0;
  }
  static void TearDownTestSuite() {
    fs::remove_all(*folder_);
    delete folder_;
  }

 protected:
  void SetUp() override { ASSERT_TRUE(built_) << "the Go program did not compile"; }

  static std::string program() { return (*folder_ / "interop").string(); }

  // Runs the Go program; what it says of a failure goes to this test's output.
  static bool go(const std::string& arguments) {
    return std::system(("'" + program() + "' " + arguments).c_str()) == 0;
  }

  static inline fs::path* folder_ = nullptr;
  static inline bool built_ = false;
};

TEST_F(GoInterop, GoVerifiesWhatWeWrite) {
  const fs::path ours = *folder_ / "ours";
  const SigningKey key = *SigningKey::generate(kOrigin);
  write(ours / "vkey", key.verifier().str());
  for (const uint64_t size : kSizes) {
    for (const auto& [name, contents] : files_of(Log(size), key)) {
      write(ours / std::to_string(size) / name, contents);
    }
  }
  EXPECT_TRUE(go("check '" + ours.string() + "'"));

  // And it would have noticed: one bit of one tile, of a proof, and a checkpoint of another key.
  for (const char* name : {"700/tile/0/001", "700/inclusion/31", "257/consistency/13"}) {
    const std::string before = read(ours / name);
    std::string damaged = before;
    damaged[damaged.find('\n') == std::string::npos ? 17 : damaged.size() / 3] ^= 1;
    write(ours / name, damaged);
    EXPECT_FALSE(go("check '" + ours.string() + "' 2>/dev/null")) << name;
    write(ours / name, before);
  }
  write(ours / "vkey", SigningKey::generate(kOrigin)->verifier().str());
  EXPECT_FALSE(go("check '" + ours.string() + "' 2>/dev/null"));
}

TEST_F(GoInterop, WeVerifyWhatGoWrites) {
  const fs::path theirs = *folder_ / "theirs";
  ASSERT_TRUE(go("write '" + theirs.string() + "'"));
  const auto verifier = VerifierKey::parse(read(theirs / "vkey"));
  ASSERT_TRUE(verifier);
  EXPECT_EQ(verifier->str(), read(theirs / "vkey"));
  const std::vector keys{*verifier};
  for (const uint64_t size : kSizes) {
    const fs::path folder = theirs / std::to_string(size);
    const auto checkpoint = open_checkpoint(read(folder / "checkpoint"), keys);
    ASSERT_TRUE(checkpoint) << size;

    // The tree as its tiles have it, edge included.
    const auto tree = Tree::load(
        size, [&](TileId id) -> Result<std::string> { return read(folder / tile_path(id)); },
        [&](uint64_t first, uint64_t count) {
          return hashes_from_bytes(read(folder / tile_path({0, first / kTileWidth}, count)));
        });
    ASSERT_TRUE(tree) << size;
    EXPECT_EQ(*checkpoint, (Checkpoint{kOrigin, size, tree->root()}));

    Log log(size);
    for (const uint64_t index : spread(size)) {
      const std::string file = read(folder / "inclusion" / std::to_string(index));
      EXPECT_TRUE(verify_tlog_proof(file, record(index), keys)) << index << " of " << size;
      EXPECT_FALSE(verify_tlog_proof(file, record(index + 1), keys));
      const auto proof = consistency_of(read(folder / "consistency" / std::to_string(index + 1)));
      EXPECT_TRUE(verify_consistency(index + 1, size, proof, *log.reader().root_at(index + 1),
                                     checkpoint->root))
          << index + 1 << " to " << size;
    }
  }
}

// With Go's key file in hand, we write all of Go's files again: not a byte differs.
TEST_F(GoInterop, BothWriteTheSameBytes) {
  const fs::path theirs = *folder_ / "again";
  ASSERT_TRUE(go("write '" + theirs.string() + "'"));
  const auto key = SigningKey::load(theirs / "key");
  ASSERT_TRUE(key) << key.error().message;
  for (const uint64_t size : kSizes) {
    const fs::path folder = theirs / std::to_string(size);
    const auto ours = files_of(Log(size), *key);
    for (const auto& [name, contents] : ours) {
      EXPECT_EQ(read(folder / name), contents) << size << " " << name;
    }
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      files += entry.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(files, ours.size()) << size;
  }
}

TEST_F(GoInterop, GoSignsWithOurKeyFileAsWeDo) {
  const SigningKey key = *SigningKey::generate("witness.example/\u00fc");
  const fs::path folder = *folder_ / "signing";
  fs::create_directories(folder);
  ASSERT_TRUE(key.save(folder / "key"));
  const std::string text = "Zwei Zeilen,\n\nund noch eine: \u20ac\n";
  write(folder / "text", text);
  ASSERT_TRUE(go("sign '" + (folder / "key").string() + "' '" + (folder / "text").string() +
                 "' >'" + (folder / "note").string() + "'"));
  EXPECT_EQ(read(folder / "note"), *sign_note(text, std::vector{key}));
}

}  // namespace
}  // namespace mash::merkle
