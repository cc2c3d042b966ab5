/** A worker without an SDK: worker.proto and the gRPC library. What its jobs do is in bare-job.ts: put yours there. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { credentials, loadPackageDefinition, Metadata, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { identity, type Message, runJob, settings } from "./bare-job.ts";

const proto = `${import.meta.dirname}/../../../proto/uws/worker/v1/worker.proto`;
const { uws }: Message = loadPackageDefinition(loadSync(proto, { longs: Number, enums: String, defaults: true }));
const channel = { "grpc.keepalive_time_ms": 10_000, "grpc.max_reconnect_backoff_ms": 1_000 }; // should it vanish
const gateway = new uws.worker.v1.WorkerService(settings.gateway, credentials.createInsecure(), channel);
const metadata = new Metadata({ waitForReady: true });
if (settings.token) metadata.set("authorization", `Bearer ${settings.token}`);

const attempts = new Map<string, Attempt>(); // the jobs that are held, by token; streams come and go meanwhile
let stream: Message; // the one that has had its Welcome, if any
let limits: Message; // as the last Welcome has them
let slots = settings.slots; // none while the worker drains
let timers: NodeJS.Timeout[] = []; // of the next heartbeat, and of the leases

/** A job that is held, from Assign until Ended or Fenced: a HeldAttempt whose signal tells the job to stop, and why. */
export class Attempt extends AbortController {
  attemptToken = "";
  acknowledgedSequence = 0;
  unanswered: Message[] = []; // events until they are acknowledged, then the end
  #sequence = 0;
  #over = false;
  #cancelled = false;

  /** Begins, if there is room. A job that is not accepted finds another worker. */
  accept(assign: Message): void {
    const { attemptToken, jobType } = assign;
    if (attempts.has(attemptToken) || attempts.size >= slots || !identity.jobTypes.includes(jobType)) return;
    this.attemptToken = attemptToken;
    attempts.set(attemptToken, this);
    stream.write({ accept: { attemptToken } });
    void runJob(assign, this);
  }

  /** Says what has happened. The job waits while a thousand events are not acknowledged. */
  async event(content: Message): Promise<void> {
    while (this.unanswered.length >= 1_000) await sleep(10, undefined, { signal: this.signal });
    this.#say("event", { sequence: ++this.#sequence, ...content });
  }

  async result(id: string, mediaType: string, data: Uint8Array): Promise<void> {
    if (limits.maxResultBytes > 0 && data.length > limits.maxResultBytes) throw new Error(`result ${id} is too long`);
    if (data.length <= limits.maxInlineResultBytes) return this.event({ result: { id, mediaType, inline: data } });
    this.signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call = gateway.uploadResult(metadata, (error: Error | null) => (error ? reject(error) : resolve()));
    call.write({ header: { attemptToken: this.attemptToken, id, mediaType, size: data.length } });
    for (let at = 0; at < data.length; at += 65_536) call.write({ data: data.subarray(at, at + 65_536) });
    call.end({ end: { sha256: createHash("sha256").update(data).digest() } });
    await promise.catch((error) => this.#again(error, () => this.result(id, mediaType, data)));
  }

  /** Reads an uploaded parameter, from where these chunks end. */
  async download(name: string, chunks: Buffer[] = []): Promise<Buffer> {
    const rest = { attemptToken: this.attemptToken, name, offset: Buffer.concat(chunks).length };
    try {
      for await (const { data } of gateway.downloadParameter(rest, metadata)) chunks.push(data);
      return Buffer.concat(chunks);
    } catch (error) {
      return await this.#again(error, () => this.download(name, chunks));
    }
  }

  /** Makes a call again that failed because the gateway is away. */
  async #again<T>(error: Message, call: () => Promise<T>): Promise<T> {
    if (![status.UNAVAILABLE, status.INTERNAL, status.CANCELLED].includes(error.code)) throw error;
    return await sleep(200, undefined, { signal: this.signal }).then(call);
  }

