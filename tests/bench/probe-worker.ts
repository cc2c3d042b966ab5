/** A worker that tells when things happen to it: the benchmark reads its progress messages and its output. */
import { startWorker, wait } from "@uws/worker";

/** Milliseconds since 1970, with fractions; the clock of this machine. */
const now = () => performance.timeOrigin + performance.now();

await startWorker({
  name: "probe",
  slots: Number(process.env.UWS_SLOTS ?? 8),
  jobs: {
    async simulate(job) {
      const steps = Number(job.parameters.get("STEPS") ?? 0);
      try {
        for (let step = 1; step <= steps; step += 1) {
          job.progress(step / steps, String(now()));
          // Slower than the SDK sends, so that every message is sent at once.
          await wait(150, job.signal);
        }
      } catch (error) {
        console.log(JSON.stringify({ job: job.jobId, interrupted: now() }));
        throw error;
      }
    },
  },
});
