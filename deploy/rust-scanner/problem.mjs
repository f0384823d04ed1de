// Errors as the client sees them: RFC 9457 problem details.

const TITLES = {
  400: 'The body is not JSON',
  404: 'No such resource',
  405: 'Method not allowed',
  413: 'The body is too large',
  415: 'Unsupported content encoding',
  422: 'The request has the wrong shape',
  500: 'The scanner failed',
  501: 'The Rust scanner has no such analysis',
  503: 'No worker is free',
  504: 'The deadline passed',
};

/** Problem is an error that has an HTTP status; anything else thrown inside a request becomes a 500. */
export class Problem extends Error {
  constructor(status, detail, headers = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.headers = headers;
  }

  static from(error) {
    return error instanceof Problem ? error : new Problem(500, `${error?.name ?? 'Error'}: ${error?.message ?? error}`);
  }

  toJSON() {
    return { type: 'about:blank', title: TITLES[this.status], status: this.status, detail: this.message };
  }
}
