// Reading a request body: at most so much of it in memory, and never into a dead end.

import { Problem } from './problem.mjs';

/** How far past the limit a refused body is still read, so that its sender can see the refusal. */
const DISCARD_FACTOR = 4;

/** readBody returns the whole body, or throws a Problem (413, 415) and leaves the rest unread. */
export async function readBody(request, limit) {
  const encoding = request.headers['content-encoding'];
  if (encoding && encoding !== 'identity') {
    throw new Problem(415, `content-encoding ${JSON.stringify(encoding)} is not read here; send the body as it is`);
  }
  const tooLarge = new Problem(413, `the body is larger than ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks = [];
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/**
 * discardBody reads what is left and keeps nothing; it returns whether the end was reached. Answering while the client still writes
 * would reset its connection, and it would see a broken pipe in place of the answer. A body far past the limit is not worth that.
 */
export async function discardBody(request, limit) {
  let size = 0;
  try {
    for await (const chunk of chunksOf(request)) {
      size += chunk.length;
      if (size > DISCARD_FACTOR * limit) return false;
    }
    return true;
  } catch {
    return false; // the client went away
  }
}

/** Leaving this iteration early does not destroy the request, which still has to be answered. */
function chunksOf(request) {
  return request.iterator({ destroyOnReturn: false });
}
