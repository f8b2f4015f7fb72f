import { expect, test } from 'vitest';
import { fieldMessage, readProblem } from './problem';

test('reads a problem reply with the members at fault', () => {
  const problem = readProblem(422, {
    type: 'https://memoryverse.example/problems/request.invalid',
    title: 'Не получилось',
    detail: 'Проверьте поля',
    requestId: '1',
    errors: [{ pointer: '/email', code: 'email.taken', message: 'Эта почта занята' }],
  });
  expect(problem.key).toBe('request.invalid');
  expect(fieldMessage(problem, 'email')).toBe('Эта почта занята');
  expect(fieldMessage(problem, 'name')).toBe('');
});

test('makes a problem of anything that is not one', () => {
  for (const body of [undefined, null, '<html>', 7, { errors: 'no' }]) {
    expect(readProblem(502, body)).toMatchObject({ status: 502, key: 'status-502', detail: '', errors: [] });
  }
});
