import { xmlText } from "../xml-text.ts";
import { starColour } from "./star-appearance.ts";

export interface LegendEntry {
  readonly symbol: "ring" | "cross" | "matched-dot" | "unmatched-dot" | "circle" | "star" | "other-star";
  readonly text: string;
}

/** Where the strip with the legend begins, pixels from the top. */
export const LEGEND_TOP = 752;
const STRIP_HEIGHT = 50;
const LEFT = 44;

const SYMBOLS: Readonly<Record<LegendEntry["symbol"], string>> = {
  ring: '<circle r="5.5" fill="none" stroke="#ffb43b" stroke-width="1.6"/>',
  cross: '<path d="M-4-4L4 4M-4 4L4-4" stroke="#9fb0e6" stroke-width="1.5"/>',
  "matched-dot": '<circle r="2.2" fill="#ffb43b"/>',
  "unmatched-dot": '<circle r="2" fill="#8494c4"/>',
  circle:
    '<circle r="8" fill="#ffb43b" fill-opacity="0.05" stroke="#ffb43b" stroke-opacity="0.8" stroke-dasharray="4 3"/>',
  star: '<circle r="4" fill="#fff0d7"/>',
  "other-star": '<circle r="2.5" fill="#c9d4ff" fill-opacity="0.5"/>',
};

/** A strip of night below the map that shows each symbol on the ground on which it is drawn. */
export function drawLegend(
  entries: readonly LegendEntry[],
  scale: { readonly magnitudes: readonly number[]; readonly size: (vmag: number) => number; readonly width: number },
): string {
  const middle = LEGEND_TOP + STRIP_HEIGHT / 2;
  const parts: string[] = [];
  let x = LEFT + 24;
  for (const { symbol, text } of entries) {
    parts.push(
      `<g transform="translate(${x} ${middle})">${SYMBOLS[symbol]}<text x="15" y="4.5">${xmlText(text)}</text></g>`,
    );
    x += 15 + text.length * 6.6 + 30;
  }

  // From the right: colours, then magnitudes.
  const barWidth = 110;
  const barLeft = scale.width - LEFT - barWidth - 34;
  const stops = [-0.4, 0, 0.4, 0.8, 1.2, 1.6, 2]
    .map((bv) => `<stop offset="${(bv + 0.4) / 2.4}" stop-color="${starColour(bv)}"/>`)
    .join("");
  parts.push(
    `<linearGradient id="colours">${stops}</linearGradient>`,
    `<text x="${barLeft - 10}" y="${middle + 4.5}" text-anchor="end">B−V</text>`,
    `<rect x="${barLeft}" y="${middle - 9}" width="${barWidth}" height="9" rx="2" fill="url(#colours)"/>`,
    ...[0, 1, 2].map(
      (bv) =>
        `<text x="${barLeft + (barWidth * (bv + 0.4)) / 2.4}" y="${middle + 14}" font-size="11" text-anchor="middle">${bv}</text>`,
    ),
  );
  const step = 36;
  const first = barLeft - 60 - step * scale.magnitudes.length;
  parts.push(`<text x="${first - 2}" y="${middle + 4.5}" text-anchor="end">V</text>`);
  for (const [index, vmag] of scale.magnitudes.entries()) {
    const at = first + 18 + index * step;
    parts.push(
      `<circle cx="${at}" cy="${middle - 6}" r="${scale.size(vmag).toFixed(1)}" fill="#ffffff"/>`,
      `<text x="${at}" y="${middle + 18}" font-size="11" text-anchor="middle">${String(vmag).replace("-", "−")}</text>`,
    );
  }
  return `<rect x="${LEFT}" y="${LEGEND_TOP}" width="${scale.width - 2 * LEFT}" height="${STRIP_HEIGHT}" rx="8" fill="#101838"/>
<g font-size="12.5" fill="#dbe4ff">${parts.join("")}</g>`;
}
