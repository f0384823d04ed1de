// The command: options in, one line with the address out, and an orderly end.

import { parseOptions, USAGE } from './options.mjs';
import { Service } from './service.mjs';

function fail(message, code) {
  process.stderr.write(`rust-scanner: ${message}\n`);
  process.exit(code);
}

function readOptions() {
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    return fail(`${error.message}\n\n${USAGE}`, 2);
  }
}

const options = readOptions();
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

async function start() {
  try {
    const service = new Service(options);
    return { service, address: await service.listen() };
  } catch (error) {
    return fail(error.message, 1);
  }
}

const { service, address } = await start();

let stopping = false;
function stop() {
  if (stopping) process.exit(1); // asked twice: at once
  stopping = true;
  service.drain().then(() => process.exit(0));
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);

// A parent that holds the other end of this pipe takes the service along, however it ends. Nobody is left to wait for an answer.
if (options.exitWithStdin) {
  process.stdin.on('close', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
}

process.stdout.write(`rust-scanner listening on ${address}\n`);
