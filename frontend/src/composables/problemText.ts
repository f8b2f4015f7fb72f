import type { Problem } from '@/services/problem';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** A problem in a sentence for people: the server's own words, ours where none came. */
export function problemText(problem: Problem, t: Translate): string {
  if (problem.status === 0) return t('common.problem.network');
  if (problem.status === 429) return problem.detail || t('common.problem.tooMany');
  if (problem.status >= 500 && !problem.detail) return t('common.problem.server');
  return problem.detail || problem.title || t('common.problem.other');
}
