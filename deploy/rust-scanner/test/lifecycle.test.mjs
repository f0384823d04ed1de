import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { parseOptions } from '../options.mjs';
import { ENDLESS, SMALL, startService, until } from './service.mjs';

test('health names the version of the scanner', async (t) => {
  const { url } = await startService(t);
  const response = await fetch(`${url}/health`);
  assert.deepEqual([response.status, await response.json()], [200, { status: 'healthy', version: '0.6.2' }]);
});

test('requests in parallel get each its own answer', async (t) => {
  const service = await startService(t, '--workers', '2');
  const sizes = Array.from({ length: 40 }, (_, i) => 3 + (i % 6));
  const replies = await Promise.all(sizes.map((n) => service.post('top-tier', chain(n))));
  assert.deepEqual(replies.map(({ answer }) => answer.top_tier_size), sizes);
});

/** chain: n nodes that all want all n. */
function chain(n) {
  const validators = Array.from({ length: n }, (_, i) => `n${i}`);
  return { nodes: validators.map((publicKey) => ({ publicKey, quorumSet: { threshold: n, validators } })) };
}

test('SIGTERM lets requests in flight end, takes no new ones, and exits 0', async (t) => {
  const service = await startService(t, '--workers', '1', '--queue', '1');
  const idle = connect(Number(new URL(service.url).port), '127.0.0.1'); // a connection without a request must not hold it up
  await once(idle, 'connect');
  idle.on('error', () => {});
  const inFlight = [service.post('quorums', { ...ENDLESS, timeout_ms: 2000 }), service.post('quorums', { ...ENDLESS, timeout_ms: 2000 })];
  await until(async () => (await (await fetch(`${service.url}/health`)).json()).status === 'degraded');
  service.process.kill('SIGTERM');
  await until(() => service.post('top-tier', SMALL).then(({ status }) => status !== 503, () => true));
  for (const reply of await Promise.all(inFlight)) assert.equal(reply.status, 504);
  assert.equal(await service.exit, 0);
});

test('SIGTERM with nothing to do exits 0', async (t) => {
  const service = await startService(t);
  assert.equal((await service.post('top-tier', SMALL)).status, 200);
  service.process.kill('SIGTERM');
  assert.equal(await service.exit, 0);
});

test('with --exit-with-stdin the end of standard input is the end of the service, whatever it is doing', async (t) => {
  const service = await startService(t, '--exit-with-stdin', '--workers', '1', '--queue', '0');
  const cut = service.post('quorums', ENDLESS).catch(() => 'cut');
  await until(async () => (await (await fetch(`${service.url}/health`)).json()).status === 'degraded');
  service.process.stdin.end();
  assert.equal(await service.exit, 0);
  assert.equal(await cut, 'cut');
});

test('a flag beats the environment, which beats the default', () => {
  assert.deepEqual(pick(parseOptions([], {})), ['127.0.0.1', 8000, 64, 45000]);
  assert.deepEqual(pick(parseOptions([], { HOST: '::1', PORT: '9', QUEUE: '3', DEADLINE_MS: '7' })), ['::1', 9, 3, 7]);
  assert.deepEqual(pick(parseOptions(['--listen', '[::1]:0', '--queue', '5'], { PORT: '9', QUEUE: '3' })), ['::1', 0, 5, 45000]);
});

const pick = ({ host, port, queue, deadline }) => [host, port, queue, deadline];

test('a bad setting ends the command with 2 and names what is allowed', () => {
  const cases = [
    [['--workers', '0'], /--workers must be a whole number from 1 to 1024; got "0"/],
    [['--listen', 'nowhere'], /--listen must be HOST:PORT/],
    [['--nonsense'], /--nonsense/],
  ];
  for (const [flags, message] of cases) {
    const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('../server.mjs', import.meta.url)), ...flags], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, message);
    assert.match(stderr, /usage:/);
  }
});
