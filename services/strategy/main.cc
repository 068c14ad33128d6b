#include "node/run.h"
#include "strategy/part.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-strategy", .version = MASH_VERSION, .port = 7446, .metrics_port = 9467},
      {mash::strategy::part()}, argc, argv);
}
