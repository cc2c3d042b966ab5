import { credentials, Metadata, type StatusObject } from "@grpc/grpc-js";
import { type Hello, type ServerMessage__Output, type WorkerMessage, WorkerService } from "@uws/protocol";
import { Mailbox } from "@uws/worker/testing";

/** A worker of the tests without an SDK, which sees every message and how its stream ends. */
export function bareWorker(address: string, hello: Hello, metadata = new Metadata()) {
  const client = new WorkerService(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const stream = client.work(metadata);
  const received = new Mailbox<ServerMessage__Output>("a message");
  const ended = Promise.withResolvers<StatusObject>();
  stream.on("data", (message: ServerMessage__Output) => received.put(message));
  stream.on("error", () => {});
  stream.on("status", (end) => {
    ended.resolve(end);
    client.close();
  });
  const send = (message: WorkerMessage) => void stream.write(message);
  send({ hello: { protocolVersion: 1, instanceId: crypto.randomUUID(), ...hello } });
  return {
    stream,
    send,
    ended: ended.promise,
    /** The next message of a kind; what came before it is kept. */
    async take<K extends Exclude<keyof ServerMessage__Output, "message">>(kind: K) {
      const message = await received.take((candidate) => Boolean(candidate[kind]));
      return message[kind] as NonNullable<ServerMessage__Output[K]>;
    },
  };
}

export type BareWorker = ReturnType<typeof bareWorker>;
