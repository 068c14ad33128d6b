# The demonstration's hub: how it is started and stopped. Sourced by run.sh and ./dev stop, in the repository's root.
#   start_hub BIN [CONFIG]  starts BIN/mash-hub on deploy/mash.toml, or CONFIG, and returns when it answers calls
#   stop_hub                stops the one that was started so, and returns when it has drained
# shellcheck shell=bash

# shellcheck source=deploy/demo/programs.sh
source deploy/demo/programs.sh

hub_pid() { program_pid mash-hub; }
stop_hub() { stop_program mash-hub; }

start_hub() { # BIN [CONFIG]
  start_program "$1" mash-hub --config "${2:-deploy/mash.toml}"
  # It serves when it answers an auditor.
  await_program mash-hub "$1/mash" checkpoint --log referral --as auditor --user aud-03 --timeout 10
}
