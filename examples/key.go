package examples

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
)

// versionPublicKey is what makes a Stellar public key begin with G.
const versionPublicKey = 6 << 3

// publicKey derives a well-formed Stellar public key from a name: base32 of a version byte, 32 bytes and their CRC-16.
func publicKey(seed uint64, name string) string {
	digest := digestOf(seed, "key", name)
	raw := append([]byte{versionPublicKey}, digest[:]...)
	raw = binary.LittleEndian.AppendUint16(raw, crc16(raw))
	return base32.StdEncoding.EncodeToString(raw)
}

// organizationID derives an id of the form that explorers use, 32 hexadecimal digits.
func organizationID(seed uint64, name string) string {
	digest := digestOf(seed, "organization", name)
	return hex.EncodeToString(digest[:16])
}

func digestOf(seed uint64, kind, name string) [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "understudy example %d %s %s", seed, kind, name))
}

// crc16 is CRC-16/XMODEM: polynomial x^16 + x^12 + x^5 + 1, start 0, no reflection.
func crc16(data []byte) uint16 {
	var crc uint16
	for _, b := range data {
		crc ^= uint16(b) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return crc
}
