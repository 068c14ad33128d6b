// What the tree costs the writer of a log and its readers, piece by piece (Google Benchmark). It
// has no bar of its own: build/release/bin/merkle-bench says where a bar's time goes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "merkle/checkpoint.h"
#include "merkle/proof.h"
#include "merkle/tree.h"
#include "merkle/verify.h"

namespace mash::merkle {
namespace {

void LeafHash(benchmark::State& state) {
  const std::string record(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(leaf_hash(record));
}
BENCHMARK(LeafHash)->Arg(700);

void NodeHash(benchmark::State& state) {
  Hash hash = leaf_hash("record");
  for (auto _ : state) hash = node_hash(hash, hash);
  benchmark::DoNotOptimize(hash);
}
BENCHMARK(NodeHash);

// A 700-byte record hashed and appended.
void Append(benchmark::State& state) {
  std::string record(700, 'x');
  Tree tree;
  const FullTile sink = [](TileId, std::string_view tile) { benchmark::DoNotOptimize(tile); };
  for (auto _ : state) {
    record[0] = static_cast<char>(tree.size());
    tree.append(leaf_hash(record), sink);
  }
}
BENCHMARK(Append);

// The tree of that many leaves, and its tiles in memory.
struct Grown {
  explicit Grown(uint64_t size) {
    Tree grown;
    for (uint64_t i = 0; i < size; ++i) {
      Hash leaf{};
      std::copy_n(reinterpret_cast<const uint8_t*>(&i), sizeof(i), leaf.begin());
      grown.append(leaf, [this](TileId id, std::string_view tile) {
        if (id.level < tiles.size()) tiles[id.level].emplace_back(tile);
      });
    }
    tree = std::make_shared<const Tree>(std::move(grown));
  }
  TileReader reader() const {
    return [this](TileId id) -> Result<std::string> { return tiles[id.level][id.index]; };
  }
  std::array<std::vector<std::string>, 4> tiles;
  std::shared_ptr<const Tree> tree;
};

const Grown& ten_million() {
  static const Grown kGrown(10'000'000);
  return kGrown;
}

void Copy(benchmark::State& state) {
  const Tree& tree = *ten_million().tree;
  for (auto _ : state) benchmark::DoNotOptimize(Tree(tree));
}
BENCHMARK(Copy);

void Root(benchmark::State& state) {
  const Tree& tree = *ten_million().tree;
  for (auto _ : state) benchmark::DoNotOptimize(tree.root());
}
BENCHMARK(Root);

void Load(benchmark::State& state) {
  const Grown& grown = ten_million();
  const LeafReader leaves = [&](uint64_t, uint64_t) -> Result<std::vector<Hash>> {
    return grown.tree->edge(0);
  };
  for (auto _ : state) {
    const auto tree = Tree::load(grown.tree->size(), grown.reader(), leaves);
    if (!tree || tree->root() != grown.tree->root()) state.SkipWithError("not the same tree");
  }
}
BENCHMARK(Load)->Unit(benchmark::kMillisecond);

// A proof with nothing cached, and its verification.
void InclusionProof(benchmark::State& state) {
  const Grown& grown = ten_million();
  uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 7'777'777) % grown.tree->size();
    TreeReader reader(grown.tree, grown.reader());
    benchmark::DoNotOptimize(reader.inclusion_proof(index, grown.tree->size()));
  }
}
BENCHMARK(InclusionProof);

void NeighbouringProofs(benchmark::State& state) {
  const Grown& grown = ten_million();
  TreeReader reader(grown.tree, grown.reader());
  uint64_t index = 0;
  for (auto _ : state) {
    index = (index + 1) % grown.tree->size();
    benchmark::DoNotOptimize(reader.inclusion_proof(index, grown.tree->size()));
  }
}
BENCHMARK(NeighbouringProofs);

void VerifyInclusion(benchmark::State& state) {
  const Grown& grown = ten_million();
  const uint64_t index = 1'234'567;
  TreeReader reader(grown.tree, grown.reader());
  const auto proof = reader.inclusion_proof(index, grown.tree->size());
  const Hash leaf = *reader.hash({0, index});
  const Hash root = grown.tree->root();
  for (auto _ : state) {
    if (!verify_inclusion(leaf, index, grown.tree->size(), *proof, root)) {
      state.SkipWithError("refused");
    }
  }
}
BENCHMARK(VerifyInclusion);

void SignCheckpoint(benchmark::State& state) {
  const SigningKey key = *SigningKey::generate("mash/E09000001/referral/1");
  const Checkpoint checkpoint{key.name(), 1, leaf_hash("record")};
  for (auto _ : state) benchmark::DoNotOptimize(sign_checkpoint(checkpoint, key));
}
BENCHMARK(SignCheckpoint);

void OpenCheckpoint(benchmark::State& state) {
  const SigningKey key = *SigningKey::generate("mash/E09000001/referral/1");
  const std::vector keys{key.verifier()};
  const auto note = sign_checkpoint({key.name(), 1, leaf_hash("record")}, key);
  for (auto _ : state) benchmark::DoNotOptimize(open_checkpoint(*note, keys));
}
BENCHMARK(OpenCheckpoint);

}  // namespace
}  // namespace mash::merkle
