import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { checkCall } from './golden.mjs';
import { SMALL, startService } from './service.mjs';

const TESTDATA = new URL('./testdata/', import.meta.url);
const SHARED = process.env.UNDERSTUDY_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const network = (name) => read(new URL(`networks/${name}.json`, TESTDATA));

describe('golden answers', () => {
  for (const file of readdirSync(new URL('expected/', TESTDATA))) {
    const name = file.replace('.json', '');
    // null sets are the one place where the service sends something else than it got; they have a test of their own
    if (name === 'edge_null_qset_member') continue;
    test(`${name} is answered call by call as the package answers it`, async (t) => {
      const service = await startService(t);
      for (const golden of read(new URL(`expected/${file}`, TESTDATA)).calls) await checkCall(service, network(name), golden);
    });
  }

  test('the live network has 21 top-tier nodes, 945 blocking, 945 splitting sets and 5103 quorums', { skip: whyWithoutShared() }, async (t) => {
    const service = await startService(t);
    const live = read(`${SHARED}/networks/real_snapshot_filtered.json`);
    for (const golden of read(`${SHARED}/expected/real_snapshot_filtered.json`).calls) await checkCall(service, live, golden);
    const { answer } = await service.post('full', live);
    assert.deepEqual(
      [answer.top_tier.top_tier_size, answer.blocking_sets.total_sets, answer.splitting_sets.total_sets, answer.quorums.total_quorums],
      [21, 945, 945, 5103],
    );
  });
});

function whyWithoutShared() {
  if (existsSync(SHARED) || process.env.UNDERSTUDY_REQUIRE_ALL === '1') return false;
  return `public data is absent; set UNDERSTUDY_SHARED_DATA (looked in ${SHARED})`;
}

test('quorumSet null is sent to the scanner as an absent set', async (t) => {
  const service = await startService(t);
  const nulls = network('edge_null_qset_member');
  const absent = { ...nulls, nodes: nulls.nodes.map(({ quorumSet, ...node }) => (quorumSet === null ? node : { ...node, quorumSet })) };
  const withNull = await service.post('quorums', { ...nulls, include_sets: true });
  assert.equal(withNull.status, 200);
  assert.deepEqual(withNull.answer.sets, (await service.post('quorums', { ...absent, include_sets: true })).answer.sets);
});

test('sets are listed only when asked for, and no more than max_sets of them', async (t) => {
  const service = await startService(t);
  const plain = (await service.post('blocking-sets', SMALL)).answer;
  assert.deepEqual(Object.keys(plain), ['min_size', 'total_sets', 'example_set', 'execution_time_ms']);
  const { answer } = await service.post('blocking-sets', { ...SMALL, include_sets: true, max_sets: 2 });
  assert.equal(answer.total_sets, 6);
  assert.equal(answer.sets.length, 2);
  const none = (await service.post('blocking-sets', { ...SMALL, include_sets: true, max_sets: 0 })).answer;
  assert.deepEqual([none.sets, none.example_set.length], [[], 2]);
});

test('disjoint quorums are reported as has_split, a network that cannot be split is not', async (t) => {
  const service = await startService(t);
  const split = (await service.post('splitting-sets', network('edge_two_disjoint'))).answer;
  assert.deepEqual([split.has_split, split.min_size, split.total_sets, split.example_set], [true, 0, 1, []]);
  const unsplittable = (await service.post('splitting-sets', { nodes: [] })).answer;
  assert.deepEqual([unsplittable.has_split, unsplittable.min_size, unsplittable.total_sets], [false, 0, 0]);
});

test('full holds the four answers and their time', async (t) => {
  const service = await startService(t);
  const { answer } = await service.post('full', SMALL);
  assert.deepEqual(Object.keys(answer), ['top_tier', 'blocking_sets', 'splitting_sets', 'quorums', 'total_execution_time_ms']);
  assert.equal(answer.top_tier.top_tier_size, 4);
  assert.equal(answer.quorums.quorum_intersection, true);
});

test('network gives what the backend stores, equal to the single answers', async (t) => {
  const service = await startService(t);
  const orgs = network('edge_orgs4');
  const faulty = [orgs.nodes[0].publicKey];
  const { answer } = await service.post('network', { ...orgs, faulty_nodes: faulty });
  assert.deepEqual(Object.keys(answer), ['hasQuorumIntersection', 'hasSymmetricTopTier', 'node', 'organization', 'country', 'isp']);
  for (const [level, merge_by] of [['node', 'none'], ['organization', 'organization'], ['country', 'country'], ['isp', 'isp']]) {
    const single = async (analysis, more = {}) => (await service.post(analysis, { ...orgs, merge_by, ...more })).answer;
    assert.deepEqual(answer[level], {
      topTierSize: (await single('top-tier')).top_tier_size,
      blockingSetsMinSize: (await single('blocking-sets')).min_size,
      blockingSetsFilteredMinSize: (await single('blocking-sets', { faulty_nodes: faulty })).min_size,
      splittingSetsMinSize: (await single('splitting-sets')).min_size,
    }, level);
  }
});

test('an answer does not depend on what was asked before', async (t) => {
  // In one process the package takes the top tier from blocking sets that were asked before; here both orders give the same.
  const service = await startService(t, '--workers', '1');
  const lost = network('rustbug_quorums_lost_1');
  const before = (await service.post('top-tier', lost)).answer.top_tier;
  await service.post('blocking-sets', lost);
  assert.deepEqual((await service.post('top-tier', lost)).answer.top_tier, before);
});
