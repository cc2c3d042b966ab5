import { useEffect, useState } from "preact/hooks";

let current: string | undefined;
const listeners = new Set<(name: string | undefined) => void>();

/** Takes the name under which the server has answered. */
export function heardFrom(headers: Headers): void {
  const name = headers.get("x-vo-authenticated") ?? undefined;
  // Not every answer says it: what is open to everybody does not look who asks.
  if (name === undefined || name === current) return;
  current = name;
  for (const listener of listeners) listener(name);
}

/** The name of the user, as soon as the server has said it. */
export function useIdentity(): string | undefined {
  const [name, setName] = useState(current);
  useEffect(() => {
    setName(current);
    listeners.add(setName);
    return () => void listeners.delete(setName);
  }, []);
  return name;
}
