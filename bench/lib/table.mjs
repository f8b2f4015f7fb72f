// Figures of several rounds, joined and laid out.

export function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Rounds of one subject as one: medians, and processor time over all requests. */
export function join(rounds) {
  const requests = rounds.reduce((sum, one) => sum + one.requests, 0);
  const each = (key) => rounds.reduce((sum, one) => sum + one[key], 0) / requests;
  return {
    rate: median(rounds.map((one) => one.rate)),
    p50: median(rounds.map((one) => one.p50)),
    p99: median(rounds.map((one) => one.p99)),
    serverMs: each('serverMs'),
    databaseMs: each('databaseMs'),
    memory: rounds.at(-1).memory,
    bytes: rounds.at(-1).bytes,
  };
}

export function number(value, digits) {
  if (value === undefined || value === null || Number.isNaN(value)) return '';
  const places = digits ?? (value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
  return value.toFixed(places);
}

/** Rows of texts under their heads; all but the first column stand to the right. */
export function table(heads, rows) {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (row) =>
    row
      .map((cell, at) => (at === 0 ? (cell ?? '').padEnd(widths[at]) : (cell ?? '').padStart(widths[at])))
      .join('  ')
      .trimEnd();
  return [line(heads), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
