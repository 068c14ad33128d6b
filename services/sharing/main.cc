#include "node/run.h"
#include "sharing/part.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-sharing", .version = MASH_VERSION, .port = 7445, .metrics_port = 9466},
      {mash::sharing::part()}, argc, argv);
}
