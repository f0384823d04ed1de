// Worker threads for jobs: a few at once, each used for one job and then thrown away.
//
// A thread is never used twice, and that one rule replaces several. A call can only be stopped by ending its thread. A call that traps
// may leave the package's cache lock poisoned, so that every later call fails. The cache itself is never emptied, and what
// it holds can change the top tier (blocking sets asked before quorums). A fresh thread costs some 25 ms, which a spare hides.

import { Worker } from 'node:worker_threads';

const WORKER_FILE = new URL('./worker.cjs', import.meta.url);

/** A job ended by its signal rejects with the signal's reason; one that could not be computed rejects with JobFailed. */
export class JobFailed extends Error {}

/** Pool admits up to `workers + queue` requests, runs up to `workers` jobs at once, and keeps as many threads warm. */
export class Pool {
  #workers;
  #capacity;
  #entered = 0;
  #running = 0;
  #waiting = []; // jobs without a thread, first come first served
  #spares = []; // threads started ahead
  #closed = false;

  constructor({ workers, queue }) {
    this.#workers = workers;
    this.#capacity = workers + queue;
    this.#refill();
  }

  /** enter takes a place for a request and returns the function that gives it back, or null when all are taken. */
  enter() {
    if (this.#closed || this.#entered >= this.#capacity) return null;
    this.#entered++;
    let left = false;
    return () => {
      if (!left) this.#entered--;
      left = true;
    };
  }

  get full() {
    return this.#entered >= this.#capacity;
  }

  /** run gives {calls, nodes, organizations} to a thread as soon as one may run, and ends it when the signal aborts. */
  run(job, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const entry = { job, signal, resolve, reject };
      entry.giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', entry.giveUp, { once: true });
      this.#waiting.push(entry);
      this.#next();
    });
  }

  /** close ends the spare threads; jobs that run or wait still end by themselves. */
  close() {
    this.#closed = true;
    for (const thread of this.#spares.splice(0)) thread.terminate();
  }

  #next() {
    while (this.#running < this.#workers && this.#waiting.length > 0) {
      const entry = this.#waiting.shift();
      entry.signal.removeEventListener('abort', entry.giveUp);
      this.#running++;
      this.#runInThread(entry).then(entry.resolve, entry.reject).finally(() => {
        this.#running--;
        this.#refill();
        this.#next();
      });
    }
  }

  async #runInThread({ job, signal }) {
    const thread = this.#spares.shift() ?? this.#start();
    thread.ref();
    try {
      return await outcome(thread, job, signal);
    } finally {
      await thread.terminate(); // the place is free when the thread really is gone
    }
  }

  #refill() {
    while (!this.#closed && this.#spares.length + this.#running < this.#workers) this.#spares.push(this.#start());
  }

  #start() {
    const thread = new Worker(WORKER_FILE);
    thread.unref(); // a spare alone does not keep the process alive
    thread.on('error', () => { this.#spares = this.#spares.filter((spare) => spare !== thread); });
    return thread;
  }
}

function outcome(thread, job, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    thread.once('message', ({ results, failure }) => (results ? resolve(results) : reject(new JobFailed(failure))));
    thread.once('error', (error) => reject(new JobFailed(`the worker thread failed with ${error.name}: ${error.message}`)));
    thread.once('exit', (code) => reject(new JobFailed(`the worker thread ended with code ${code} before it answered`)));
    thread.postMessage(job);
  });
}
