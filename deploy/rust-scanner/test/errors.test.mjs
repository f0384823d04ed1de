import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';

import { ENDLESS, SMALL, startService, until } from './service.mjs';

function assertProblem({ status, type, answer }, wanted, detail) {
  assert.equal(status, wanted, JSON.stringify(answer));
  assert.equal(type, 'application/problem+json');
  assert.equal(answer.status, wanted);
  assert.equal(typeof answer.title, 'string');
  assert.match(answer.detail, detail);
}

test('a body that is not JSON in UTF-8 is 400', async (t) => {
  const service = await startService(t);
  assertProblem(await service.post('top-tier', '{"nodes":'), 400, /not JSON/);
  assertProblem(await service.post('top-tier', ''), 400, /not JSON/);
  assertProblem(await service.post('top-tier', Uint8Array.from([0x22, 0xff, 0x22])), 400, /UTF-8/);
});

test('an envelope of the wrong shape is 422 and names the field and what is allowed', async (t) => {
  const service = await startService(t);
  const cases = [
    ['[]', /^body must be a JSON object; got an array$/],
    [{}, /^nodes must be an array of nodes; got nothing$/],
    [{ nodes: {} }, /^nodes must be an array/],
    [{ ...SMALL, organizations: null }, /^organizations must be an array of organizations, or absent; got null$/],
    [{ ...SMALL, merge_by: 'Country' }, /^merge_by must be one of "none", "organization", "isp", "country"; got "Country"$/],
    [{ ...SMALL, merge_by: ['none'] }, /^merge_by must be one of/],
    [{ ...SMALL, merge_by: 'field:homeDomain' }, /^merge_by must be one of/],
    [{ ...SMALL, faulty_nodes: [1] }, /^faulty_nodes must be an array of public keys/],
    [{ ...SMALL, include_sets: 'yes' }, /^include_sets must be true or false/],
    [{ ...SMALL, max_sets: -1 }, /^max_sets must be a whole number/],
    [{ ...SMALL, timeout_ms: 0 }, /^timeout_ms must be a whole number of 1 or more; got 0$/],
    [{ ...SMALL, semantics: 'raw' }, /^semantics must be "rust"/],
    [{ ...SMALL, clean: true }, /^clean must be false/],
  ];
  for (const [body, detail] of cases) assertProblem(await service.post('top-tier', body), 422, detail);
});

test('a body past the limit is 413, with and without a declared length, and the connection stays of use', async (t) => {
  const service = await startService(t, '--max-body', '4096');
  const large = `{"nodes":[],"x":"${'y'.repeat(8192)}"}`;
  assertProblem(await service.post('top-tier', large), 413, /larger than 4096 bytes/);
  const chunked = { body: new Blob([large]).stream(), duplex: 'half' };
  assertProblem(await service.post('top-tier', large, chunked), 413, /larger than 4096 bytes/);
  assertProblem(await service.post('top-tier', 'x'.repeat(100_000)), 413, /larger than/);
  assert.equal((await service.post('top-tier', SMALL)).status, 200);
});

test('a compressed body is 415', async (t) => {
  const service = await startService(t);
  assertProblem(await service.post('top-tier', SMALL, { headers: { 'content-encoding': 'gzip' } }), 415, /gzip/);
});

test('what the Rust scanner cannot do is 501, unknown paths are 404, other methods 405', async (t) => {
  const service = await startService(t);
  assertProblem(await service.post('history-critical', SMALL), 501, /history-critical/);
  assertProblem(await service.post('data-quality', SMALL), 501, /data-quality/);
  assertProblem(await service.post('nothing', SMALL), 404, /nothing/);
  const response = await fetch(`${service.url}/analyze/top-tier`);
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST']);
});

test('a call that traps is 500 with the reason, and the next call is answered', async (t) => {
  const service = await startService(t, '--workers', '1');
  const broken = { nodes: [{ publicKey: 'a', quorumSet: { threshold: -1, validators: [] } }] };
  for (const analysis of ['blocking-sets', 'network']) {
    assertProblem(await service.post(analysis, broken), 500, /failed with RuntimeError "unreachable": panicked at .*invalid value/);
    assert.equal((await service.post(analysis, SMALL)).status, 200);
  }
});

test('an analysis that passes its deadline is 504, its thread is ended, and the next call is answered', async (t) => {
  const service = await startService(t, '--workers', '1');
  assertProblem(await service.post('quorums', { ...ENDLESS, timeout_ms: 300 }), 504, /within 300 ms/);
  assert.equal((await service.post('quorums', SMALL)).status, 200);
});

test('timeout_ms shortens the deadline of the service and never lengthens it', async (t) => {
  const service = await startService(t, '--deadline-ms', '200');
  assertProblem(await service.post('quorums', { ...ENDLESS, timeout_ms: 600_000 }), 504, /within 200 ms/);
});

test('a request whose deadline passes in the queue is 504 and never runs', async (t) => {
  const service = await startService(t, '--workers', '1');
  const running = service.post('quorums', { ...ENDLESS, timeout_ms: 1500 });
  assertProblem(await service.post('quorums', { ...ENDLESS, timeout_ms: 100 }), 504, /within 100 ms/);
  assertProblem(await running, 504, /within 1500 ms/);
});

test('a full queue is 503 with Retry-After, and health says degraded', async (t) => {
  const service = await startService(t, '--workers', '1', '--queue', '1');
  const health = async () => (await (await fetch(`${service.url}/health`)).json()).status;
  const slow = [service.post('quorums', { ...ENDLESS, timeout_ms: 3000 }), service.post('quorums', { ...ENDLESS, timeout_ms: 3000 })];
  await until(async () => (await health()) === 'degraded');
  const refused = await service.post('top-tier', SMALL);
  assertProblem(refused, 503, /queue is full/);
  assert.match(refused.headers.get('retry-after'), /^[1-9]\d*$/);
  for (const reply of await Promise.all(slow)) assert.equal(reply.status, 504);
  assert.equal(await health(), 'healthy');
});

test('a client that goes away frees its place', async (t) => {
  const service = await startService(t, '--workers', '1', '--queue', '0');
  const status = async () => (await service.post('top-tier', SMALL)).status;
  const body = JSON.stringify(ENDLESS);
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.write(`POST /analyze/quorums HTTP/1.1\r\nHost: scanner\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await until(async () => (await status()) === 503);
  socket.destroy();
  await until(async () => (await status()) === 200);
});
