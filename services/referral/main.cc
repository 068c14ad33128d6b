#include "node/run.h"
#include "referral/part.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-referral", .version = MASH_VERSION, .port = 7444, .metrics_port = 9465},
      {mash::referral::part()}, argc, argv);
}
