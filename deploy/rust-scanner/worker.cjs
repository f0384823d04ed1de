'use strict';
// One worker thread: loads the package, waits for one job, runs its calls, reports, and is thrown away (pool.mjs).

const { parentPort } = require('node:worker_threads');

// The package writes to the console: progress to log, the reason of a panic to error.
let panic = '';
console.log = () => {};
console.error = (...parts) => { panic += `${parts.join(' ')}\n`; };

const scanner = require('@stellarbeat/stellar_analysis_nodejs');
scanner.init_panic_hook(); // changes no answer; without it a trap says "unreachable" and nothing else

function run({ name, mergeBy, faulty, keep }, nodes, organizations) {
  const started = process.hrtime.bigint();
  const args = faulty === undefined ? [nodes, organizations, mergeBy] : [nodes, organizations, faulty, mergeBy];
  const result = scanner[name](...args);
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (Array.isArray(result.result)) result.result = result.result.slice(0, keep); // whole families can be millions of sets
  return { ...result, ms };
}

/** The first line of what the panic hook printed; the rest is a stack of wasm function numbers. */
function reason() {
  const line = panic.split('\n', 1)[0].trim();
  return line === '' ? '' : `: ${line}`;
}

parentPort.once('message', ({ calls, nodes, organizations }) => {
  let current;
  try {
    const results = calls.map((call) => {
      current = call.name;
      return run(call, nodes, organizations);
    });
    parentPort.postMessage({ results });
  } catch (error) {
    parentPort.postMessage({ failure: `${current} failed with ${error.name} ${JSON.stringify(error.message)}${reason()}` });
  }
});
