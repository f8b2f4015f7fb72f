import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEdtf } from './edtf.ts';

interface ValidCase {
  text: string;
  edtf?: string;
  precision: string;
  from: string | null;
  to: string | null;
  sort?: string | null;
  lastStart?: string;
  bucket?: string;
  approximate?: boolean;
  uncertain?: boolean;
  offset?: number;
}

const table = JSON.parse(
  readFileSync(new URL('../../../core/dates/testdata/edtf_cases.json', import.meta.url), 'utf8'),
) as { valid: ValidCase[]; invalid: { text: string; key: string }[] };

function moment(text: string | null, last: boolean): number | null {
  if (text === null) return null;
  return text.includes('T') ? Date.parse(`${text}Z`) : Date.parse(`${text}T${last ? '23:59:59.999' : '00:00:00.000'}Z`);
}

describe('the table of EDTF texts that the server obeys too', () => {
  it.each(table.valid)('reads $text', (row) => {
    const sort = row.sort === undefined ? row.from : row.sort;
    const sortKey = moment(sort, false);
    expect(parseEdtf(row.text)).toEqual({
      ok: true,
      date: {
        edtf: row.edtf ?? row.text,
        earliest: moment(row.from, false),
        latest: moment(row.to, true),
        sortKey,
        lastStart: row.lastStart ? moment(row.lastStart, false) : sortKey,
        precision: row.precision,
        approximate: row.approximate ?? false,
        uncertain: row.uncertain ?? false,
        bucket: row.bucket ?? sort!.slice(0, 7),
        offsetMinutes: row.offset ?? null,
      },
    });
  });

  it.each(table.invalid)('refuses "$text" as $key', ({ text, key }) => {
    expect(parseEdtf(text)).toEqual({ ok: false, reason: key.replace('date.', '') });
  });

  it('reads what it normalised as the same date', () => {
    for (const { text } of table.valid) {
      const once = parseEdtf(text);
      expect(once.ok && parseEdtf(once.date.edtf)).toEqual(once);
    }
  });

  it('answers every prefix and every text with one character changed', () => {
    for (const { text } of table.valid) {
      for (let at = 0; at < text.length; at++) {
        for (const other of ['', '0', '9', 'X', '-', 'T', '/', '.', '[', ']', ',', '?', '~', '%', ' ', '\0', 'ю']) {
          const changed = parseEdtf(text.slice(0, at) + other + text.slice(at + 1));
          if (changed.ok) expect(parseEdtf(changed.date.edtf)).toEqual(changed);
        }
        parseEdtf(text.slice(0, at));
      }
    }
  });
});
