import type { JobHandle } from "@uws/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { useVisible } from "../common/use-visible.ts";
import { JobFollower, type JobView, unknownJob } from "./job-follower.ts";

/**
 * A job as it lives, while somebody may be looking: a browser opens six connections to a server, and each tab in the
 * background would hold one of them.
 * @param handle another one is another job
 * @returns the view, and a way to look again after something was done to the job
 */
export function useJob(handle: JobHandle): [JobView, () => void] {
  const [view, setView] = useState(unknownJob);
  const follower = useRef<JobFollower>();
  const visible = useVisible();
  useEffect(() => {
    const own = new JobFollower(handle, setView);
    follower.current = own;
    return () => own.stop();
  }, [handle]);
  useEffect(() => {
    if (visible) follower.current?.start();
    else follower.current?.stop();
  }, [visible, handle]);
  return [view, () => follower.current?.again()];
}
