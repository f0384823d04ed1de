// The HTTP side: routes, admission, deadlines. One Service is one listening server and its pool.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { ANALYSES, NOT_IMPLEMENTED } from './analyses.mjs';
import { discardBody, readBody } from './body.mjs';
import { JobFailed, Pool } from './pool.mjs';
import { Problem } from './problem.mjs';
import { parseRequest } from './request.mjs';

const PACKAGE = new URL('./node_modules/@stellarbeat/stellar_analysis_nodejs/package.json', import.meta.url);
const RETRY_AFTER_S = 1;
const CLIENT_GONE = new Error('the client is gone');

// Longer than the idle time of the usual clients (Go: 90 s), so that it is they who close a connection and no POST meets a closed one.
const KEEP_ALIVE_MS = 120_000;

export class Service {
  #options;
  #pool;
  #server;
  #open = new Set(); // responses not yet sent
  #draining = false;
  #version = packageVersion();

  constructor(options) {
    this.#options = options;
    this.#pool = new Pool(options);
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 60_000 }, (request, response) => this.#serve(request, response));
  }

  /** listen returns the address as a URL, with the port that port 0 became. */
  listen() {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        resolve(`http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`);
      });
    });
  }

  /** drain stops accepting and resolves when every request that was admitted has its answer. */
  drain() {
    this.#draining = true;
    return new Promise((resolve) => {
      this.#server.close(() => {
        this.#pool.close();
        resolve();
      });
      this.#closeWhenDone();
    });
  }

  async #serve(request, response) {
    this.#open.add(response);
    response.once('close', () => {
      this.#open.delete(response);
      this.#closeWhenDone();
    });
    try {
      const answer = await this.#answer(request, response);
      send(response, 200, 'application/json', answer, { close: this.#draining });
    } catch (error) {
      if (error === CLIENT_GONE) return;
      const problem = Problem.from(error);
      const wholeBody = await discardBody(request, this.#options.maxBody);
      send(response, problem.status, 'application/problem+json', problem, { close: this.#draining || !wholeBody, headers: problem.headers });
    }
  }

  /** Connections that never carried a request count as active to Node, and would hold up its close(). */
  #closeWhenDone() {
    if (this.#draining && this.#open.size === 0) this.#server.closeAllConnections();
  }

  #answer(request, response) {
    const [pathname] = request.url.split('?', 1);
    if (pathname === '/health') {
      allow(request, 'GET', 'HEAD');
      return this.#health();
    }
    const name = pathname.startsWith('/analyze/') ? pathname.slice('/analyze/'.length) : '';
    if (!ANALYSES.has(name) && !NOT_IMPLEMENTED.has(name)) throw new Problem(404, `there is no ${pathname} here`);
    allow(request, 'POST');
    if (NOT_IMPLEMENTED.has(name)) throw new Problem(501, `${name} is not an analysis of the Rust scanner`);
    return this.#admit(request, response, ANALYSES.get(name));
  }

  #health() {
    return { status: this.#draining || this.#pool.full ? 'degraded' : 'healthy', version: this.#version };
  }

  /** Admission comes before the body is read, so that places bound the memory too. */
  async #admit(request, response, analysis) {
    const leave = this.#draining ? null : this.#pool.enter();
    if (leave === null) {
      const why = this.#draining ? 'the service is stopping' : 'all workers are busy and the queue is full';
      throw new Problem(503, why, { 'retry-after': String(RETRY_AFTER_S) });
    }
    try {
      return await this.#analyze(request, response, analysis);
    } finally {
      leave();
    }
  }

  async #analyze(request, response, analysis) {
    const arrived = performance.now();
    const question = parseRequest(await readBody(request, this.#options.maxBody));
    const limit = Math.min(question.timeoutMs ?? Infinity, this.#options.deadline);
    const ended = new AbortController();
    const late = new Problem(504, `the analysis did not end within ${limit} ms`);
    const timer = setTimeout(() => ended.abort(late), Math.max(0, limit - (performance.now() - arrived)));
    const gone = () => ended.abort(CLIENT_GONE);
    response.once('close', gone);
    try {
      const { nodes, organizations } = question;
      const results = await this.#pool.run({ calls: analysis.calls(question), nodes, organizations }, ended.signal);
      return analysis.answer(results, question);
    } catch (error) {
      throw error instanceof JobFailed ? new Problem(500, error.message) : error;
    } finally {
      clearTimeout(timer);
      response.off('close', gone);
    }
  }
}

/** The version that decides what the answers are; reading it first makes a missing `npm ci` an error at the start. */
function packageVersion() {
  try {
    return JSON.parse(readFileSync(PACKAGE, 'utf8')).version;
  } catch (error) {
    throw new Error(`the scanner package is not installed; run npm ci in this folder (${error.message})`);
  }
}

function allow(request, ...methods) {
  if (methods.includes(request.method)) return;
  throw new Problem(405, `${request.method} is not allowed here`, { allow: methods.join(', ') });
}

function send(response, status, type, value, { close, headers = {} }) {
  const body = Buffer.from(JSON.stringify(value));
  const connection = close ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, ...connection, ...headers });
  response.end(body);
}
