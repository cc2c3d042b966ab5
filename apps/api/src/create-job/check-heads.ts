import type { BlobStore } from "@uws/blobs";
import { cutValue, type InvalidParameter, type Parameter } from "@uws/core";
import { headLength, headRule, type JobDescription } from "@uws/description";

/**
 * Looks at the beginning of what was sent where the description says how it must begin: a table without the columns that
 * the job needs is refused now, not after a wait in the queue.
 * @returns what is wrong; empty when nothing is
 */
export async function checkHeads(
  description: JobDescription,
  parameters: readonly Parameter[],
  blobs: BlobStore,
): Promise<InvalidParameter[]> {
  const given = new Set(parameters.map(({ name }) => name.toLowerCase()));
  const problems: InvalidParameter[] = [];
  for (const parameter of parameters) {
    const rule = headRule(description, parameter.name);
    if (rule === undefined || rule.unless.some((name) => given.has(name.toLowerCase()))) continue;
    if (rule.pattern.test(await headOf(parameter, blobs))) continue;
    const { name } = parameter;
    const value = "value" in parameter ? cutValue(parameter.value) : null;
    problems.push({ parameter: name, value, rule: rule.message, message: `${name}: ${rule.message}` });
  }
  return problems;
}

async function headOf(parameter: Parameter, blobs: BlobStore): Promise<string> {
  if ("value" in parameter) return parameter.value.slice(0, headLength);
  const blob = await blobs.get(parameter.upload.key);
  if (blob === undefined) return "";
  const bytes = new Uint8Array(await new Response(blob.stream(0, Math.min(blob.size, headLength))).arrayBuffer());
  // A byte order mark says UTF-16; everything else reads well enough as UTF-8 to see names in ASCII.
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(utf16).decode(bytes);
}
