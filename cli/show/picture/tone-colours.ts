/** Colours of VLANs. */

/** Unlike their neighbours also in brightness; the first of each pair is for light, the second for dark. */
export const toneColours: readonly (readonly [light: string, dark: string])[] = [
  ["#1c6dd0", "#6cb0ff"],
  ["#d9480f", "#ff9d5c"],
  ["#2b8a3e", "#5fd47a"],
  ["#a62fc4", "#df8cf3"],
  ["#a37700", "#f2c94c"],
  ["#0b7f93", "#4fd0e3"],
  ["#d6336c", "#ff8fb8"],
  ["#5f3dc4", "#a991ff"],
  ["#5a8a0a", "#b1e35c"],
  ["#8d5524", "#d8a777"],
];

/** Of what is in no VLAN. */
export const plainColours = ["#5c6670", "#b3bcc6"] as const;

const toneCount = toneColours.length;

/** The class that gives the colour of a VLAN. */
export function toneClass(tone: number | undefined): string {
  return tone === undefined ? "t" : `t${tone % toneCount}`;
}

/** After the last colour the first comes again, hollow, and so on. */
export function isHollow(tone: number | undefined): boolean {
  return tone !== undefined && Math.floor(tone / toneCount) % 2 === 1;
}

/** For where only one colour can be said: it can be read on white. */
export function lightColour(tone: number | undefined): string {
  const [colour] = tone === undefined ? plainColours : (toneColours[tone % toneCount] ?? plainColours);
  return colour;
}
