import { text } from "node:stream/consumers";
import { read } from "read";

/**
 * Asks for a new password: twice and without showing it at a terminal, else whatever stdin holds, without the end of its
 * line. Never an argument, which everybody on the machine can see.
 * @throws Error when the two are not the same
 */
export async function readPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  const password = await askSecret(`Password of ${name}: `);
  if ((await askSecret("Once more: ")) !== password)
    throw new Error("The two passwords are not the same; nothing was changed.");
  return password;
}

/** Asks at the terminal, and does not show what is typed. */
export async function askSecret(prompt: string): Promise<string> {
  return await read({ prompt, silent: true, output: process.stderr });
}
