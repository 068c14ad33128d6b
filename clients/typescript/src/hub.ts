// The hub's inbox of an agency, over gRPC: who calls, the calls, and what a refusal says.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProtoGrpcType as Errors } from "../generated/error_details.js";
import type { NotificationServiceClient } from "../generated/mash/notification/v1/NotificationService.js";
import type { SubscribeResponse__Output } from "../generated/mash/notification/v1/SubscribeResponse.js";
import type { ProtoGrpcType as Notifications } from "../generated/notification_service.js";
import type { ProtoGrpcType as Statuses } from "../generated/status.js";

// The same as in package.json, from which the types come.
const loaded = grpc.loadPackageDefinition(
  loadSync(["mash/notification/v1/notification_service.proto", "google/rpc/status.proto", "google/rpc/error_details.proto"], {
    includeDirs: [fileURLToPath(new URL("../../../../proto", import.meta.url))],
    keepCase: true,
    longs: String,
    enums: String,
    bytes: String,
  }),
) as unknown as Notifications & Statuses & Errors;

// What a call waits for its answer. Subscribe has no end and gets none.
const ANSWER_MS = 30_000;
// A subscription may be silent for hours; so that a connection that is gone is noticed, it is tried this often.
const KEEPALIVE_MS = 60_000;
// How long gRPC itself waits, at most, before it connects again. Its own limit is two minutes: long, for who is to be told of danger.
const RECONNECT_MS_MAX = 2_000;

// The call may not have arrived, or the hub cannot take it now: the same again, later, is right.
const TO_BE_REPEATED = new Set([grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED, grpc.status.RESOURCE_EXHAUSTED]);

// Who calls. The certificate names agency and system; the rest is said with each call.
export interface Caller {
  authority: string; // PEM files; this one: whom the hub's certificate comes from
  certificate: string;
  key: string;
  role: string;
  practitioner?: string | undefined; // none: the system by itself
}

// The hub said no, or did not answer.
export class Refused extends Error {
  readonly code: grpc.status;
  readonly reason: string; // stable: docs/errors.md
  readonly retryAfterMs: number; // at least

  constructor(error: grpc.ServiceError) {
    const { reason, retryAfterMs } = detailsOf(error);
    super(`${grpc.status[error.code]} ${reason}: ${error.details}`);
    this.code = error.code;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }

  get isToBeRepeated(): boolean {
    return TO_BE_REPEATED.has(this.code);
  }
}

function detailsOf(error: grpc.ServiceError): { reason: string; retryAfterMs: number } {
  const said = { reason: "", retryAfterMs: 0 };
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) return said;
  for (const detail of loaded.google.rpc.Status.deserialize(bytes).details ?? []) {
    if (!("type_url" in detail)) continue;
    const value = Buffer.from(String(detail.value), "base64");
    if (detail.type_url.endsWith("/google.rpc.ErrorInfo")) {
      said.reason = loaded.google.rpc.ErrorInfo.deserialize(value).reason ?? "";
    } else if (detail.type_url.endsWith("/google.rpc.RetryInfo")) {
      const delay = loaded.google.rpc.RetryInfo.deserialize(value).retry_delay;
      said.retryAfterMs = Number(delay?.seconds ?? 0) * 1_000 + (delay?.nanos ?? 0) / 1_000_000;
    }
  }
  return said;
}

// One id of a request for each notice, the same in every run: however often it is sent, it has one effect.
export function requestIdOf(noticeId: string): string {
  const digest = createHash("sha256").update(`acknowledge ${noticeId}`).digest().subarray(0, 16);
  digest[6] = (digest[6]! & 0x0f) | 0x80; // RFC 9562, version 8: made by a rule of our own
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// A connection, which is made when it is first used, and again as often as there is need.
export class Hub {
  readonly #client: NotificationServiceClient;
  readonly #headers = new grpc.Metadata();

  constructor(address: string, caller: Caller) {
    this.#headers.set("mash-role", caller.role);
    if (caller.practitioner) this.#headers.set("mash-practitioner", caller.practitioner);
    this.#client = new loaded.mash.notification.v1.NotificationService(
      address,
      grpc.credentials.createSsl(readFileSync(caller.authority), readFileSync(caller.key), readFileSync(caller.certificate)),
      { "grpc.keepalive_time_ms": KEEPALIVE_MS, "grpc.max_reconnect_backoff_ms": RECONNECT_MS_MAX },
    );
  }

  close(): void {
    this.#client.close();
  }

  // The notices after a cursor, and each new one as it comes. Ends by Refused, when the hub stops, or when `signal` says so. The next
  // message is read when the last has been dealt with.
  async *subscribe(after: string, signal: AbortSignal): AsyncGenerator<SubscribeResponse__Output> {
    const call = this.#client.Subscribe({ after }, this.#headers);
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel);
    try {
      for await (const message of call) yield message;
    } catch (error) {
      throw new Refused(error as grpc.ServiceError);
    } finally {
      signal.removeEventListener("abort", cancel);
      call.cancel();
    }
  }

  // Says that the agency knows. However often, for one notice: it has one effect.
  acknowledge(noticeId: string): Promise<void> {
    const request = { request_id: requestIdOf(noticeId), notice_id: noticeId };
    return new Promise((resolve, reject) => {
      this.#client.AcknowledgeNotice(request, this.#headers, { deadline: Date.now() + ANSWER_MS }, (error) =>
        error ? reject(new Refused(error)) : resolve(),
      );
    });
  }
}
