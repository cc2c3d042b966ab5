import type { RemotePhase, RemoteProgress } from "@uws/client";

/** A phase: its name always, its colour beside that. */
export function Phase({ phase }: { readonly phase: RemotePhase }) {
  return <span class={`phase ${phase}`}>{phase}</span>;
}

/** How far a job is. */
export function Progress({ progress }: { readonly progress: RemoteProgress }) {
  const percent = `${Math.round(progress.fraction * 100)} %`;
  return (
    <span class="progress">
      <progress value={progress.fraction} max={1} aria-label="Progress">
        {percent}
      </progress>
      <span class="percent">{percent}</span>
      <span class="message" title={progress.message}>
        {progress.message}
      </span>
    </span>
  );
}
