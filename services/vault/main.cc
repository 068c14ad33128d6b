#include "node/run.h"
#include "vault/part.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-vault", .version = MASH_VERSION, .port = 7449, .metrics_port = 9470},
      {mash::vault::part()}, argc, argv);
}
