#include "node/run.h"
#include "notification/part.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-notification", .version = MASH_VERSION, .port = 7447, .metrics_port = 9468},
      {mash::notification::part()}, argc, argv);
}
