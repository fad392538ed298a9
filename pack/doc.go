// Package pack builds content packs: folders or archives of what people deploy,
// made of Sigma rules as a file sigmac.yml says.
//
// [ReadConfig] reads the file, and [Config.Build] builds the packs of its
// targets. A pack is a folder of the output folder, named as its target, with
// the files of the target's format, or one archive of them, and manifest.json,
// which says of each entry what it was made of, and of each rule that is not in
// the pack why.
//
// # What holds
//
// A pack depends on the rules, the file and what it names, the version of the
// program, and the commit that is checked out: not on the time, the machine or
// what was built before. Built twice it has the same bytes.
//
// A pack is replaced as a whole, when all of it is written; what fails or is
// interrupted leaves the one of before. Packs of several targets are replaced
// one after the other. Files that are not of the pack are never deleted: where
// there are such in its folder, the build of that target fails.
//
// What did not change is not compiled again: the folder .sigmac beside the
// packs has what rules became, by hashes of all that it depends on. It may be
// deleted at any time, and a pack that was damaged is written again.
//
// Nothing is asked of a network and no command is run, whatever the file and
// its pipelines say.
package pack
