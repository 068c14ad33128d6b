# The demonstration's hub: where it runs, how it is started and stopped. Sourced by run.sh and ./dev stop, in the repository's root.
#   start_hub BIN   starts BIN/mash-hub on deploy/mash.toml and returns when it answers calls
#   stop_hub        stops the one that was started so, and returns when it has drained
# shellcheck shell=bash

hub_pid_file=var/hub.pid
hub_log=var/log/hub.jsonl

hub_pid() { # prints the process id of the running hub; false where there is none
  local pid
  [[ -f $hub_pid_file ]] && pid=$(<"$hub_pid_file") && [[ $(cat "/proc/$pid/comm" 2>/dev/null) == mash-hub ]] &&
    echo "$pid"
}

stop_hub() {
  local pid
  if pid=$(hub_pid); then
    kill -TERM "$pid"
    timeout 60 tail --pid="$pid" -f /dev/null || { echo "the hub (process $pid) does not stop" >&2; return 1; }
  fi
  rm -f "$hub_pid_file"
}

start_hub() { # BIN
  local pid asked
  stop_hub
  mkdir -p "$(dirname "$hub_log")"
  setsid "$1/mash-hub" --config deploy/mash.toml </dev/null >"$hub_log" 2>&1 &
  pid=$!
  echo "$pid" >"$hub_pid_file"
  # It serves when it answers an auditor; asked again until it does, or has died, or a minute is over.
  local end=$((SECONDS + 60))
  until asked=$("$1/mash" checkpoint --log referral --as auditor --user aud-03 --timeout 1 2>&1); do
    if ! kill -0 "$pid" 2>/dev/null || ((SECONDS > end)); then
      echo "the hub did not start; it said (in $hub_log):" >&2
      tail -n 5 "$hub_log" >&2
      echo "and when asked for a checkpoint: $asked" >&2
      return 1
    fi
    sleep 0.1
  done
}
