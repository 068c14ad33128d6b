// Follows an agency's inbox: prints each notice as a line of JSON and, told to, acknowledges it (README.md).
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { InboxNotice__Output } from "../generated/mash/notification/v1/InboxNotice.js";
import { Hub, Refused } from "./hub.js";

// How long it waits before it tries again what did not arrive: at first, and after many times.
const WAIT_FIRST_MS = 500;
const WAIT_MAX_MS = 5_000;

// How far the inbox has been dealt with, in a file. Written anew each time, so that no crash leaves half of it.
class Cursor {
  constructor(private readonly file: string) {}

  load(): string {
    try {
      return readFileSync(this.file, "ascii").trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return "0"; // from the first notice
      throw error;
    }
  }

  store(cursor: string): void {
    const fresh = openSync(`${this.file}.new`, "w");
    writeSync(fresh, `${cursor}\n`);
    fsyncSync(fresh);
    closeSync(fresh);
    renameSync(`${this.file}.new`, this.file);
  }
}

interface InboxParts {
  hub: Hub;
  cursor: Cursor;
  acknowledge: boolean;
  noticesMax: number; // 0: no end
  stop: AbortController;
}

// What is done about each notice. It may come again after a break: what is done here may be done twice.
class Inbox {
  #left: number;

  constructor(private readonly parts: InboxParts) {
    this.#left = parts.noticesMax;
  }

  // Until it is told to stop, or has had as many notices as it was to. What does not arrive is tried again.
  async follow(): Promise<void> {
    const { hub, cursor, stop } = this.parts;
    let wait = WAIT_FIRST_MS;
    while (!stop.signal.aborted) {
      try {
        for await (const message of hub.subscribe(cursor.load(), stop.signal)) {
          wait = WAIT_FIRST_MS;
          for (const notice of message.notices ?? []) await this.#take(notice);
          cursor.store(message.cursor ?? "0"); // only now: all of them are dealt with
          if (this.#isDone()) return;
        }
      } catch (error) {
        if (stop.signal.aborted) return;
        if (!(error instanceof Refused) || !error.isToBeRepeated) throw error;
        console.error(`inbox: ${error.message}; trying again`);
        wait = Math.max(wait, error.retryAfterMs);
      }
      await pause(wait * (0.5 + Math.random() / 2), undefined, { signal: stop.signal }).catch(() => {});
      wait = Math.min(2 * wait, WAIT_MAX_MS);
    }
  }

  #isDone(): boolean {
    return this.parts.noticesMax > 0 && this.#left <= 0;
  }

  async #take(notice: InboxNotice__Output): Promise<void> {
    console.log(JSON.stringify(notice, timesAsText));
    // A system of yours puts it before somebody here, and acknowledges it when they have seen it, not before.
    if (this.parts.acknowledge && notice.state === "NOTICE_STATE_OPEN") await this.#sayThatWeKnow(notice.notice?.notice_id ?? "");
    --this.#left;
  }

  async #sayThatWeKnow(noticeId: string): Promise<void> {
    try {
      await this.parts.hub.acknowledge(noticeId);
    } catch (error) {
      // Not acknowledged is not lost: the subscription begins before this notice again.
      if (!(error instanceof Refused) || error.isToBeRepeated) throw error;
      console.error(`inbox: ${noticeId} cannot be acknowledged: ${error.message}`);
    }
  }
}

// A google.protobuf.Timestamp as text.
function timesAsText(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("seconds" in value)) return value;
  const { seconds, nanos } = value as { seconds: string; nanos?: number };
  return new Date(Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000).toISOString();
}

function required(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  console.error(`inbox: --${name} is missing (README.md)`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    address: { type: "string", default: "127.0.0.1:7443" },
    authority: { type: "string" },
    certificate: { type: "string" },
    key: { type: "string" },
    role: { type: "string", default: "referrer-system" },
    practitioner: { type: "string" },
    cursor: { type: "string" },
    acknowledge: { type: "boolean", default: false },
    notices: { type: "string", default: "0" },
  },
});
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
const hub = new Hub(values.address, {
  authority: required("authority", values.authority),
  certificate: required("certificate", values.certificate),
  key: required("key", values.key),
  role: values.role,
  practitioner: values.practitioner,
});
try {
  await new Inbox({
    hub,
    cursor: new Cursor(required("cursor", values.cursor)),
    acknowledge: values.acknowledge,
    noticesMax: Number(values.notices),
    stop,
  }).follow();
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  console.error(`inbox: ${error.message}`);
  process.exitCode = 1;
} finally {
  hub.close();
}
