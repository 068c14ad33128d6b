# The programs of a demonstration: how each is started and stopped. Sourced, in the repository's root; what they write is in var/.
#   program_pid NAME                 prints the process id of the running program; false where there is none
#   start_program BIN NAME [ARG...]  starts BIN/NAME; its log is program_log NAME
#   await_program NAME COMMAND...    returns when COMMAND succeeds; false, with what was said, when the program died or a minute is over
#   kill_program NAME                ends it as a failing machine would
#   stop_program NAME                stops the one that was started so, and returns when it has drained
#   is_taken PORT                    whether something listens there on this machine
#   free_ports COUNT                 prints the first of so many ports in a row that are free now
# shellcheck shell=bash

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
    timeout 60 tail --pid="$pid" -f /dev/null || { echo "$1 (process $pid) does not stop" >&2; return 1; }
  fi
  rm -f "var/run/$1.pid"
}

kill_program() { # NAME
  local pid
  pid=$(program_pid "$1") || { echo "$1 does not run" >&2; return 1; }
  kill -KILL "$pid"
  timeout 60 tail --pid="$pid" -f /dev/null
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
  local name=$1 said end=$((SECONDS + 60))
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

free_ports() { # COUNT
  python3 - "$1" <<'PYTHON'
import socket, sys
count = int(sys.argv[1])
while True:
    first = socket.socket(); first.bind(("127.0.0.1", 0)); port = first.getsockname()[1]; first.close()
    held = []
    try:
        for each in range(port, port + count):
            s = socket.socket(); s.bind(("127.0.0.1", each)); held.append(s)
        print(port)
        break
    except OSError:
        pass
    finally:
        for s in held: s.close()
PYTHON
}
