# The programs of a demonstration: how each is started and stopped. Sourced, in the repository's root; what they write is in var/.
#   program_pid NAME                 prints the process id of the running program; false where there is none
#   start_program BIN NAME [ARG...]  starts BIN/NAME; its log is program_log NAME
#   await_program NAME COMMAND...    returns when COMMAND succeeds; false, with what was said, when the program died or patience is over
#   kill_program NAME                ends it as a failing machine would
#   stop_program NAME                stops the one that was started so, and returns when it has drained
#   is_taken PORT                    whether something listens there on this machine
#   claim_ports VARIABLE COUNT       sets it to the first of so many ports in a row (16 at most) that are free, and stay this script's and its
#                                    programs' until all have ended
# shellcheck shell=bash

# How many seconds something may take on a machine that is busy with much else: a broker's first start took over a minute on two cores.
patience=300

program_log() { # NAME: of ours, one JSON object a line
  if [[ $1 == mash-* ]]; then echo "var/log/$1.jsonl"; else echo "var/log/$1.log"; fi
}

program_pid() { # NAME
  local pid
  # What runs under that number now is that program: its name, or its path, is in its command line.
  [[ -f var/run/$1.pid ]] && pid=$(<"var/run/$1.pid") && grep -qz -- "$1" "/proc/$pid/cmdline" 2>/dev/null && echo "$pid"
}

stop_program() { # NAME
  local pid
  if pid=$(program_pid "$1"); then
    kill -TERM "$pid"
    timeout "$patience" tail --pid="$pid" -f /dev/null || { echo "$1 (process $pid) does not stop" >&2; return 1; }
  fi
  rm -f "var/run/$1.pid"
}

kill_program() { # NAME
  local pid
  pid=$(program_pid "$1") || { echo "$1 does not run" >&2; return 1; }
  kill -KILL "$pid"
  timeout "$patience" tail --pid="$pid" -f /dev/null
  rm -f "var/run/$1.pid"
}

start_program() { # BIN NAME [ARG...]
  local bin=$1 name=$2
  shift 2
  stop_program "$name"
  mkdir -p var/run var/log
  setsid "$bin/$name" "$@" </dev/null >"$(program_log "$name")" 2>&1 &
  echo $! >"var/run/$name.pid"
  disown # that it is killed, where that is what is tried, is no news
}

await_program() { # NAME COMMAND...
  local name=$1 said end=$((SECONDS + patience))
  shift
  until said=$("$@" 2>&1); do
    if ! program_pid "$name" >/dev/null || ((SECONDS > end)); then
      echo "$name did not start; it said (in $(program_log "$name")):" >&2
      tail -n 5 "$(program_log "$name")" >&2
      echo "and when asked: $said" >&2
      return 1
    fi
    sleep 0.1
  done
}

is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; } # PORT

# Below those that the kernel gives to connections that go out, any of which it may give away between two starts of a program. The
# lock is the one of claim_ports in libs/core/testing/ports.h.
claim_ports() { # VARIABLE COUNT: a variable that is none of its own
  local lowest=10000 kernels_own first each lock inside outside locks
  # In a user's own namespace (tests/fault/on_small_disk.sh) it is the folder of who that is outside, where the other tests are.
  read -r inside outside _ </proc/self/uid_map
  locks=${TMPDIR:-/tmp}/mash-ports-$((UID - inside + outside))
  read -r kernels_own _ </proc/sys/net/ipv4/ip_local_port_range
  ((kernels_own > lowest + 1024)) || kernels_own=32768
  mkdir -p "$locks"
  while read -r first; do
    exec {lock}>"$locks/$first"
    if flock -n "$lock"; then
      for ((each = first; each < first + $2; each++)); do
        ! is_taken "$each" || break
      done
      ((each < first + $2)) || break
    fi
    exec {lock}>&-
  done < <(shuf -i "0-$(((kernels_own - lowest) / 16 - 1))" | awk -v lowest="$lowest" '{ print lowest + 16 * $1 }')
  [[ -n $first ]] || { echo "no $2 ports in a row are free" >&2; return 1; }
  printf -v "$1" %s "$first"
}
