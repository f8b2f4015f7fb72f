// What a browser says of itself, in as few words as a person needs to know their own machine again.

const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/YaBrowser\//, 'Яндекс Браузер'],
  [/Firefox\//, 'Firefox'],
  [/(Chrome|CriOS)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const systems: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

function first(agent: string, table: [RegExp, string][]): string {
  return table.find(([pattern]) => pattern.test(agent))?.[1] ?? '';
}

/** «Firefox, Windows»; empty where it cannot be told. */
export function describeDevice(userAgent: string): string {
  return [first(userAgent, browsers), first(userAgent, systems)].filter(Boolean).join(', ');
}
