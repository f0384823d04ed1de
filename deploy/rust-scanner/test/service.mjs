// What the tests share: the service as a process of its own, as its users start it, and a few networks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** startService runs the command on a free port and returns {process, url, post, exit}; the test's end kills it. */
export async function startService(t, ...flags) {
  const child = spawn(process.execPath, ['server.mjs', '--listen', '127.0.0.1:0', ...flags], { cwd: FOLDER, stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit').then(([code, signal]) => signal ?? code);
  t.after(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /^rust-scanner listening on (http:\/\/\S+)$/.exec(line)[1];
  return { process: child, url, exit, post: (analysis, body, more) => post(url, analysis, body, more) };
}

/** post sends an object as JSON, anything else as it is, and returns {status, type, headers, answer}. */
export async function post(url, analysis, body, more = {}) {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const response = await fetch(`${url}/analyze/${analysis}`, { method: 'POST', body: text, ...more });
  return { status: response.status, type: response.headers.get('content-type'), headers: response.headers, answer: await response.json() };
}

/** flatNetwork: n nodes, each of which wants the same k of them. */
export function flatNetwork(n, k) {
  const validators = Array.from({ length: n }, (_, i) => `k${String(i).padStart(3, '0')}`);
  return { nodes: validators.map((publicKey) => ({ publicKey, quorumSet: { threshold: k, validators, innerQuorumSets: [] } })) };
}

/** SMALL takes a moment, ENDLESS has 10^17 minimal quorums. */
export const SMALL = flatNetwork(4, 3);
export const ENDLESS = flatNetwork(60, 40);

/** until resolves when the condition holds; the test runner's own limit ends it otherwise. */
export async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
