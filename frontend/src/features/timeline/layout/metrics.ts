/**
 * Measures of rows of pictures, in CSS pixels, as the design fixes them by width of the page. They repeat the tokens
 * `--mv-row` and `--mv-gap-photo`, because a layout that is computed off the page cannot ask a style sheet.
 */

export interface RowMetrics {
  /** Wished height of a row. */
  readonly wished: number;
  /** Space between two pictures, in both directions. */
  readonly gap: number;
  /** How far a row may grow beyond its wished height to fill the width. */
  readonly grow: number;
  /** How far it may shrink where taking one picture more is the smaller harm. */
  readonly shrink: number;
  /** Whether a row that cannot reach the width within `grow` fills it all the same, as on a phone. */
  readonly alwaysFill: boolean;
}

export interface ChapterMetrics {
  readonly row: RowMetrics;
  /** Heights of what stands above pictures: the title of the page's first month and of the others, a day's line. */
  readonly firstHead: number;
  readonly monthHead: number;
  readonly dayHead: number;
  /** Space after the last row of a day. */
  readonly dayFoot: number;
  /** A print on the shelf without dates: height of the picture, white border around it, words under it. */
  readonly print: { readonly height: number; readonly border: number; readonly words: number; readonly gap: number };
  /** The shelf's own title and its inner space above and below. */
  readonly shelfHead: number;
  readonly shelfFoot: number;
}

/** Shown proportion is held within these; what is longer is cut. */
export const NARROWEST = 0.62;
export const WIDEST = 2.4;

/** Proportion of what has none yet: the commonest of photographs. */
export const UNKNOWN_RATIO = 4 / 3;

export function shownRatio(ratio: number | null | undefined): number {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio) || ratio <= 0) return UNKNOWN_RATIO;
  return Math.min(WIDEST, Math.max(NARROWEST, ratio));
}

const REM = 16;

/**
 * @param pageWidth width of the window, which chooses the breakpoint
 * @param rem size of the root letter; rows grow with it, as a person who enlarges the letters expects
 */
export function metricsFor(pageWidth: number, rem: number = REM): ChapterMetrics {
  const em = pageWidth / REM;
  const unit = rem;
  const shared = { grow: 1.65, shrink: 0.74 };
  if (em < 48) {
    return {
      row: { wished: 6.5 * unit, gap: 0.25 * unit, ...shared, alwaysFill: true },
      firstHead: 7.5 * unit,
      monthHead: 5 * unit,
      dayHead: 3.75 * unit,
      dayFoot: 2 * unit,
      print: { height: 8 * unit, border: 6, words: 5.5 * unit, gap: 1.25 * unit },
      shelfHead: 13 * unit,
      shelfFoot: 2 * unit,
    };
  }
  const wide = em >= 120;
  const middle = em >= 80;
  return {
    row: {
      wished: (wide ? 15 : middle ? 11.5 : 10) * unit,
      gap: (wide ? 0.625 : middle ? 0.5 : 0.375) * unit,
      ...shared,
      alwaysFill: false,
    },
    firstHead: (middle ? 9.5 : 8) * unit,
    monthHead: 6 * unit,
    dayHead: 3.5 * unit,
    dayFoot: 3 * unit,
    print: { height: (middle ? 12 : 10) * unit, border: middle ? 10 : 8, words: 5.5 * unit, gap: 1.5 * unit },
    shelfHead: 9 * unit,
    shelfFoot: 2.5 * unit,
  };
}
