import type { JobDescription } from "@uws/description";
import type { Service } from "../service.ts";

/** What a person should know of a service's job types before creating a job, in CommonMark. */
export function aboutTypes({ types, typeParameter, quota }: Service): string {
  const [only, ...others] = types;
  const about =
    others.length === 0 && only !== undefined
      ? [only.description.trim() || only.title, limitsText(only)]
      : [
          `\`${typeParameter}\` says what kind of job:`,
          types.map((type) => `- \`${type.name}\` ${type.version}: ${type.title}. ${limitsText(type)}`).join("\n"),
        ];
  return [...about, ...quotaText(quota)].join("\n\n");
}

function limitsText({ executionDuration, destruction }: JobDescription): string {
  const most = (seconds: number, unlimited: string) => (seconds === 0 ? unlimited : `${seconds} s`);
  return [
    `A job may run for ${most(executionDuration.default, "any time")} unless it asks for other`,
    `(at most ${most(executionDuration.max, "any")}), and is kept for ${most(destruction.default, "ever")} after its creation`,
    `(at most ${most(destruction.max, "for ever")}).`,
  ].join(" ");
}

function quotaText(quota: Service["quota"]): string[] {
  if (quota === undefined) return [];
  const over = quota.over === "hold" ? "further ones are HELD" : "further ones are refused (403)";
  return [`${quota.active} jobs of one owner may wait or run at once; ${over}.`];
}
