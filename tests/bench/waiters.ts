import { residentMemory } from "../support/memory.ts";
import {
  change,
  createJobs,
  gather,
  LongPolls,
  openWaitingRoom,
  quantiles,
  type WaitingApi,
} from "../support/waiting-room.ts";
import type { Measured } from "./measured.ts";

const clients = 5000;

/** How long after a change those who wait for it have their answers: 5,000 long polls at one api process. */
export async function measureWaiters(natsUrl: string): Promise<Measured[]> {
  const room = await openWaitingRoom(natsUrl);
  try {
    const api = await room.api();
    const before = await residentMemory(api.pid);
    const polls = await LongPolls.open(api.url, clients);
    // The first round warms up.
    const memory: number[] = [];
    const round = async (jobs: number) => await wake(api, polls, jobs, memory);
    await round(300);
    const spread = await round(300);
    const [single, again] = [await round(1), await round(1)];
    polls.close();
    const heavy = (((memory[0] ?? before) - before) / 1024 ** 2).toFixed(0);
    return [
      { what: "5,000 WAIT requests over 300 jobs: response of the change → answer of each waiter", value: spread },
      { what: "5,000 WAIT requests on one job", value: `${single}; again: ${again}` },
      { what: "memory of the api process that 5,000 connections and their waiting take", value: `${heavy} MiB` },
    ];
  } finally {
    await room.close();
  }
}

async function wake(api: WaitingApi, polls: LongPolls, count: number, memory: number[]): Promise<string> {
  const changed = new Map<string, number>();
  const jobs = await createJobs(api, count);
  const crowd = await gather(api, polls, jobs, "PENDING", changed);
  memory.push(await residentMemory(api.pid));
  await change(api, jobs, "RUN", changed);
  const { phases, milliseconds } = await crowd.woken();
  if (phases.some((phase) => phase !== "QUEUED")) throw new Error("Not all were woken.");
  return quantiles(milliseconds);
}
