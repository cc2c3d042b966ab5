import { UwsError } from "@uws/core";

/** Bytes of a password. */
const shortest = 8;
const longest = 1024;

/** Hashes a password by argon2id, into the PHC string format. @throws UwsError "invalid" */
export async function hashPassword(password: string): Promise<string> {
  const bytes = Buffer.byteLength(password);
  if (bytes < shortest || bytes > longest) {
    throw new UwsError("invalid", `A password must have ${shortest} to ${longest} bytes.`);
  }
  return await Bun.password.hash(password, "argon2id");
}

/** Names of users stand in XML, headers and addresses; a colon would end them (RFC 7617, section 2). @throws UwsError */
export function checkUserName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(name)) return name;
  throw new UwsError(
    "invalid",
    "A user's name must be 1 to 64 letters, digits and . _ @ + -, a letter or digit first.",
  );
}
