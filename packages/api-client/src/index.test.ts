import { expect, test } from 'vitest';
import { createApiClient } from './index';

const json = (status: number, body: unknown, type = 'application/json') =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type } });

test('asks at the address of the server, with the values in their places', async () => {
  const asked: Request[] = [];
  const client = createApiClient({
    baseUrl: 'https://home.example',
    fetch: (request) => {
      asked.push(request);
      return Promise.resolve(json(200, { items: [] }));
    },
  });
  await client.GET('/api/v1/memories', { params: { query: { limit: 5, tag: 'дача' } } });
  await client.GET('/api/v1/memories/{id}', { params: { path: { id: 'a/b' } } });
  expect(asked.map((request) => request.url)).toEqual([
    `https://home.example/api/v1/memories?limit=5&tag=${encodeURIComponent('дача')}`,
    'https://home.example/api/v1/memories/a%2Fb',
  ]);
  expect(asked.map((request) => request.credentials)).toEqual(['same-origin', 'same-origin']);
});

test('hands a refusal over as data, and throws nothing', async () => {
  const problem = { type: '/problems/memory.unknown', title: 'Not found', status: 404 };
  const client = createApiClient({
    baseUrl: 'https://home.example',
    fetch: () => Promise.resolve(json(404, problem, 'application/problem+json')),
  });
  const answer = await client.GET('/api/v1/memories/{id}', { params: { path: { id: 'x' } } });
  expect(answer.response.status).toBe(404);
  expect(answer.data).toBeUndefined();
  expect(answer.error).toEqual(problem);
});
