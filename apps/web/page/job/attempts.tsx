import type { RemoteJob } from "@uws/client";
import { Time } from "../common/time.tsx";

/** Attempts that are shown, the newest ones. */
const rowsShown = 50;

/** How often it was tried, where that is more than once. */
export function Attempts({ job: { attempts = [] } }: { readonly job: RemoteJob }) {
  if (attempts.length < 2) return null;
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <table class="attempts">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Worker</th>
            <th scope="col">Started</th>
            <th scope="col">Ended</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {attempts.slice(-rowsShown).map(({ number, worker, startTime, endTime, outcome, message }) => (
            <tr key={number}>
              <td>{number}</td>
              <td>{worker}</td>
              <td>
                <Time time={startTime} />
              </td>
              <td>
                <Time time={endTime} />
              </td>
              <td>
                {outcome ?? "running"} {message !== undefined && <span class="hint">{message}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
