// Program interop holds MASH's tree, proofs, notes and checkpoints against Go's own implementation of the same formats
// (golang.org/x/mod/sumdb/note and tlog).
//
//	interop check DIR        verifies everything in a folder that MASH wrote
//	interop write DIR        writes a folder of the same form for MASH to verify
//	interop sign KEY TEXT    signs the text in file TEXT with MASH's key file KEY, to standard output
//
// A folder holds the log's verifier key (vkey) and for each tree size a folder SIZE with its checkpoint, its tiles as a
// C2SP tlog-tiles server would have them, inclusion/INDEX (C2SP tlog-proof) and consistency/FROM (a base64 hash a line).
// Record i of every tree is "record i".
package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight  = 8
	origin      = "mash/E09000001/interop/1"
	proofHeader = "c2sp.org/tlog-proof@v1"
)

var sizes = []int64{1, 2, 3, 7, 255, 256, 257, 700}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "check":
		return check(args[1])
	case len(args) == 2 && args[0] == "write":
		return write(args[1])
	case len(args) == 3 && args[0] == "sign":
		return sign(args[1], args[2])
	}
	return errors.New("usage: interop check DIR | write DIR | sign KEY TEXT")
}

// A tree in memory, in tlog's own storage order.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = m[index]
	}
	return hashes, nil
}

func record(i int64) []byte { return []byte(fmt.Sprintf("record %d", i)) }

func grow(size int64) (memory, error) {
	var tree memory
	for i := int64(0); i < size; i++ {
		hashes, err := tlog.StoredHashes(i, record(i), tree)
		if err != nil {
			return nil, err
		}
		tree = append(tree, hashes...)
	}
	return tree, nil
}

// Indexes and earlier sizes worth proving: all of a small tree, a spread of a large one.
func spread(size int64) []int64 {
	step := size/23 + 1
	var chosen []int64
	for i := int64(0); i < size; i += step {
		chosen = append(chosen, i)
	}
	return append(chosen, size-1)
}

// The tiles of a tree of one size. NewTiles also has those of every size on the way, which a checkpoint at this size
// calls for no longer.
func tilesOf(size int64) []tlog.Tile {
	var all []tlog.Tile
	for _, tile := range tlog.NewTiles(tileHeight, 0, size) {
		end := (tile.N << tileHeight) + int64(tile.W)
		if tile.W == 1<<tileHeight || end == size>>(tileHeight*tile.L) {
			all = append(all, tile)
		}
	}
	return all
}

// tlog's path has the tile's height in front, tlog-tiles' has not.
func tilePath(tile tlog.Tile) string {
	return "tile" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d", tileHeight))
}

func write(dir string) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	if err := save(dir, "vkey", []byte(vkey)); err != nil {
		return err
	}
	if err := save(dir, "key", []byte(skey+"\n")); err != nil {
		return err
	}
	for _, size := range sizes {
		if err := writeTree(filepath.Join(dir, strconv.FormatInt(size, 10)), size, signer); err != nil {
			return err
		}
	}
	return nil
}

func writeTree(dir string, size int64, signer note.Signer) error {
	tree, err := grow(size)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, tree)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
	checkpoint, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	if err := save(dir, "checkpoint", checkpoint); err != nil {
		return err
	}
	for _, tile := range tilesOf(size) {
		data, err := tlog.ReadTileData(tile, tree)
		if err != nil {
			return err
		}
		if err := save(dir, tilePath(tile), data); err != nil {
			return err
		}
	}
	for _, index := range spread(size) {
		proof, err := tlog.ProveRecord(size, index, tree)
		if err != nil {
			return err
		}
		file := fmt.Sprintf("%s\nindex %d\n%s\n%s", proofHeader, index, lines(proof), checkpoint)
		if err := save(dir, fmt.Sprintf("inclusion/%d", index), []byte(file)); err != nil {
			return err
		}
	}
	for _, before := range spread(size) {
		proof, err := tlog.ProveTree(size, before+1, tree)
		if err != nil {
			return err
		}
		if err := save(dir, fmt.Sprintf("consistency/%d", before+1), []byte(lines(proof))); err != nil {
			return err
		}
	}
	return nil
}

