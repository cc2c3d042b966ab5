import { useEffect, useState } from "preact/hooks";

/** The time, each second while it is wanted. */
export function useNow(wanted: boolean): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => setNow(new Date()), 1000);
    return () => clearInterval(timer);
  }, [wanted]);
  return now;
}
