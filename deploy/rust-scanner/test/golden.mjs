// The golden answers (one call of the package per fresh process), asked again through the HTTP API.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const ENDPOINTS = {
  top_tier: 'top-tier',
  symmetric_top_tier: 'symmetric-top-tier',
  minimal_quorums: 'quorums',
  minimal_blocking_sets: 'blocking-sets',
  minimal_splitting_sets: 'splitting-sets',
};
const MAX_SETS = 1_000_000;

/** checkCall asks what one golden call asked and compares everything that the golden file holds. */
export async function checkCall(service, network, golden) {
  const { answer, status } = await service.post(ENDPOINTS[golden.analysis], {
    ...network,
    merge_by: (golden.mergeBy ?? 'none').toLowerCase(),
    faulty_nodes: golden.faulty,
    include_sets: true,
    max_sets: MAX_SETS,
  });
  const what = `${golden.analysis} by ${golden.mergeBy}, faulty ${golden.faulty}`;
  if (golden.status === 'error') {
    assert.equal(status, 500, what);
    assert.match(answer.detail, /failed with RuntimeError/, what);
    return;
  }
  assert.equal(status, 200, `${what}: ${JSON.stringify(answer)}`);
  CHECKS[golden.analysis](answer, golden, what);
}

const CHECKS = {
  top_tier(answer, golden, what) {
    assert.equal(answer.top_tier_size, golden.size, what);
    assert.equal(hash([answer.top_tier]), golden.family_sha256, what);
  },
  symmetric_top_tier(answer, golden, what) {
    assert.deepEqual(answer.symmetric_top_tier, golden.symmetric_top_tier, what);
  },
  minimal_quorums(answer, golden, what) {
    assert.equal(answer.quorum_intersection, golden.quorum_intersection, what);
    checkFamily(answer, answer.total_quorums, answer.example_quorum, golden, what);
  },
  minimal_blocking_sets(answer, golden, what) {
    checkFamily(answer, answer.total_sets, answer.example_set, golden, what);
  },
  minimal_splitting_sets(answer, golden, what) {
    assert.equal(answer.has_split, golden.size === 1 && golden.min === 0, what);
    checkFamily(answer, answer.total_sets, answer.example_set, golden, what);
  },
};

function checkFamily(answer, total, example, golden, what) {
  assert.equal(total, golden.size, what);
  assert.equal(answer.min_size, golden.min, what);
  assert.equal(hash(answer.sets), golden.family_sha256, what);
  assert.deepEqual(example, answer.sets[0] ?? [], what);
}

const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The canonical form of the golden files: members sorted bytewise, then sets by length and members; TAB and LF as terminators. */
function hash(family) {
  const sets = family.map((set) => [...set].sort(bytewise)).sort(byLengthThenMembers);
  return createHash('sha256').update(sets.map((set) => `${set.map((member) => `${member}\t`).join('')}\n`).join('')).digest('hex');
}

function byLengthThenMembers(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  const i = a.findIndex((member, at) => member !== b[at]);
  return i < 0 ? 0 : bytewise(a[i], b[i]);
}
