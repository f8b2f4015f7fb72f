// Landscapes that nobody took: drawn from a seed, for pictures of the product that show nobody's family.

/** A number in [0, 1) after another, the same ones for the same seed. */
function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Light {
  readonly sky: readonly [string, string, string];
  readonly far: string;
  readonly near: string;
  readonly lamp: string;
  readonly lampHeight: number;
}

const LIGHTS: readonly Light[] = [
  { sky: ['#5b8fc4', '#a9cce3', '#f3ead2'], far: '#9db7c9', near: '#2f4f3d', lamp: '#fff3cf', lampHeight: 0.2 },
  { sky: ['#31456f', '#c77b6b', '#f7c98b'], far: '#b08a96', near: '#2a2a3c', lamp: '#ffe2a1', lampHeight: 0.42 },
  { sky: ['#8fb9d8', '#d7e6ea', '#f7f1e4'], far: '#b7cad0', near: '#4e6b3c', lamp: '#ffffff', lampHeight: 0.14 },
  { sky: ['#4a6a8f', '#d9a5a0', '#f5d7bd'], far: '#a99fb4', near: '#5a3b2e', lamp: '#fff0d6', lampHeight: 0.36 },
  { sky: ['#1d2b4f', '#4d5f8c', '#a994a8'], far: '#5f6b93', near: '#11182b', lamp: '#f4f1e4', lampHeight: 0.18 },
  { sky: ['#9fb4c7', '#dfe6ea', '#f6f3ee'], far: '#c3cfd8', near: '#6f8290', lamp: '#fffaf0', lampHeight: 0.24 },
  { sky: ['#6fa3c7', '#cfe0d8', '#f4e3b5'], far: '#c5b98a', near: '#8a5a2b', lamp: '#fff1c2', lampHeight: 0.28 },
];

function mix(one: string, other: string, part: number): string {
  const channel = (colour: string, at: number) => parseInt(colour.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(one, at) * (1 - part) + channel(other, at) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** The line of a ridge, rough in the large and in the small. */
function ridge(random: () => number, width: number, base: number, height: number, roughness: number): string {
  const waves = Array.from({ length: 6 }, (_, octave) => ({
    length: (width * (0.5 + random() * 0.6)) / 2 ** octave,
    shift: random() * 6.3,
    height: height * roughness ** octave,
  }));
  let path = `M0 2000`;
  for (let x = -8; x <= width + 8; x += 8) {
    const y = waves.reduce((sum, wave) => sum + Math.sin((x / wave.length) * 6.283 + wave.shift) * wave.height, 0);
    path += ` L${x} ${(base - y).toFixed(1)}`;
  }
  return `${path} L${width + 8} 2000Z`;
}

function firs(random: () => number, width: number, base: number, colour: string): string {
  let drawn = '';
  for (let count = 0; count < 26; count++) {
    // They stand together at the sides, as they do in pictures.
    const side = random() < 0.5 ? random() ** 2 * 0.36 : 1 - random() ** 2 * 0.36;
    const x = side * width;
    const tall = width * (0.06 + random() * 0.11);
    const foot = base + random() * tall * 0.5;
    let tree = '';
    for (let storey = 0; storey < 5; storey++) {
      const top = foot - tall + (storey * tall) / 5.6;
      const half = tall * (0.05 + storey * 0.035);
      tree += `M${x} ${top} L${x + half} ${top + tall * 0.3} L${x - half} ${top + tall * 0.3}Z `;
    }
    drawn += `<path d="${tree}" fill="${mix(colour, '#000000', random() * 0.3)}"/>`;
  }
  return drawn;
}

/** One landscape as a document of SVG, of that size. */
export function landscape(seed: number, width: number, height: number): string {
  const random = numbers(seed + 1);
  const light = LIGHTS[seed % LIGHTS.length]!;
  const horizon = height * (0.5 + random() * 0.12);
  const hasLake = random() < 0.65;
  const lamp = { x: width * (0.2 + random() * 0.6), y: height * light.lampHeight, radius: height * 0.045 };
  const ridges = [0, 1, 2, 3].map((layer) => {
    const colour = mix(light.far, light.near, (layer / 3) ** 1.3);
    const base = horizon - height * (0.12 - layer * 0.055);
    return `<path d="${ridge(random, width, base, height * (0.075 - layer * 0.013), 0.47)}" fill="${colour}"/>
      <rect y="${base - height * 0.02}" width="${width}" height="${height * 0.14}" fill="url(#mist)"/>`;
  });
  const shore = horizon + height * 0.07;
  const scenery = `<rect width="${width}" height="${height}" fill="url(#sky)"/>
    <circle cx="${lamp.x}" cy="${lamp.y}" r="${height * 0.5}" fill="url(#glow)"/>
    <circle cx="${lamp.x}" cy="${lamp.y}" r="${lamp.radius}" fill="${light.lamp}"/>${ridges.join('')}`;
  const lake = `<g clip-path="url(#below)">
      <g transform="translate(0 ${2 * shore}) scale(1 -1)" opacity=".82" filter="url(#water)">${scenery}</g>
      <rect y="${shore}" width="${width}" height="${height}" fill="url(#depth)"/>
    </g>`;
  const ground = ridge(random, width, height * (hasLake ? 0.93 : 0.8), height * 0.025, 0.55);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    <defs>
      <linearGradient id="sky" x2="0" y2="1" gradientUnits="objectBoundingBox">
        <stop offset="0" stop-color="${light.sky[0]}"/><stop offset=".38" stop-color="${light.sky[1]}"/>
        <stop offset=".62" stop-color="${light.sky[2]}"/>
      </linearGradient>
      <radialGradient id="glow"><stop offset="0" stop-color="${light.lamp}" stop-opacity=".75"/>
        <stop offset=".25" stop-color="${light.lamp}" stop-opacity=".25"/><stop offset="1" stop-color="${light.lamp}" stop-opacity="0"/>
      </radialGradient>
      <linearGradient id="mist" x2="0" y2="1"><stop offset="0" stop-color="${light.sky[2]}" stop-opacity="0"/>
        <stop offset="1" stop-color="${light.sky[2]}" stop-opacity=".3"/></linearGradient>
      <linearGradient id="depth" x2="0" y2="1"><stop offset="0" stop-color="${light.sky[0]}" stop-opacity=".12"/>
        <stop offset=".6" stop-color="${light.near}" stop-opacity=".75"/></linearGradient>
      <clipPath id="below"><rect y="${shore}" width="${width}" height="${height}"/></clipPath>
      <filter id="water" x="0" y="0" width="1" height="1">
        <feTurbulence type="fractalNoise" baseFrequency=".008 .11" numOctaves="2" seed="${seed + 3}"/>
        <feDisplacementMap in="SourceGraphic" scale="${height * 0.025}" xChannelSelector="R" yChannelSelector="G"/>
      </filter>
      <filter id="grain" x="0" y="0" width="1" height="1">
        <feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="2" seed="${seed + 9}"/>
        <feColorMatrix type="saturate" values="0"/>
      </filter>
    </defs>
    ${scenery}${hasLake ? lake : ''}
    <path d="${ground}" fill="${mix(light.near, '#000000', 0.25)}"/>
    ${firs(random, width, height * (hasLake ? 0.94 : 0.84), mix(light.near, '#000000', 0.35))}
    <rect width="${width}" height="${height}" filter="url(#grain)" opacity=".07"/>
  </svg>`;
}
