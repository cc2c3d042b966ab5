/** A worker made of gRPC and worker.proto alone. Jobs run beside each other in this process. Begin to read at `connect`. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { status } from "@grpc/grpc-js";
import { Attempt, type Session } from "./bare/attempt.ts";
import { gateway, type Message, metadata } from "./bare/gateway.ts";

const { UWS_SLOTS, UWS_INSTANCE, UWS_DRAIN_MS, UWS_REFUSED_MS, UWS_MAX_REFUSALS } = process.env;
const slots = Number(UWS_SLOTS ?? 1);
const instanceId = UWS_INSTANCE ?? randomUUID();
const jobTypes = ["conformance", "other"];
const refusing: readonly status[] = [status.UNAUTHENTICATED, status.PERMISSION_DENIED];

/** The jobs that are held, by token: from Assign until Ended or Fenced. */
const attempts = new Map<string, Attempt>();
/** The stream whose Welcome has come, if there is one, and that Welcome. */
let stream: Message;
let limits: Message;
let draining = false;
let refusals = 0;
let heartbeats: ReturnType<typeof setInterval> | undefined;
let lease: ReturnType<typeof setTimeout> | undefined;

const send = (message: Message) => stream?.write(message);
const session: Session = {
  send,
  get limits() {
    return limits;
  },
};

/** Opens the stream, and again whenever it ends. */
function connect(): void {
  const opened = gateway.work(metadata);
  const held = Array.from(attempts, ([attemptToken, { acknowledged: acknowledgedSequence }]) => ({
    attemptToken,
    acknowledgedSequence,
  }));
  const names = { workerName: hostname(), instanceId, sdk: "bare-worker-ts" };
  opened.write({ hello: { protocolVersion: 1, ...names, jobTypes, held } });
  opened.on("data", (message: Message) => receive(opened, message));
  opened.on("error", () => {}); // The status tells as much.
  opened.on("status", ({ code }: { code: status }) => ended(opened, code));
}

/** What it does not know, now or in newer versions of the protocol, asks nothing of a simple worker. */
function receive(opened: Message, { welcome, assign, eventAck, ended, cancel, fenced }: Message): void {
  if (welcome) greeted(opened, welcome);
  else if (assign) assigned(assign);
  else if (eventAck) attempts.get(eventAck.attemptToken)?.acknowledge(eventAck.sequence);
  else if (cancel) attempts.get(cancel.attemptToken)?.cancel(String(cancel.reason).toLowerCase(), cancel.graceMs);
  else if (fenced) fence(fenced.attemptToken);
  else if (ended) forget(ended.attemptToken);
}

function greeted(opened: Message, welcome: Message): void {
  [stream, limits, refusals] = [opened, welcome, 0];
  clearTimeout(lease);
  for (const [token, attempt] of attempts) {
    const verdict = welcome.held.find(({ attemptToken }: Message) => attemptToken === token);
    if (verdict?.valid) attempt.resend(verdict.acknowledgedSequence);
    else fence(token);
  }
  sayCredit();
  heartbeats = setInterval(() => send({ heartbeat: { attemptTokens: [...attempts.keys()] } }), welcome.heartbeatMs);
}

/** A job is taken, unless it is known already, or one too many, or of another type: not accepted, it finds another worker. */
function assigned(assign: Message): void {
  if (attempts.has(assign.attemptToken) || attempts.size >= slots || !jobTypes.includes(assign.jobType)) return;
  const attempt = new Attempt(assign, session);
  attempts.set(assign.attemptToken, attempt);
  send({ accept: { attemptToken: assign.attemptToken } });
  void attempt.run();
}

function fence(token: string): void {
  attempts.get(token)?.fence();
  forget(token);
}

function forget(token: string): void {
  attempts.delete(token);
  if (draining && attempts.size === 0) leave();
}

function sayCredit(): void {
  if (draining) send({ draining: {} });
  send({ credit: { totalSlots: draining ? 0 : slots } });
}

function ended(opened: Message, code: status): void {
  const wasWelcome = stream === opened;
  stream = undefined;
  clearInterval(heartbeats);
  if (!wasWelcome && refusing.includes(code)) {
    refusals += 1;
    if (refusals >= Number(UWS_MAX_REFUSALS ?? 10)) process.exit(1);
    setTimeout(connect, Number(UWS_REFUSED_MS ?? 30_000));
    return;
  }
  // Jobs go on without a stream, but for no longer than their lease.
  if (wasWelcome) lease = setTimeout(() => interruptAll("lease_lost"), limits.leaseMs);
  setTimeout(connect, Math.random() * 500);
}

function interruptAll(reason: string): void {
  for (const attempt of attempts.values()) attempt.interrupt(reason);
}

/** Ends the stream, and then the process. */
function leave(): void {
  if (!stream) process.exit(0);
  stream.on("status", () => process.exit(0));
  stream.end();
}

process.on("SIGTERM", () => {
  draining = true;
  sayCredit();
  if (attempts.size === 0) leave();
  setTimeout(() => interruptAll("draining"), Number(UWS_DRAIN_MS ?? 25_000));
});
connect();
