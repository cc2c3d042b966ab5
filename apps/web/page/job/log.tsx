import { useEffect, useRef } from "preact/hooks";
import type { Log } from "./log-lines.ts";

/** What the worker writes, the newest line last; it stays at the end unless somebody has scrolled up. */
export function LogSection({ log, several }: { readonly log: Log; readonly several: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (element !== null && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [log]);
  const scrolled = () => {
    const element = box.current;
    if (element !== null) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 20;
  };
  if (log.lines.length === 0) return null;
  return (
    <section aria-labelledby="log">
      <h2 id="log">Log</h2>
      {log.dropped > 0 && <p class="hint">{log.dropped} earlier lines are left out.</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="log" role="log" ref={box} tabIndex={0} aria-labelledby="log" onScroll={scrolled}>
        {log.lines.map((line, index) => (
          <div key={log.dropped + index} class={line.level}>
            <span class="time">{line.time.slice(11, 23)}</span>
            {several && <span class="attempt">#{line.attempt}</span>}
            {line.level !== "info" && <span class="level">{line.level}</span>}
            <span>{line.message}</span>
          </div>
        ))}
      </div>
    </section>
  );
}
