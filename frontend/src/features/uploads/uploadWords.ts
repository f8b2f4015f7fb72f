/** The progress of uploads in sentences. */
import type { Summary, UploadEntry } from './uploadEntry';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** «ещё минут 12», “about 12 minutes more”; nothing while nobody can say. */
export function timeLeftWords(seconds: number | null, t: Translate): string {
  if (seconds === null || !Number.isFinite(seconds)) return '';
  if (seconds < 50) return t('uploads.left.moments');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t('uploads.left.minutes', { count: minutes });
  const hours = Math.round(minutes / 60);
  return hours < 24
    ? t('uploads.left.hours', { count: hours })
    : t('uploads.left.days', { count: Math.round(hours / 24) });
}

export interface PanelState {
  readonly paused: boolean;
  readonly waitsForNetwork: boolean;
  readonly seconds: number | null;
}

/** The whole in one line: how much is home, and what comes next. */
export function progressWords(sum: Summary, state: PanelState, t: Translate): string {
  const home = sum.home + sum.duplicates;
  const parts = [t('uploads.progress', { home, all: sum.all })];
  if (sum.left === 0) {
    if (sum.failed > 0) parts.push(t('uploads.someFailed', { count: sum.failed }));
  } else if (state.paused) parts.push(t('uploads.paused'));
  else if (state.waitsForNetwork) parts.push(t('uploads.waitsForNetwork'));
  else parts.push(timeLeftWords(state.seconds, t));
  return parts.filter((part) => part !== '').join(' · ');
}

export function titleOf(sum: Summary, state: PanelState, t: Translate): string {
  if (sum.left > 0) return t(state.paused ? 'uploads.title.paused' : 'uploads.title.running', { count: sum.all });
  if (sum.lost > 0) return t('uploads.title.lost');
  if (sum.home === 0 && sum.duplicates > 0 && sum.failed === 0) return t('uploads.title.allKnown');
  if (sum.home + sum.duplicates === 0) return t('uploads.title.failed');
  return t('uploads.title.done');
}

export function stateWords(entry: UploadEntry, t: Translate): string {
  if (entry.reasonKey) return t(entry.reasonKey);
  if (entry.reason) return entry.reason;
  if (entry.state === 'sending' && entry.size > 4_000_000) {
    return t('uploads.state.sendingPart', { percent: Math.floor((entry.sent / entry.size) * 100) });
  }
  return t(`uploads.state.${entry.state}`);
}
