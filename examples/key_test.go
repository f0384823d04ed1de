package examples

import (
	"encoding/base32"
	"testing"
)

func TestCRC16_GivesThePublishedCheckValueOfXMODEM(t *testing.T) {
	if got := crc16([]byte("123456789")); got != 0x31C3 {
		t.Errorf("crc16 = %#x, want 0x31c3", got)
	}
}

func TestPublicKey_CarriesTheChecksumOfItsOtherBytes(t *testing.T) {
	raw, err := base32.StdEncoding.DecodeString(publicKey(1, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if want := crc16(raw[:33]); raw[33] != byte(want) || raw[34] != byte(want>>8) {
		t.Errorf("checksum is %x, want %#x, low byte first", raw[33:], want)
	}
}
