// Package audit chains the changes of a rollout: each record is sealed with a digest over its number,
// the digest of the record before and its own bytes, so that a line which is missing, added, moved or
// changed shows.
//
//	record, err := audit.Seal(seq+1, head, change)           // to be stored, with record.Digest as the new head
//	record, err = audit.Read(seq, prev, digest, body)        // as it was stored
//	err = audit.Verify(records, head, seq)                   // the first record that is broken, and how
//
// The digest is SHA-256 over
//
//	understudy audit \n number \n digest of the record before \n body
//
// where the body is the JSON of a rollout.Change as it was written once. It is never written anew: a
// later version may write the same change in other bytes.
//
// The chain finds accidents and careless edits. Who can write the whole store can also make a whole
// new chain; against that helps a head which was noted elsewhere, as the page a person signs has it.
//
// Vocabulary: a record is one sealed change; the head is the digest of the last one; a chain is whole
// from record 1 to the head.
//
// Read record.go, then verify.go.
package audit
