// From the body of a request to the arguments of the package.
//
// Only the envelope is checked here. Nodes and organizations go to the scanner as they came, however odd:
// what it makes of them is its answer. The one exception is `quorumSet: null`, on which every call of the package traps
// and which its users therefore never send; the key is left out.

import { Problem } from './problem.mjs';

/** merge_by on the wire, and the number the package wants. */
export const MERGE_BY = { none: 0, organization: 1, isp: 2, country: 3 };

const DEFAULT_MAX_SETS = 10000;

/**
 * parseRequest returns {nodes, organizations, faulty: JSON texts; mergeBy: 0..3; keepSets: how many sets of a family are wanted
 * beyond the example (0: none); timeoutMs: number or undefined}, or throws a Problem (400, 422).
 */
export function parseRequest(body) {
  const envelope = parseJSON(body);
  if (!isObject(envelope)) throw wrong('body', 'a JSON object', envelope);
  const { nodes, organizations = [], faulty_nodes: faulty = [], merge_by: mergeBy = 'none' } = envelope;
  const { include_sets: includeSets = false, max_sets: maxSets = DEFAULT_MAX_SETS, timeout_ms: timeoutMs } = envelope;
  if (!Array.isArray(nodes)) throw wrong('nodes', 'an array of nodes', nodes);
  if (!Array.isArray(organizations)) throw wrong('organizations', 'an array of organizations, or absent', organizations);
  if (typeof mergeBy !== 'string' || !Object.hasOwn(MERGE_BY, mergeBy)) throw wrong('merge_by', oneOf(Object.keys(MERGE_BY)), mergeBy);
  if (!isStrings(faulty)) throw wrong('faulty_nodes', 'an array of public keys', faulty);
  if (typeof includeSets !== 'boolean') throw wrong('include_sets', 'true or false', includeSets);
  if (!isCount(maxSets)) throw wrong('max_sets', 'a whole number of 0 or more', maxSets);
  if (timeoutMs !== undefined && !(isCount(timeoutMs) && timeoutMs > 0)) throw wrong('timeout_ms', 'a whole number of 1 or more', timeoutMs);
  refuseOtherScanners(envelope);
  return {
    nodes: JSON.stringify(nodes.map(withoutNullQuorumSet)),
    organizations: JSON.stringify(organizations),
    faulty: JSON.stringify(faulty),
    mergeBy: MERGE_BY[mergeBy],
    includeSets,
    keepSets: includeSets ? maxSets : 0,
    timeoutMs,
  };
}

/** Fields that ask for what only another scanner can do. Ignoring them would answer a question nobody asked. */
function refuseOtherScanners({ semantics = 'rust', clean = false }) {
  if (semantics !== 'rust') throw wrong('semantics', '"rust": this is the Rust scanner', semantics);
  if (clean !== false) throw wrong('clean', 'false: the Rust scanner takes a network as it is', clean);
}

function parseJSON(body) {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new Problem(400, `the body is not JSON in UTF-8: ${error.message}`);
  }
}

function withoutNullQuorumSet(node) {
  if (!isObject(node) || node.quorumSet !== null) return node;
  const { quorumSet: _, ...rest } = node;
  return rest;
}

function wrong(field, allowed, got) {
  return new Problem(422, `${field} must be ${allowed}; got ${describe(got)}`);
}

function describe(value) {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

const oneOf = (words) => `one of ${words.map((word) => JSON.stringify(word)).join(', ')}`;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isStrings = (value) => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
