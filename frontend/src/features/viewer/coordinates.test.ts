import { describe, expect, it } from 'vitest';
import { readPoint, writePoint } from './coordinates';
import { cameraName } from './factWords';

describe('coordinates', () => {
  it('are read as people paste them', () => {
    const arezzo = { latitude: 43.4633, longitude: 11.8796 };
    for (const text of ['43.4633, 11.8796', ' 43.4633 11.8796 ', '43,4633; 11,8796', '43.4633;11.8796']) {
      expect(readPoint(text), text).toEqual(arezzo);
    }
    for (const text of [
      '43°27′48″ N 11°52′47″ E',
      `43°27'48"N, 11°52'47"E`,
      '43°27′48″ С 11°52′47″ В',
      '11°52′47″ E 43°27′48″ N',
    ]) {
      const point = readPoint(text);
      expect(point?.latitude, text).toBeCloseTo(43.4633, 3);
      expect(point?.longitude, text).toBeCloseTo(11.8797, 3);
    }
    expect(readPoint('33°52′S 151°12′E')?.latitude).toBeCloseTo(-33.867, 2);
    expect(readPoint('-33.8, 151.2')).toEqual({ latitude: -33.8, longitude: 151.2 });
  });

  it('are refused where they are none', () => {
    for (const text of ['', 'Arezzo', '43.4633', '91, 10', '10, 181', '1 2 3', '43.4, x']) {
      expect(readPoint(text), text).toBeNull();
    }
  });

  it('are written as they can be read again', () => {
    const point = { latitude: -33.86788, longitude: 151.20732 };
    expect(writePoint(point)).toBe('-33.8679, 151.2073');
    expect(readPoint(writePoint(point))).toEqual({ latitude: -33.8679, longitude: 151.2073 });
  });
});

describe('the name of a camera', () => {
  it('says its maker once', () => {
    expect(cameraName({ make: 'NIKON', model: 'NIKON D70' })).toBe('NIKON D70');
    expect(cameraName({ make: 'Apple', model: 'iPhone 4' })).toBe('Apple iPhone 4');
    expect(cameraName({ make: 'Canon' })).toBe('Canon');
    expect(cameraName({})).toBe('');
  });
});