  /** Says how it ended. Cancel is answered by Cancelled; a job that was to stop has not failed, it is given back. */
  finish(kind: "complete" | "fail" | "release", content: Message = {}): void {
    if (this.#cancelled) this.#say("cancelled", {});
    else if (kind === "fail" && this.signal.aborted) this.#say("release", { reason: this.signal.reason });
    else this.#say(kind, { lastSequence: this.#sequence, ...content });
  }

  #say(kind: string, content: Message): void {
    if (this.#over || !attempts.has(this.attemptToken)) return;
    this.#over = kind !== "event";
    const message = { [kind]: { attemptToken: this.attemptToken, ...content } };
    this.unanswered.push(message);
    stream?.write(message);
  }

  acknowledge(sequence: number): void {
    this.acknowledgedSequence = sequence;
    this.unanswered = this.unanswered.filter(({ event }) => !event || event.sequence > sequence);
  }

  /** Asks the job to end. A deaf one is given up after a while; of one that is fenced nothing more is said. */
  stop(reason: string, patienceMs = 3_000, cancelled = false): void {
    if (reason === "fenced") attempts.delete(this.attemptToken);
    this.#cancelled ||= cancelled;
    this.abort(reason);
    setTimeout(() => this.finish("release", { reason }), patienceMs);
  }
}

/** Says what the worker takes and holds, again and again. Without a stream it cannot, and the leases run out. */
function beat(): void {
  if (!stream) return;
  stream.write(slots > 0 ? { credit: { totalSlots: slots } } : { draining: {} });
  stream.write({ heartbeat: { attemptTokens: [...attempts.keys()] } });
  for (const timer of timers) clearTimeout(timer);
  timers = [setTimeout(beat, limits.heartbeatMs), setTimeout(stopAll, limits.leaseMs, "lease_lost")];
}

function stopAll(reason: string): void {
  for (const attempt of attempts.values()) attempt.stop(reason);
}

process.once("SIGTERM", async () => {
  slots = 0;
  beat();
  setTimeout(stopAll, settings.drainMs, "draining");
  for (let ms = 0; attempts.size > 0 && ms < settings.drainMs + 10_000; ms += 20) await sleep(20);
  stream?.end();
  setTimeout(process.exit, 200, 0); // what is written goes out
});

for (let refusals = 0; ; ) {
  const call = gateway.work(metadata).on("error", () => {}); // the status tells as much
  call.write({ hello: { protocolVersion: 1, ...identity, held: [...attempts.values()] } });
  call.on("data", ({ welcome, assign, eventAck, cancel, fenced, ended }: Message) => {
    if (welcome) {
      [stream, limits] = [call, welcome];
      for (const [token, attempt] of attempts) {
        const verdict = welcome.held.find(({ attemptToken }: Message) => attemptToken === token);
        attempt.acknowledge(verdict?.acknowledgedSequence ?? 0);
        if (!verdict?.valid) attempt.stop("fenced");
        else for (const message of attempt.unanswered) call.write(message);
      }
      beat();
    } else if (assign) new Attempt().accept(assign);
    else if (eventAck) attempts.get(eventAck.attemptToken)?.acknowledge(eventAck.sequence);
    else if (cancel) attempts.get(cancel.attemptToken)?.stop(cancel.reason, cancel.graceMs, true);
    else if (fenced ?? ended) attempts.get((fenced ?? ended).attemptToken)?.stop("fenced"); // over, both ways
  });
  const { code } = await new Promise<Message>((resolve) => call.on("status", resolve));
  refusals = stream !== call && [status.UNAUTHENTICATED, status.PERMISSION_DENIED].includes(code) ? refusals + 1 : 0;
  if (refusals >= settings.maxRefusals) process.exit(1);
  stream = undefined;
  await sleep((refusals > 0 ? settings.refusedMs : 500) * (0.5 + Math.random() / 2)); // not all workers at once
}
