/** What two people changed at once, in a line for each member. */
import { describe, type Locale } from '@memoryverse/dates';
import type { MemoryConflict } from '@/features/memories/memoryStore';

type Translate = (key: string, values?: Record<string, unknown>) => string;

export function conflictWords(conflict: MemoryConflict, t: Translate, locale: string): string[] {
  const { theirs } = conflict;
  return conflict.members.map((member) => {
    const field = t(`viewer.history.field.${member}`);
    let value: string;
    if (member === 'date') value = describe(theirs.date.edtf, locale as Locale);
    else if (member === 'confidence') value = t(`viewer.when.confidence.${theirs.date.confidence}`);
    else if (member === 'tags') value = theirs.tags.join(', ');
    else if (member === 'place') value = theirs.place?.name ?? '';
    else if (member === 'privacy') value = t(`viewer.privacy.${theirs.privacy}`);
    else value = theirs[member];
    return t('viewer.conflict.line', { field, value: value || t('viewer.history.nothing') });
  });
}