func check(dir string) error {
	vkey, err := os.ReadFile(filepath.Join(dir, "vkey"))
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(string(vkey))
	if err != nil {
		return err
	}
	for _, size := range sizes {
		if err := checkTree(filepath.Join(dir, strconv.FormatInt(size, 10)), size, verifier); err != nil {
			return fmt.Errorf("tree of %d: %w", size, err)
		}
	}
	return nil
}

func checkTree(dir string, size int64, verifier note.Verifier) error {
	checkpoint, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(checkpoint, verifier)
	if err != nil {
		return err
	}
	own, err := grow(size)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(size, own)
	if err != nil {
		return err
	}
	if tree.N != size || tree.Hash != root {
		return fmt.Errorf("checkpoint says %d %v, the tree is %d %v", tree.N, tree.Hash, size, root)
	}
	if err := checkTiles(dir, tree, own); err != nil {
		return err
	}
	for _, index := range spread(size) {
		file, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("inclusion/%d", index)))
		if err != nil {
			return err
		}
		if err := checkInclusion(string(file), index, verifier, tree); err != nil {
			return fmt.Errorf("inclusion of %d: %w", index, err)
		}
	}
	for _, before := range spread(size) {
		from := before + 1
		file, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("consistency/%d", from)))
		if err != nil {
			return err
		}
		proof, err := parseLines(string(file))
		if err != nil {
			return err
		}
		old, err := tlog.TreeHash(from, own)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, from, old); err != nil {
			return fmt.Errorf("consistency from %d: %w", from, err)
		}
	}
	return nil
}

// Every tile Go would have must be there, byte for byte, and lead to the root when read as a client reads them.
func checkTiles(dir string, tree tlog.Tree, own memory) error {
	for _, tile := range tilesOf(tree.N) {
		want, err := tlog.ReadTileData(tile, own)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, tilePath(tile)))
		if err != nil {
			return err
		}
		if string(data) != string(want) {
			return fmt.Errorf("%s differs", tilePath(tile))
		}
	}
	reader := tlog.TileHashReader(tree, tiles{dir})
	for i := int64(0); i < tree.N; i++ {
		hashes, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil {
			return err
		}
		if hashes[0] != tlog.RecordHash(record(i)) {
			return fmt.Errorf("leaf %d differs", i)
		}
	}
	return nil
}

// The tiles of a folder, for tlog.TileHashReader.
type tiles struct{ dir string }

func (t tiles) Height() int { return tileHeight }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		data, err := os.ReadFile(filepath.Join(t.dir, tilePath(tile)))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func checkInclusion(file string, index int64, verifier note.Verifier, tree tlog.Tree) error {
	head, checkpoint, found := strings.Cut(file, "\n\n")
	if !found {
		return errors.New("no empty line")
	}
	want := fmt.Sprintf("%s\nindex %d\n", proofHeader, index)
	if !strings.HasPrefix(head+"\n", want) {
		return fmt.Errorf("it does not begin with %q", want)
	}
	proof, err := parseLines(strings.TrimPrefix(head+"\n", want))
	if err != nil {
		return err
	}
	proven, err := openCheckpoint([]byte(checkpoint), verifier)
	if err != nil {
		return err
	}
	if proven != tree {
		return errors.New("it is of another tree")
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(record(index)))
}

func openCheckpoint(file []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(file, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	parts := strings.Split(opened.Text, "\n")
	if len(parts) != 4 || parts[0] != origin || parts[3] != "" {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s: %q", origin, opened.Text)
	}
	size, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(parts[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func sign(key, text string) error {
	skey, err := os.ReadFile(key)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(strings.TrimSuffix(string(skey), "\n"))
	if err != nil {
		return err
	}
	content, err := os.ReadFile(text)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(content)}, signer)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(signed)
	return err
}

func lines(hashes []tlog.Hash) string {
	var text strings.Builder
	for _, hash := range hashes {
		text.WriteString(base64.StdEncoding.EncodeToString(hash[:]) + "\n")
	}
	return text.String()
}

func parseLines(text string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" && text == "" {
			break
		}
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

func save(dir, name string, data []byte) error {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}
