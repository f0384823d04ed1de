import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { startService } from './service.mjs';

const example = (name) => JSON.parse(readFileSync(new URL(`../../../examples/${name}.json`, import.meta.url), 'utf8'));

test('the sample network has the numbers that its description gives', async (t) => {
  const service = await startService(t);
  const sample = example('sample-network');
  const { answer } = await service.post('full', sample);
  assert.equal(answer.top_tier.top_tier_size, 21);
  assert.deepEqual([answer.quorums.total_quorums, answer.quorums.min_size, answer.quorums.quorum_intersection], [5103, 10, true]);
  assert.deepEqual([answer.blocking_sets.total_sets, answer.blocking_sets.min_size], [945, 6]);
  assert.deepEqual([answer.splitting_sets.total_sets, answer.splitting_sets.min_size], [945, 3]);

  const faulty_nodes = sample.nodes.filter((node) => !node.isValidating).map((node) => node.publicKey);
  const network = (await service.post('network', { ...sample, faulty_nodes })).answer;
  const level = (...sizes) => Object.fromEntries(['topTierSize', 'blockingSetsMinSize', 'blockingSetsFilteredMinSize', 'splittingSetsMinSize'].map((key, i) => [key, sizes[i]]));
  assert.deepEqual(network, {
    hasQuorumIntersection: true,
    hasSymmetricTopTier: true,
    node: level(21, 6, 5, 3),
    organization: level(7, 3, 3, 3),
    country: level(7, 2, 2, 1),
    isp: level(8, 2, 2, 1),
  });
});

test('the small examples are answered as their descriptions say', async (t) => {
  const service = await startService(t);
  const cases = [
    // name, top tier, quorums, intersection, blocking sets, splitting sets, disjoint already
    ['three-of-four', 4, 4, true, 6, 6, false],
    ['already-split', 6, 6, false, 9, 1, true],
    ['careful-validator', 3, 1, true, 3, 12, false], // 5, 4 and 9 by definition: the scanner loses quorums here
    ['careful-organization', 3, 1, true, 3, 12, false],
  ];
  for (const [name, topTier, quorums, intersection, blocking, splitting, split] of cases) {
    const { answer } = await service.post('full', example(name));
    assert.deepEqual(
      [answer.top_tier.top_tier_size, answer.quorums.total_quorums, answer.quorums.quorum_intersection, answer.blocking_sets.total_sets, answer.splitting_sets.total_sets, answer.splitting_sets.has_split],
      [topTier, quorums, intersection, blocking, splitting, split],
      name,
    );
  }
});
