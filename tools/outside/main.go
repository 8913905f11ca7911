// Outside verifies fundtrail's checkpoints and proofs with golang.org/x/mod/sumdb, the code that
// the Go checksum database is read with: an implementation that shares nothing with fundtrail.
// It only reads the files that it is given.
//
//	outside checkpoint  VKEY CHECKPOINT
//	outside root        VKEY CHECKPOINT RECORDS
//	outside inclusion   VKEY RECEIPT RECORD
//	outside consistency VKEY OLD_CHECKPOINT NEW_CHECKPOINT PROOF
//
// A RECEIPT is a C2SP tlog-proof. A PROOF is one base64 hash a line; a first line "OLD NEW" of the
// two sizes may stand in front. Exit: 0 it holds, 1 it does not, 2 usage.
package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const usage = `usage: outside checkpoint  VKEY CHECKPOINT
       outside root        VKEY CHECKPOINT RECORDS
       outside inclusion   VKEY RECEIPT RECORD
       outside consistency VKEY OLD_CHECKPOINT NEW_CHECKPOINT PROOF`

func main() {
	commands := map[string]func([]string) error{
		"checkpoint":  checkpoint,
		"root":        root,
		"inclusion":   inclusion,
		"consistency": consistency,
	}
	counts := map[string]int{"checkpoint": 2, "root": 3, "inclusion": 3, "consistency": 4}
	args := os.Args[1:]
	if len(args) == 0 || commands[args[0]] == nil || len(args)-1 != counts[args[0]] {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := commands[args[0]](args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "outside: %s does not hold: %v\n", args[0], err)
		os.Exit(1)
	}
}

// A head is what a signed checkpoint says.
type head struct {
	origin string
	size   int64
	root   tlog.Hash
}

// openCheckpoint verifies a signed note with the key, and reads its three lines.
func openCheckpoint(vkey string, text []byte) (head, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return head{}, err
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return head{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return head{}, fmt.Errorf("the checkpoint does not have three lines")
	}
	if lines[0] != verifier.Name() {
		return head{}, fmt.Errorf("the checkpoint is of %s, the key of %s", lines[0], verifier.Name())
	}
	size, err := decimal(lines[1])
	if err != nil {
		return head{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return head{}, err
	}
	return head{lines[0], size, hash}, nil
}

func readCheckpoint(vkey, path string) (head, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return head{}, err
	}
	return openCheckpoint(vkey, text)
}

func checkpoint(args []string) error {
	head, err := readCheckpoint(args[0], args[1])
	if err != nil {
		return err
	}
	fmt.Printf("checkpoint holds: %s %d %s\n", head.origin, head.size, head.root)
	return nil
}

// hashes is the tree's storage, in memory.
type hashes []tlog.Hash

func (stored hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(stored)) {
			return nil, fmt.Errorf("hash %d is not stored", index)
		}
		found[at] = stored[index]
	}
	return found, nil
}

// root computes the tree of the records anew and compares its head with the checkpoint's.
func root(args []string) error {
	head, err := readCheckpoint(args[0], args[1])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	lines := bytes.Split(text, []byte("\n"))
	if len(lines[len(lines)-1]) != 0 {
		return fmt.Errorf("the last record does not end in LF")
	}
	lines = lines[:len(lines)-1]
	if int64(len(lines)) < head.size {
		return fmt.Errorf("there are %d records, the checkpoint covers %d", len(lines), head.size)
	}
	var stored hashes
	for seq := int64(0); seq < head.size; seq++ {
		more, err := tlog.StoredHashes(seq, lines[seq], stored)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
	}
	computed, err := tlog.TreeHash(head.size, stored)
	if err != nil {
		return err
	}
	if computed != head.root {
		return fmt.Errorf("the records have the root %s, the checkpoint %s", computed, head.root)
	}
	fmt.Printf("root holds: %d records, %s\n", head.size, computed)
	return nil
}

// inclusion verifies a receipt (C2SP tlog-proof) of one record.
func inclusion(args []string) error {
	receipt, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	record, err := os.ReadFile(args[2])
	if err != nil {
		return err
	}
	record = bytes.TrimSuffix(record, []byte("\n"))
	proof, signed, found := strings.Cut(string(receipt), "\n\n")
	if !found {
		return fmt.Errorf("the receipt has no empty line before its checkpoint")
	}
	lines := strings.Split(proof, "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("the receipt begins with %q", lines[0])
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return fmt.Errorf("the receipt has no index")
	}
	index, err := decimal(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return err
	}
	path, err := parseHashes(lines[1:])
	if err != nil {
		return err
	}
	head, err := openCheckpoint(args[0], []byte(signed))
	if err != nil {
		return err
	}
	err = tlog.CheckRecord(path, head.size, head.root, index, tlog.RecordHash(record))
	if err != nil {
		return err
	}
	fmt.Printf("inclusion holds: record %d of %d\n", index, head.size)
	return nil
}

// consistency verifies that the new head continues the old one.
func consistency(args []string) error {
	before, err := readCheckpoint(args[0], args[1])
	if err != nil {
		return err
	}
	after, err := readCheckpoint(args[0], args[2])
	if err != nil {
		return err
	}
	text, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if strings.Contains(lines[0], " ") {
		if lines[0] != fmt.Sprintf("%d %d", before.size, after.size) {
			return fmt.Errorf("the proof is of %s, the checkpoints of %d %d",
				lines[0], before.size, after.size)
		}
		lines = lines[1:]
	}
	if len(lines) == 1 && lines[0] == "" {
		lines = nil
	}
	proof, err := parseHashes(lines)
	if err != nil {
		return err
	}
	err = tlog.CheckTree(proof, after.size, after.root, before.size, before.root)
	if err != nil {
		return err
	}
	fmt.Printf("consistency holds: %d to %d\n", before.size, after.size)
	return nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		data, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(data) != tlog.HashSize {
			return nil, fmt.Errorf("%q is no hash", line)
		}
		var hash tlog.Hash
		copy(hash[:], data)
		found = append(found, hash)
	}
	return found, nil
}

// decimal reads a number that has one form only.
func decimal(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return number, nil
}
