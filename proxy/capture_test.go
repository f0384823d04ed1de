package proxy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestTee_WhatFlowsNeverDependsOnTheCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 20_000).Draw(t, "body")
		limit := rapid.Int64Range(1, 20_000).Draw(t, "limit")
		room := rapid.Int64Range(1, 40_000).Draw(t, "room")
		length := rapid.SampledFrom([]int64{-1, int64(len(body))}).Draw(t, "length")
		books := &ledger{limit: room}
		h := &hold{ledger: books}
		reader := io.Reader(bytes.NewReader(body))
		if rapid.Bool().Draw(t, "bytewise") {
			reader = iotest.OneByteReader(reader)
		}
		tee := newTee(io.NopCloser(reader), length, &buffer{hold: h, limit: limit})
		got, err := io.ReadAll(tee)
		if err != nil || !bytes.Equal(got, body) {
			t.Fatalf("%d of %d bytes came through: %v", len(got), len(body), err)
		}
		copied, err := tee.copy()
		switch {
		case err == nil && !bytes.Equal(copied, body):
			t.Fatal("the copy is another body")
		case err == nil && int64(len(body)) > limit, errors.Is(err, errTooLarge) && int64(len(body)) <= limit:
			t.Fatalf("%d bytes, limit %d: %v", len(body), limit, err)
		case books.used.Load() > room:
			t.Fatalf("%d bytes held, %d allowed", books.used.Load(), room)
		}
		if h.release(); books.used.Load() != 0 {
			t.Fatalf("%d bytes are held for ever", books.used.Load())
		}
	})
}

func TestReadBounded_LosesNothingThatItRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 100_000).Draw(t, "body")
		limit := rapid.Int64Range(1, 100_000).Draw(t, "limit")
		source := bytes.NewReader(body)
		read, err := readBounded(source, limit, rapid.Int64Range(-1, 200_000).Draw(t, "expect"), &hold{ledger: &ledger{limit: 1 << 20}})
		rest, _ := io.ReadAll(source)
		if !bytes.Equal(append(bytes.Clone(read), rest...), body) {
			t.Fatal("bytes are lost")
		}
		if (err == nil) != (int64(len(body)) <= limit) {
			t.Fatalf("%d bytes, limit %d: %v", len(body), limit, err)
		}
	})
}

func TestTee_ABodyThatBreaksOffHasNoCopy(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("reset")))
	tee := newTee(io.NopCloser(broken), 10, &buffer{hold: &hold{ledger: &ledger{limit: 100}}, limit: 100})
	_, _ = io.ReadAll(tee)
	if _, err := tee.copy(); !errors.Is(err, errIncomplete) || !tee.failed() {
		t.Errorf("got %v, failed %v", err, tee.failed())
	}
}

func FuzzDecode(f *testing.F) {
	for _, encoding := range []string{"", "identity", "gzip", "x-gzip", "deflate", "br", "gzip, gzip", "GZIP"} {
		f.Add([]byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00"), encoding)
		f.Add([]byte("{}"), encoding)
	}
	f.Fuzz(func(t *testing.T, body []byte, encoding string) {
		h := &hold{ledger: &ledger{limit: 1 << 20}}
		decoded, err := decode(body, encoding, 4096, 10, h)
		if err != nil && !errors.Is(err, errEncoding) && !errors.Is(err, errTooLarge) && !errors.Is(err, errMemory) {
			t.Fatalf("an error of no class: %v", err)
		}
		if err == nil && encoding != "" && !bytes.Equal(decoded, body) && (len(decoded) > 4096 || len(decoded) > 10*len(body)) {
			t.Fatalf("%d bytes became %d", len(body), len(decoded))
		}
	})
}

func FuzzGlance(f *testing.F) {
	f.Add([]byte(`{"merge_by":"isp","nodes":[{},{"publicKey":"a"}]}`))
	f.Add([]byte(`{"nodes":null,"merge_by":3}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, nodes := glance(body); nodes < 0 || nodes > len(body) {
			t.Fatalf("%d nodes in %d bytes", nodes, len(body))
		}
		gaveUp(body)
	})
}

func FuzzScanName(f *testing.F) {
	f.Add("scan-1")
	f.Add(" \x00")
	f.Fuzz(func(t *testing.T, header string) {
		name := scanName(header)
		if len(name) > 128 || strings.ContainsAny(name, " \t\r\n\x00") {
			t.Fatalf("%q became %q", header, name)
		}
	})
}
