import { expect, test } from "bun:test";
import type { RemoteJob } from "@uws/client";
import { curlCommand } from "./curl-command.ts";

const list = "http://h:1/cone/async";
const job = (parameters: RemoteJob["parameters"], runId?: string) => ({ parameters, runId }) as RemoteJob;
const value = (name: string, text: string) => ({ name, value: text, byReference: false });

/** What curl would be called with: a real shell says it, a line for each argument. */
async function calls(command: string): Promise<string[][]> {
  const script = `curl() { printf '%s\\0' "$@"; printf '\\n\\0'; }\n${command}`;
  const output = await Bun.$`sh -c ${script}`.text();
  return output
    .split("\n\0")
    .slice(0, -1)
    .map((call) => call.split("\0").slice(0, -1));
}

test("the command has the parameters as they are, whatever is in them", async () => {
  const nasty = 'it\'s $HOME `id` "x"\\ \n<script>é';
  const command = curlCommand(
    job([value("Q", nasty), value("Q", "2"), value("-o", "x")], "a b"),
    list,
    (link) => link,
    "ada",
  );
  expect(await calls(command)).toEqual([
    [
      ...["-sf", "-u", "ada", "-o", "/dev/null", "-w", "%{redirect_url}\\n"],
      ...["--data-urlencode", `Q=${nasty}`, "--data-urlencode", "Q=2", "--data-urlencode", "-o=x"],
      ...["--data-urlencode", "RUNID=a b", "--data-urlencode", "PHASE=RUN", list],
    ],
  ]);
});

test("uploads are fetched first, and sent as files", async () => {
  const file = (name: string, href: string) => ({ name, value: href, byReference: true, mediaType: "text/csv" });
  const parameters = [file("T", "/1"), file("T", "/2"), file("../x;y", "/3"), value("@R", "@1")];
  expect(await calls(curlCommand(job(parameters), list, (link) => `http://h${link}`, undefined))).toEqual([
    ["-sf", "-o", "T", "http://h/1"],
    ["-sf", "-o", "T.2", "http://h/2"],
    ["-sf", "-o", "_._x_y", "http://h/3"],
    [
      ...["-sf", "-o", "/dev/null", "-w", "%{redirect_url}\\n"],
      ...["-F", "T=@T;type=text/csv", "-F", "T=@T.2;type=text/csv", "-F", "../x;y=@_._x_y;type=text/csv"],
      ...["--form-string", "@R=@1", "--form-string", "PHASE=RUN", list],
    ],
  ]);
});
