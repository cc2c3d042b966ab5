import type { Hello } from "@uws/protocol";
import { getJob } from "@uws/store";
import { until } from "@uws/testing";
import { type BareWorker, bareWorker } from "./bare-worker.ts";
import { openTestHouse } from "./testing.ts";

/** A gateway for tests of the protocol, and workers without an SDK that connect to it. */
export async function openSetting(timing: Parameters<typeof openTestHouse>[0] = {}) {
  const house = await openTestHouse(timing);
  const gateway = await house.gateway();
  const open: BareWorker[] = [];
  const newType = () => `type-${crypto.randomUUID()}`;
  const job = async (id: string) => await getJob(house.store, "any", id);
  const phase = async (id: string, wanted: string) =>
    await until(async () => (await job(id))?.phase === wanted, `${wanted} of job ${id}`);

  /** Says Hello, and closes with the setting. */
  function greet(hello: Hello, { address } = gateway): BareWorker {
    const worker = bareWorker(address, hello);
    open.push(worker);
    return worker;
  }

  /** Connects and is welcome. */
  async function connect(type: string, slots: number, hello: Hello = {}): Promise<BareWorker> {
    const worker = greet({ jobTypes: [type], ...hello });
    await worker.take("welcome");
    worker.send({ credit: { totalSlots: slots } });
    return worker;
  }

  /** Connects, is given a job and accepts it. */
  async function hold(type = newType(), instanceId: string = crypto.randomUUID()) {
    const worker = await connect(type, 1, { instanceId });
    const id = await house.submit(type);
    const assign = await worker.take("assign");
    worker.send({ accept: { attemptToken: assign.attemptToken } });
    await phase(id, "EXECUTING");
    return { worker, id, type, instanceId, attemptToken: assign.attemptToken, assign };
  }

  async function close(): Promise<void> {
    for (const worker of open) worker.stream.cancel();
    await house.close();
  }

  return { house, gateway, newType, job, phase, greet, connect, hold, close };
}

export type Setting = Awaited<ReturnType<typeof openSetting>>;
