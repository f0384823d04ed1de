// Command line and environment; a flag beats the environment, which beats the default.

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export const USAGE = `usage: node server.mjs [flags]

  --listen HOST:PORT   address; port 0 takes a free one     (HOST, PORT; 127.0.0.1:8000)
  --workers N          analyses at once                     (WORKERS; cores - 1, at least 1)
  --queue N            requests that may wait, then 503     (QUEUE; 64)
  --deadline-ms N      for one request, then 504            (DEADLINE_MS; 45000)
  --max-body BYTES     then 413                             (MAX_BODY; 33554432)
  --exit-with-stdin    exit when standard input ends
  --help
`;

const FLAGS = {
  listen: { type: 'string' },
  workers: { type: 'string' },
  queue: { type: 'string' },
  'deadline-ms': { type: 'string' },
  'max-body': { type: 'string' },
  'exit-with-stdin': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** parseOptions returns the options, or throws an error that names the setting and what is allowed. */
export function parseOptions(args, env) {
  const { values } = parseArgs({ args, options: FLAGS });
  const { host, port } = values.listen === undefined ? fromEnvironment(env) : splitAddress(values.listen);
  return {
    help: values.help,
    exitWithStdin: values['exit-with-stdin'],
    host,
    port: whole('port', port, 0, 65535),
    workers: whole('--workers', values.workers ?? env.WORKERS ?? Math.max(1, availableParallelism() - 1), 1, 1024),
    queue: whole('--queue', values.queue ?? env.QUEUE ?? 64, 0, 100_000),
    deadline: whole('--deadline-ms', values['deadline-ms'] ?? env.DEADLINE_MS ?? 45_000, 1, 3_600_000),
    maxBody: whole('--max-body', values['max-body'] ?? env.MAX_BODY ?? 32 * 1024 * 1024, 1, 512 * 1024 * 1024),
  };
}

function fromEnvironment({ HOST = '127.0.0.1', PORT = '8000' }) {
  return { host: HOST, port: PORT };
}

function splitAddress(address) {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]*)):(?<port>\d+)$/.exec(address);
  if (!match) throw new Error(`--listen must be HOST:PORT; got ${JSON.stringify(address)}`);
  const { v6, v4, port } = match.groups;
  return { host: v6 ?? (v4 === '' ? '::' : v4), port };
}

function whole(name, value, least, most) {
  const text = String(value);
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}; got ${JSON.stringify(text)}`);
  }
  return number;
}
