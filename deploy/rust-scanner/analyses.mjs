// The analyses: which calls of the package each one makes, and how their results become the answer of the scanner API.
//
// A call is {name, args..., mergeBy, keep}; its result is what the package returned, plus `ms`, with at most `keep` sets left in `result`.
// Nothing is repaired on the way: `min_size` is the package's `min`, 0 for "no such set" as for "the empty set".

import { MERGE_BY } from './request.mjs';

const NO_FAULTY_NODES = '[]';

const call = (name, mergeBy, more = {}) => ({ name, mergeBy, keep: 1, ...more });
const families = (request) => ({ keep: Math.max(1, request.keepSets) });

const topTierCalls = (q) => [call('analyze_top_tier', q.mergeBy)];
const symmetricCalls = (q) => [call('analyze_symmetric_top_tier', q.mergeBy)];
const quorumsCalls = (q) => [call('analyze_minimal_quorums', q.mergeBy, families(q))];
const splittingCalls = (q) => [call('analyze_minimal_splitting_sets', q.mergeBy, families(q))];
const blockingCalls = (q) => [call('analyze_minimal_blocking_sets', q.mergeBy, { ...families(q), faulty: q.faulty })];

// Quorums come first, as in the backend: after a blocking call the package would take the top tier from the blocking sets.
const fullCalls = (q) => [...quorumsCalls(q), ...topTierCalls(q), ...blockingCalls({ ...q, faulty: NO_FAULTY_NODES }), ...splittingCalls(q)];

const LEVELS = [
  ['node', MERGE_BY.none],
  ['organization', MERGE_BY.organization],
  ['country', MERGE_BY.country],
  ['isp', MERGE_BY.isp],
];

// The 18 calls of one scan of the backend, in its order.
const networkCalls = (q) => [
  call('analyze_minimal_quorums', MERGE_BY.none),
  call('analyze_symmetric_top_tier', MERGE_BY.none),
  ...LEVELS.flatMap(([, mergeBy]) => [
    call('analyze_top_tier', mergeBy),
    call('analyze_minimal_blocking_sets', mergeBy, { faulty: NO_FAULTY_NODES }),
    call('analyze_minimal_blocking_sets', mergeBy, { faulty: q.faulty }),
    call('analyze_minimal_splitting_sets', mergeBy),
  ]),
];

const example = (result) => result.result[0] ?? [];
const time = (result) => ({ execution_time_ms: Math.round(result.ms) });
const sets = (result, q) => (q.includeSets ? { sets: result.result.slice(0, q.keepSets) } : {});

function topTierAnswer([result]) {
  return { top_tier: result.top_tier, top_tier_size: result.top_tier_size, ...time(result), cache_hit: result.cache_hit };
}

function symmetricAnswer([result]) {
  return { symmetric_top_tier: result.symmetric_top_tier, ...time(result) };
}

function blockingAnswer([result], q) {
  return { min_size: result.min, total_sets: result.size, example_set: example(result), ...time(result), ...sets(result, q) };
}

function splittingAnswer([result], q) {
  const alreadySplit = result.size === 1 && result.min === 0; // the family is [[]]: nothing has to fail
  return { min_size: result.min, total_sets: result.size, example_set: example(result), has_split: alreadySplit, ...time(result), ...sets(result, q) };
}

function quorumsAnswer([result], q) {
  return {
    min_size: result.min,
    total_quorums: result.size,
    example_quorum: example(result),
    quorum_intersection: result.quorum_intersection,
    ...time(result),
    ...sets(result, q),
  };
}

function fullAnswer([quorums, topTier, blocking, splitting], q) {
  return {
    top_tier: topTierAnswer([topTier]),
    blocking_sets: blockingAnswer([blocking], q),
    splitting_sets: splittingAnswer([splitting], q),
    quorums: quorumsAnswer([quorums], q),
    total_execution_time_ms: Math.round(quorums.ms + topTier.ms + blocking.ms + splitting.ms),
  };
}

function networkAnswer([quorums, symmetric, ...rest]) {
  const levels = LEVELS.map(([level], i) => {
    const [topTier, blocking, filtered, splitting] = rest.slice(4 * i);
    return [level, {
      topTierSize: topTier.top_tier_size,
      blockingSetsMinSize: blocking.min,
      blockingSetsFilteredMinSize: filtered.min,
      splittingSetsMinSize: splitting.min,
    }];
  });
  return {
    hasQuorumIntersection: quorums.quorum_intersection,
    hasSymmetricTopTier: symmetric.symmetric_top_tier !== null,
    ...Object.fromEntries(levels),
  };
}

/** ANALYSES maps the last path element of /analyze/* to its calls and its answer. */
export const ANALYSES = new Map([
  ['top-tier', { calls: topTierCalls, answer: topTierAnswer }],
  ['symmetric-top-tier', { calls: symmetricCalls, answer: symmetricAnswer }],
  ['blocking-sets', { calls: blockingCalls, answer: blockingAnswer }],
  ['splitting-sets', { calls: splittingCalls, answer: splittingAnswer }],
  ['quorums', { calls: quorumsCalls, answer: quorumsAnswer }],
  ['full', { calls: fullCalls, answer: fullAnswer }],
  ['network', { calls: networkCalls, answer: networkAnswer }],
]);

/** Analyses of the scanner API that the package has nothing for. */
export const NOT_IMPLEMENTED = new Set(['history-critical', 'data-quality']);
