#include "hub/hub.h"
#include "node/run.h"

int main(int argc, char** argv) {
  return mash::node::run(
      {.name = "mash-hub", .version = MASH_VERSION, .port = 7443, .metrics_port = 9464},
      mash::hub::parts(), argc, argv);
}
