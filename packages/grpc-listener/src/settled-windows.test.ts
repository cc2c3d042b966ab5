import { expect, test } from "bun:test";
import fc from "fast-check";
import { FrameCutter, frameType, headLength } from "./frames.ts";
import { SettledWindows } from "./settled-windows.ts";
import { frame, preface, settings, update } from "./testing/frames.ts";

/** What a client does to its windows. */
type Step =
  | { readonly open: number }
  /** The initial window becomes so much larger. */
  | { readonly set: number }
  | { readonly update: number; readonly by: number }
  | { readonly end: number; readonly by: "client" | "server" };

const stream = fc.integer({ min: 0, max: 9 }).map((index) => index * 2 + 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ open: stream }),
  fc.record({ set: fc.integer({ min: -5_000_000, max: 5_000_000 }) }),
  fc.record({ update: fc.oneof(stream, fc.constant(0)), by: fc.integer({ min: 1, max: 5_000_000 }) }),
  fc.record({ end: stream, by: fc.constantFrom("client" as const, "server" as const) }),
);

const initial = fc.integer({ min: 0, max: 200_000 });

/** The windows of the streams, as somebody counts them who does with SETTINGS what `changesOpen` says. */
class Windows {
  readonly of = new Map<number, number>();
  #initial = 65_535;
  readonly #changesOpen: boolean;

  constructor(changesOpen: boolean) {
    this.#changesOpen = changesOpen;
  }

  /** @param bytes whole frames, no preface */
  read(bytes: Buffer): void {
    for (const piece of new FrameCutter("server").cut(bytes)) {
      const { type, flags, stream } = piece.head;
      if (type === frameType.headers) this.of.set(stream, this.of.get(stream) ?? this.#initial);
      if (type === frameType.windowUpdate) this.#add(stream, piece.bytes.readUInt32BE(headLength));
      if (type !== frameType.settings || flags !== 0) continue;
      for (let at = headLength; at < piece.bytes.length; at += 6) {
        if (piece.bytes.readUInt16BE(at) !== 4) continue;
        const initial = piece.bytes.readUInt32BE(at + 2);
        if (this.#changesOpen) for (const open of this.of.keys()) this.#add(open, initial - this.#initial);
        this.#initial = initial;
      }
    }
  }

  #add(stream: number, bytes: number): void {
    const window = this.of.get(stream);
    if (window !== undefined) this.of.set(stream, window + bytes);
  }
}

/** The windows as the client means them, and as its server counts them that only understands WINDOW_UPDATE. */
class Connection {
  readonly client = new Windows(true);
  readonly server = new Windows(false);
  readonly #settled = new SettledWindows();
  #initial: number;
  #newest = 0;

  constructor(initial: number) {
    this.#settled.fromClient(preface);
    this.#initial = initial;
    this.say(settings(initial));
  }

  say(bytes: Buffer): void {
    this.client.read(bytes);
    this.server.read(this.#settled.fromClient(bytes));
  }

  do(step: Step): void {
    if ("open" in step && step.open > this.#newest) {
      this.#newest = step.open;
      this.say(frame(frameType.headers, 0x4, step.open));
    } else if ("set" in step) {
      this.#initial = Math.max(0, this.#initial + step.set);
      this.say(settings(this.#initial));
    } else if ("update" in step) {
      this.say(update(step.update, step.by));
    } else if ("end" in step && this.client.of.has(step.end)) {
      if (step.by === "client") this.say(frame(frameType.resetStream, 0, step.end, Buffer.alloc(4)));
      else this.#settled.fromServer(frame(frameType.data, 0x1, step.end));
      this.client.of.delete(step.end);
      this.server.of.delete(step.end);
    }
  }
}

test("who enlarges the initial window finds the server's windows as it means them", () => {
  const growing = step.filter((step) => !("set" in step && step.set < 0));
  fc.assert(
    fc.property(initial, fc.array(growing, { maxLength: 60 }), (initial, steps) => {
      const connection = new Connection(initial);
      for (const step of steps) {
        connection.do(step);
        expect([...connection.server.of]).toEqual([...connection.client.of]);
      }
    }),
  );
});

test("what an initial window loses, the server pays back with what it is given next", () => {
  fc.assert(
    fc.property(initial, fc.array(step, { maxLength: 60 }), (initial, steps) => {
      const connection = new Connection(initial);
      for (const step of steps) {
        connection.do(step);
        for (const [open, window] of connection.client.of) {
          expect(connection.server.of.get(open)).toBeGreaterThanOrEqual(window);
        }
      }
      for (const open of connection.client.of.keys()) connection.say(update(open, 400_000_000));
      expect([...connection.server.of]).toEqual([...connection.client.of]);
    }),
  );
});

test("however the bytes are cut, the server reads the same", () => {
  const said = Buffer.concat([
    preface,
    settings(65_535),
    frame(frameType.headers, 0, 1, Buffer.from("some headers")),
    frame(frameType.continuation, 0x4, 1, Buffer.from("more")),
    settings(100_000),
    frame(frameType.headers, 0x4, 3, Buffer.from("headers")),
    frame(frameType.data, 0, 3, Buffer.alloc(40_000, "x")),
    frame(frameType.headers, 0x5, 3, Buffer.from("trailers")),
    settings(50_000),
    update(1, 60_000),
    frame(frameType.settings, 0x1, 0),
  ]);
  const whole = new SettledWindows().fromClient(said);
  const plain = said.length + 2 * update(1, 1).length;
  expect(whole.length).toBe(plain);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: said.length }), { maxLength: 40 }), (cuts) => {
      const settled = new SettledWindows();
      const read: Buffer[] = [];
      let from = 0;
      for (const to of [...cuts.sort((a, b) => a - b), said.length]) {
        read.push(settled.fromClient(said.subarray(from, to)));
        from = to;
      }
      expect(Buffer.concat(read).equals(whole)).toBe(true);
    }),
  );
});

test("what is wrong is left to the server to say", () => {
  for (const wrong of [
    update(1, 0),
    frame(frameType.windowUpdate, 0, 1, Buffer.alloc(3)),
    frame(frameType.settings, 0, 0, Buffer.alloc(5)),
    settings(0xffffffff),
    frame(frameType.settings, 0, 0, Buffer.alloc(20_000)),
  ]) {
    const settled = new SettledWindows();
    settled.fromClient(Buffer.concat([preface, settings(100_000), frame(frameType.headers, 0x4, 1), settings(1)]));
    expect(settled.fromClient(wrong).equals(wrong)).toBe(true);
  }
});
