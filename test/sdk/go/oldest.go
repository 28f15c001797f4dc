//go:build oldest

package main

const age = "-oldest"

// This version cannot count tokens.
var openaiTokenCount []testCase
