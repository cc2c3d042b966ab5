import { expect, test } from "bun:test";
import { parsePasswd, unprivilegedUser } from "./unprivileged-user.ts";

test("root becomes somebody else, anybody else stays who they are", async () => {
  const user = await unprivilegedUser();
  if (process.getuid?.() === 0) expect(user?.uid).toBeGreaterThan(0);
  else expect(user).toBeUndefined();
});

test("lines of a passwd file that name no user are passed over", () => {
  expect(parsePasswd("root:x:0:0::/root:/bin/sh\n+::::::\n\n#x\nnobody:x:65534:65533::/:/bin/false\n")).toEqual([
    { name: "root", uid: 0, gid: 0 },
    { name: "nobody", uid: 65534, gid: 65533 },
  ]);
});
