/** The looks of a picture: system fonts, light and dark as the reader's desk is. */
import { plainColours, toneColours } from "./tone-colours.ts";

function tones(at: 0 | 1, used: ReadonlySet<string>): string {
  const all = [["t", plainColours] as const, ...toneColours.map((pair, tone) => [`t${tone}`, pair] as const)];
  return all
    .filter(([name]) => used.has(name))
    .map(([name, pair]) => `.w.${name},.d.${name}{stroke:${pair[at]}}.p.${name}{fill:${pair[at]}}`)
    .join("\n");
}

const light = `.ground{fill:#ffffff}.frame{fill:#f6f8fa;stroke:#8c959f}.panel{fill:#ffffff;stroke:#d0d7de}
.switch{fill:#eef1f4;stroke:#57606a}.box{fill:#ffffff;stroke:#8c959f}.box.host{fill:#f3f0ff;stroke:#7f6fb5}
.box.uplink{fill:#fff8e6;stroke:#a08642}.box.guest{fill:#effaf1;stroke:#6a9a73}
.name,.title{fill:#1f2328}.text{fill:#1f2328}.faint{fill:#59636e}.note{fill:#9a4a00}.label{fill:#ffffff}
.under{stroke:#eef1f4}.core{stroke:#ffffff}.plain{fill:#1f2328}.route{stroke:#7f6fb5}.dot{fill:#7f6fb5}.ring{fill:#ffffff}`;

const dark = `.ground{fill:#0d1117}.frame{fill:#151b23;stroke:#656c76}.panel{fill:#0d1117;stroke:#3d444d}
.switch{fill:#212830;stroke:#9198a1}.box{fill:#161b22;stroke:#656c76}.box.host{fill:#221d33;stroke:#8f80c9}
.box.uplink{fill:#2b2413;stroke:#a08642}.box.guest{fill:#14261a;stroke:#5c8a66}
.name,.title{fill:#f0f6fc}.text{fill:#f0f6fc}.faint{fill:#9aa4ae}.note{fill:#ffb366}.label{fill:#0d1117}
.under{stroke:#212830}.core{stroke:#0d1117}.plain{fill:#f0f6fc}.route{stroke:#a596e0}.dot{fill:#a596e0}.ring{fill:#161b22}`;

const shapes = `text{font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Arial,sans-serif}
.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
.name{font-size:16px;font-weight:600}.title{font-size:13px;font-weight:600}.text{font-size:11.5px}
.faint{font-size:10.5px}.note{font-size:10.5px}.label,.plain{font-size:11px;font-weight:600}
.mid{text-anchor:middle}
.w{fill:none;stroke-width:2.5}.core{fill:none;stroke-width:1}.lane{stroke-width:5;stroke-linecap:round}.core.lane{stroke-width:2}.under{fill:none;stroke-width:10}
.d{stroke-width:2.5}.isolated{stroke-dasharray:7 4}.off{stroke-dasharray:1.5 4;opacity:.7}
.route{fill:none;stroke-width:1.5;stroke-dasharray:5 4}.shut{opacity:.45}`;

/** @param used classes of colours that occur: a picture of two VLANs need not know ten */
export function pictureStyle(used: ReadonlySet<string>): string {
  return `${shapes}\n${light}\n${tones(0, used)}\n@media (prefers-color-scheme:dark){\n${dark}\n${tones(1, used)}\n}\n`;
}
